"""The pages of the library: one for each function, one of all statuses, and the lists that the
overview takes in."""
import re

from . import errors, roff

# Types that payscore(7) explains once for all pages.
COMMON = ("struct payscore_text", "struct payscore_error", "enum payscore_status",
          "enum payscore_reaction", "struct payscore_id", "struct payscore")

_SEE_ALWAYS = ("payscore(7)", "payscore_status(7)")


def title(name, section, version):
    return (f'.\\" Made of the sources of payscore {version}; change them, not this page.\n'
            f'.TH {roff.escape(name)} {section} "" "payscore {version}" "payscore manual"\n'
            ".nh\n.ad l")


def reference(page):
    name, section = re.fullmatch(r"(.*)\((\d)\)", page).groups()
    return f".BR {roff.escape(name)} ({section})"


def references(pages):
    lines = [reference(page) for page in pages]
    return "\n".join([line + " ," for line in lines[:-1]] + lines[-1:])


def _words_of(headers, key):
    """Everything in which a type may name another."""
    kind = headers.types[key]
    return " ".join([kind.code] + [member.code for member in kind.members])


def types_of(headers, function):
    """Types that a caller of a function meets, each before those that it is made of."""
    found = []
    waiting = [" ".join([parameter.text for parameter in function.parameters])]
    while waiting:
        words = waiting.pop(0)
        for key in re.findall(r"(?:struct|enum) payscore_\w+|\bpayscore_\w+\b", words):
            if key in headers.types and key not in found and key not in COMMON:
                found.append(key)
                waiting.append(_words_of(headers, key))
    return [key for key in found if headers.types[key].members or headers.types[key].code]


def _constants_of(headers, texts):
    named = set(re.findall(r"\bPAYSCORE_[A-Z0-9_]+\b", " ".join(texts)))
    return [member for member in headers.constants if member.code.split(" ")[0] in named]


def _show_type(headers, key):
    kind = headers.types[key]
    intro = [roff.running(paragraph) for paragraph in (kind.comment.paragraphs
                                                       if kind.comment else [])]
    shown = roff.declare(key, kind.members) if kind.members else roff.broken(kind.code)
    return "\n".join([".PP"] + intro + [".PP", roff.code(shown)])


def _types(headers, function):
    keys = types_of(headers, function)
    texts = [_words_of(headers, key) + " ".join(
        member.comment for member in headers.types[key].members) for key in keys]
    constants = _constants_of(headers, texts + [parameter.text for parameter in
                                                function.parameters]
                              + function.comment.paragraphs + list(
                                  function.comment.sections.values()))
    parts = [_show_type(headers, key) for key in keys]
    if constants:
        parts.append(".PP\nLimits:\n.PP\n" + roff.code(roff.declare("enum", constants)))
    if not parts:
        return []
    return [".SH TYPES", *parts]


def _return_value(function):
    returns = function.returns
    if returns == "enum payscore_status":
        return ("PAYSCORE_OK, or what went wrong: see ERRORS. payscore_status_text() says it in a "
                "sentence" + ("; `error` holds one that names the thing and the remedy." if any(
                    parameter.name == "error" for parameter in function.parameters) else "."))
    return ""


def _row(status, said):
    """One status, what it means here, and in a word what the caller does."""
    words = said + "." if said else status.text
    return (f'.TP\n.BR PAYSCORE_{status.name} " ({status.reaction.lower()})"\n'
            + roff.running(words))


def _reactions(headers, words):
    """What the words behind the statuses of a page mean."""
    return roff.running(" ".join(f"{word.capitalize()}: {meaning}"
                                 for word, meaning in headers.reactions.items() if word in words))


def _errors(headers, function):
    if "Errors" not in function.comment.sections:
        return []
    found = errors.read(headers.functions, function.name)
    statuses = {status.name: status for status in headers.statuses}
    lines, words = [".SH ERRORS"], set()
    for group in found.groups:
        if group.label:
            lines.append(f".PP\n{roff.running(group.label)}:")
        for name, said in group.rows.items():
            lines.append(_row(statuses[name], said))
            words.add(statuses[name].reaction)
    lines += [f".PP\n{roff.running(note)}" for note in found.notes]
    return lines + [".PP", _reactions(headers, words)]


