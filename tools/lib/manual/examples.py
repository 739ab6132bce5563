"""Pieces of the examples for the manual: what stands in a page is compiled and run by the tests."""
import re
import typing

LINES_MAX = 56
COLUMNS_MAX = 73  # As examples/.clang-format says.


class Example(typing.NamedTuple):
    file: str
    lines: list


def functions_of(path):
    """The functions of a source file, each with the comment above it."""
    lines = path.read_text().split("\n")
    for end, line in enumerate(lines):
        if line != "}":
            continue
        begin = end
        while begin > 0 and lines[begin - 1] and not lines[begin - 1].startswith("}"):
            begin -= 1
        # Inside a function stand empty lines too: its head begins at the margin.
        while begin > 0 and not re.match(r"[a-z/]", lines[begin]):
            begin -= 1
        while begin > 0 and lines[begin - 1]:
            begin -= 1
        yield Example(path.name, lines[begin:end + 1])


def of(paths, name):
    """The shortest function of the examples that calls one of the library; None if there is none
    that a page can show whole."""
    called = re.compile(rf"\b{name}\(")
    found = [example for path in paths for example in functions_of(path)
             if called.search("\n".join(example.lines))
             and len(example.lines) <= LINES_MAX
             and max(map(len, example.lines)) <= COLUMNS_MAX]
    return min(found, key=lambda example: len(example.lines), default=None)
