"""Words as roff writes them, and C as a manual page shows it."""
import re
import textwrap

COLUMNS = 72  # Of a declaration: what a page of 80 columns leaves, with some air.

_ESCAPES = {"\\": "\\e", "-": "\\-", "'": "\\(aq", "`": "\\(ga", "~": "\\(ti", "^": "\\(ha"}


def escape(text):
    """Text of which roff takes nothing as its own."""
    return "".join(_ESCAPES.get(sign) or (sign if ord(sign) < 128 else f"\\[u{ord(sign):04X}]")
                   for sign in text)


def _mark(match):
    word = match.group()
    if word.startswith("`"):
        return f"\\fB{escape(word[1:-1])}\\fP"
    if word.endswith("()"):
        return f"\\fB{escape(word[:-2])}\\fP(3)"
    if word.startswith("E_"):
        return f"\\fBPAYSCORE_{word}\\fP"
    return f"\\fB{escape(word)}\\fP"


_MARKED = re.compile(r"`[^`]+`|\bpayscore_\w+\(\)|\bPAYSCORE_[A-Z_]+\b|\bE_[A-Z_]+\b|"
                     r"\b(?:struct|enum) payscore_\w+")


def running(text):
    """Running text in lines that an editor shows whole; names that a reader looks up are bold."""
    marked, position = [], 0
    for match in _MARKED.finditer(text):
        marked += [escape(text[position:match.start()]), _mark(match)]
        position = match.end()
    marked.append(escape(text[position:]))
    lines = textwrap.wrap("".join(marked), 98, break_long_words=False, break_on_hyphens=False)
    return "\n".join("\\&" + line if line[0] in ".'" else line for line in lines)


def code(lines):
    """Lines of code as they are."""
    return "\n".join([".EX"] + [("\\&" if line[:1] in (".", "'") else "") + escape(line)
                                for line in lines] + [".EE"])


def tagged(tag, text):
    """A paragraph behind its bold name."""
    return f".TP\n.B {escape(tag)}\n{running(text)}"


_BESIDE_MIN = 30  # Columns that a comment needs beside its member; else it stands above.


def _framed(words, width):
    """A comment in lines of a width, without what stands before it."""
    lines = textwrap.wrap(words, width - 6, break_on_hyphens=False) or [""]
    lines = [f"/* {lines[0]}"] + [f"   {line}" for line in lines[1:]]
    return lines[:-1] + [lines[-1] + " */"]


def broken(line):
    """A line of code that goes on in a second one where it is too long."""
    if len(line) <= COLUMNS:
        return [line]
    front = line[:COLUMNS].rpartition(" ")[0]
    return [front, " " * 8 + line[len(front) + 1:]]


def declare(key, members):
    """A struct or an enum, its comments beside the members or, where those are long, above."""
    room = COLUMNS - 4 - 1 - _BESIDE_MIN
    column = 5 + max((len(member.code) for member in members
                      if member.comment and len(member.code) <= room), default=0)
    lines = [f"{key} {{"]
    for member in members:
        left = f"    {member.code}"
        if not member.comment:
            lines.append(left)
        elif len(left) < column:
            comment = _framed(member.comment, COLUMNS - column)
            lines += [left.ljust(column) + comment[0]]
            lines += [" " * column + line for line in comment[1:]]
        else:
            lines += ["    " + line for line in _framed(member.comment, COLUMNS - 4)] + [left]
        lines += broken(lines.pop())
    return lines + ["};"]


def prototype(function):
    """A function's declaration, broken between parameters."""
    gap = "" if function.returns.endswith("*") else " "
    head = f"{function.returns}{gap}{function.name}("
    texts = [parameter.text for parameter in function.parameters] or ["void"]
    whole = f"{head}{', '.join(texts)});"
    if len(whole) <= COLUMNS:
        return [whole]
    indent = " " * 8
    if len(head) + max(map(len, texts)) + 2 <= COLUMNS:
        indent = " " * len(head)
        lines, line = [], head
    else:
        lines, line = [head], indent
    for index, text in enumerate(texts):
        piece = text + (");" if index == len(texts) - 1 else ",")
        if line not in (head, indent) and len(line) + 1 + len(piece) > COLUMNS:
            lines.append(line)
            line = indent
        line += piece if line in (head, indent) else " " + piece
    return lines + [line]