def _sections(function):
    lines = []
    for word, heading in (("Ownership", "OWNERSHIP"), ("Thread", "THREADS"),
                          ("Lifetime", "LIFETIME"), ("Units", "UNITS"), ("Source", "SOURCE")):
        if word in function.comment.sections:
            lines += [f".SH {heading}", roff.running(function.comment.sections[word])]
    return lines


def _see_also(headers, function):
    said = " ".join([*function.comment.paragraphs, *function.comment.sections.values()])
    named = re.findall(r"\b(payscore_\w+)\(\)", said)
    beside = [other.name for other in headers.functions.values()
              if other.header == function.header]
    names = sorted({name for name in named + beside
                    if name in headers.functions and name != function.name})
    return [".SH SEE ALSO", references([f"{name}(3)" for name in names] + list(_SEE_ALWAYS))]


def function_page(headers, function, example, version):
    comment = function.comment
    lines = [title(function.name, 3, version), ".SH NAME",
             f"{roff.escape(function.name)} \\- {roff.escape(comment.brief)}",
             ".SH LIBRARY", "The order machine for WeChat Pay Payscore (libpayscore, \\-lpayscore)",
             ".SH SYNOPSIS", ".nf", f".B #include <payscore/{roff.escape(function.header)}>", ".PP",
             *(".B \"" + roff.escape(line).replace('"', "\\(dq") + '"'
               for line in roff.prototype(function)),
             ".fi", ".SH DESCRIPTION"]
    for index, paragraph in enumerate(comment.paragraphs):
        lines += ([".PP"] if index else []) + [roff.running(paragraph)]
    lines += _types(headers, function)
    value = _return_value(function)
    if value:
        lines += [".SH RETURN VALUE", roff.running(value)]
    lines += _errors(headers, function) + _sections(function)
    if example:
        lines += [".SH EXAMPLES", f"From the example \\fI{roff.escape(example.file)}\\fP:", ".PP",
                  roff.code(example.lines)]
    return "\n".join(lines + _see_also(headers, function)) + "\n"


def status_page(headers, version):
    lines = [title("payscore_status", 7, version), ".SH NAME",
             "payscore_status \\- what a call of libpayscore can answer", ".SH SYNOPSIS", ".nf",
             ".B #include <payscore/status.h>", ".fi", ".SH DESCRIPTION",
             roff.running(" ".join(headers.files["status.h"].paragraphs[:1])), ".PP",
             roff.running("payscore_status_name(), payscore_status_text() and "
                          "payscore_status_reaction() give a row's members to a program. A "
                          "program that asks for the reaction needs no list of statuses:")]
    for reaction, words in headers.reactions.items():
        lines.append(roff.tagged(f"PAYSCORE_REACTION_{reaction}", words[:1].upper() + words[1:]))
    lines.append(".SH STATUSES")
    for status in headers.statuses:
        users = sorted(name for name in headers.functions if status.name in {
            row for group in errors.read(headers.functions, name).groups for row in group.rows})
        lines += [f'.TP\n.BR PAYSCORE_{status.name} " = {roff.escape(str(status.number))} '
                  f'({status.reaction.lower()})"', roff.running(status.text)]
        if users and len(users) <= 8:
            lines.append(roff.running("Answered by " + ", ".join(f"{name}()" for name in users)
                                      + "."))
    return "\n".join(lines + [".SH SEE ALSO", references(
        ["payscore(7)", "payscore_status_name(3)", "payscore_status_reaction(3)",
         "payscore_status_text(3)"])]) + "\n"


def function_list(headers):
    """All functions under what their headers are for."""
    lines = []
    for header, comment in headers.files.items():
        functions = [function for function in headers.functions.values()
                     if function.header == header]
        if not functions:
            continue
        lines += [f".SS <payscore/{roff.escape(header)}>", roff.running(comment.paragraphs[0])]
        for function in functions:
            lines += [f".TP\n.BR {roff.escape(function.name)} (3)",
                      roff.running(function.comment.brief + ".")]
    return "\n".join(lines)


def common_types(headers):
    return "\n".join(_show_type(headers, key) for key in COMMON
                     if headers.types.get(key) and headers.types[key].members
                     and key != "enum payscore_status")
