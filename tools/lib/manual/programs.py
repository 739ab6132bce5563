"""What the programs' pages take from the rows that the programs themselves are made of."""
import re

from . import roff

_STRING = r'"((?:\\.|[^"\\])*)"'


def _plain(text):
    return text.replace('\\"', '"').replace("\\\\", "\\")


def verbs(text):
    """payscorectl's verbs, as tools/ctl/verbs.def has them."""
    row = re.compile(r"^(?:BARE_)?VERB\(\w+, " + ", ".join([_STRING] * 3)
                     + r", \d+, \d+, " + _STRING + r"\)", re.M)
    lines = []
    for first, second, arguments, words in row.findall(text):
        name = " ".join(filter(None, (first, second)))
        lines.append(f".TP\n\\fB{roff.escape(name)}\\fP \\fI{roff.escape(arguments)}\\fP"
                     .removesuffix(" \\fI\\fP") + "\n" + roff.running(_plain(words)))
    return "\n".join(lines)


def commands(text):
    """What a merchant can ask for, as statecharts/commands.def has it."""
    row = re.compile(r"^COMMAND\(\d+, (\w+), \w+, (\w+), \w+, \w+, " + _STRING + ", "
                     + _STRING, re.M)
    return "\n".join(f".TP\n\\fB{roff.escape(name)}\\fP (\\fI{roff.escape(member)}\\fP)\n"
                     + roff.running(_plain(words))
                     for name, _, member, words in row.findall(text))


def keys(text):
    """The keys of the configuration, as worker/config.def has them."""
    row = re.compile(r"^KEY\((\w+), (\w+), (\w+), (\w+), " + _STRING + ", " + _STRING + r"\)", re.M)
    lines, section = [], None
    for where, key, _, required, default, words in row.findall(text):
        if where != section:
            lines.append(f".SH [{where}]")
            section = where
        told = (" (required)" if required == "REQUIRED"
                else f" (default: {default})" if default else "")
        lines.append(f'.TP\n.BR {roff.escape(key)} "{roff.escape(told)}"\n'
                     + roff.running(_plain(words)))
    return "\n".join(lines)


def _options(rows):
    return "\n".join(f".TP\n\\fB\\-\\-{roff.escape(name)}\\fP \\fI{roff.escape(argument)}\\fP"
                     .removesuffix(" \\fI\\fP") + "\n"
                     + roff.running(_plain(words[:1].upper() + words[1:]) + ".")
                     for name, argument, words in rows)


def ctl_options(text):
    """payscorectl's options, as tools/ctl/options.def has them."""
    row = re.compile(r"^OPTION\(" + _STRING + r", \w+, \w+, " + _STRING + ", " + _STRING + r"\)",
                     re.M)
    return _options(row.findall(text))


def worker_options(text):
    """The worker's options, as worker/options.c has them."""
    row = re.compile(r"""^ *X\("([\w-]+)", '.', (?:"(\w+)"|NULL), """ + _STRING + r"\)", re.M)
    return _options(row.findall(text))


def sandbox_options(text):
    """The sandbox's options, as tools/sandbox/options.c has them; those of its services follow."""
    row = re.compile(r"^ *X\('.', " + _STRING + r", \w+, \w+, " + _STRING + r",\s+" + _STRING
                     + r"\)", re.M)
    return _options(row.findall(text))


def names(text, macro):
    """The first member of each row, for a sentence."""
    return ", ".join(roff.escape(name) for name in re.findall(rf"^{macro}\((\w+),", text, re.M))
