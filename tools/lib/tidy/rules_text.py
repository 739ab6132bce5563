"""Rules on every text of the tree: bytes, marks, words, and a page for each folder."""
import re
import unicodedata

from .run import Finding, rule

RULES = []

COLUMNS_MAX = 100
README_LINES_MAX = 39

# Each pattern is written so that it does not match itself.
_MARK = re.compile(r"\b(?:TOD[O]|FIXM[E]|XX[X])\b")
_WORKPLACE = re.compile(r"/wor[k]/|\bissue [#]?\d|\bissue [#]|\bHELPER[S]\.md|"
                        r"\bshare[d]/(?:design|style|reference)|"
                        r"\b(?:design|styl[e])\.md\b|\b[C]laude\b|\blanguage mode[l]\b")


def _each_line(tree, pattern, message):
    for file in tree.files.values():
        for number, line in enumerate(file.lines, 1):
            match = pattern.search(line)
            if match:
                yield Finding(file.path, number, message.format(match.group()))


@rule(RULES, "no space at a line's end, no tab, no carriage return; a newline at the end")
def whitespace(tree):
    yield from _each_line(tree, re.compile(r"[ \t\r]+$"), "space at the end of the line")
    yield from _each_line(tree, re.compile(r"\t(?=.*\S)"), "a tab")
    for file in tree.files.values():
        if file.text and not file.text.endswith("\n"):
            yield Finding(file.path, len(file.lines), "no newline at the end of the file")
        elif file.text.endswith("\n\n"):
            yield Finding(file.path, len(file.lines) - 1, "an empty line at the end of the file")


@rule(RULES, "nothing is left for later in the text of a file")
def unfinished(tree):
    yield from _each_line(tree, _MARK, "{}: do it, or leave it out")


@rule(RULES, "the project speaks of itself, not of where it was made")
def workplace(tree):
    yield from _each_line(tree, _WORKPLACE, "{!r} means nothing to a reader of this tree")


def _columns(line):
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in line)


@rule(RULES, f"no line of code has more than {COLUMNS_MAX} columns; rows of a .def may")
def columns(tree):
    for file in tree.of("c", "python", "shell"):
        if file.path.endswith(".def"):
            continue
        for number, line in enumerate(file.lines, 1):
            if len(line) > COLUMNS_MAX // 2 and _columns(line) > COLUMNS_MAX:
                yield Finding(file.path, number, f"{_columns(line)} columns")


def _prose_lines(text):
    """Lines that are read: a table is looked things up in."""
    return sum(1 for line in text.splitlines() if not line.startswith("|"))


@rule(RULES, f"each folder at the top has a README.md of at most {README_LINES_MAX} lines"
             " beside its tables")
def folder_page(tree):
    folders = {path.split("/")[0] for path in tree.files if "/" in path}
    for folder in sorted(folders):
        if folder.startswith("."):
            continue
        page = tree.files.get(f"{folder}/README.md")
        if page is None:
            yield Finding(f"{folder}/README.md", 1, "is missing")
        elif (lines := _prose_lines(page.text)) > README_LINES_MAX:
            yield Finding(page.path, README_LINES_MAX + 1, f"{lines} lines beside its tables")
