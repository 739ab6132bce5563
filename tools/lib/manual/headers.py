"""What the public headers say: functions with the sections of their comments, structs, enums,
constants, statuses. The headers are the source; where they leave something out, this fails."""
import dataclasses
import re
import typing

SECTIONS = ("Errors", "Ownership", "Thread", "Lifetime", "Units", "Source")


class Lacking(Exception):
    """A header does not say what a reader is owed."""


@dataclasses.dataclass
class Comment:
    paragraphs: list
    sections: dict

    @property
    def brief(self):
        """The first sentence, as the NAME of a page wants it: no full stop, no capital."""
        first = re.split(r"[.:;](?=\s|$)", self.paragraphs[0])[0] if self.paragraphs else ""
        keeps_case = re.match(r"[A-Z]{2}|JSON\b", first)
        return first if keeps_case else first[:1].lower() + first[1:]


@dataclasses.dataclass
class Parameter:
    type: str
    name: str
    text: str


@dataclasses.dataclass
class Function:
    name: str
    returns: str
    parameters: list
    comment: Comment
    header: str


class Member(typing.NamedTuple):
    code: str
    comment: str


@dataclasses.dataclass
class Type:
    """A struct, an enum, or a typedef; `key` is "struct payscore_x" or a typedef's name."""
    key: str
    comment: typing.Optional[Comment]
    members: list
    code: str  # Of what has no members: the declaration as it is.
    header: str


class Status(typing.NamedTuple):
    name: str
    number: int
    reaction: str
    text: str


@dataclasses.dataclass
class Headers:
    files: dict = dataclasses.field(default_factory=dict)  # Name: what its first comment says.
    functions: dict = dataclasses.field(default_factory=dict)
    types: dict = dataclasses.field(default_factory=dict)
    constants: list = dataclasses.field(default_factory=list)  # Members of enums without a name.
    statuses: list = dataclasses.field(default_factory=list)
    reactions: dict = dataclasses.field(default_factory=dict)  # DONE: "nothing to do."


def _lines_of(comment):
    """A comment's lines without its frame; what is indented stays so."""
    body = re.sub(r"^/\*\*?|\*/$", "", comment.strip())
    return [re.sub(r"^\s*\* ?", "", line).rstrip() for line in body.split("\n")]


def _collapse(text):
    return re.sub(r"\s+", " ", text).strip()


def read_comment(text, where):
    """A comment with its sections. Each begins a line, two spaces or more after its word."""
    words = "|".join(SECTIONS)
    stray = re.search(rf"\S +({words}) {{2,}}\S", "\n".join(_lines_of(text)))
    if stray:
        raise Lacking(f"{where}: {stray.group(1)} does not begin a line: {stray.group()!r}")
    sections, paragraphs, current = {}, [[]], None
    for line in _lines_of(text):
        begin = re.match(rf"({words}) {{2,}}(.*)", line)
        if begin:
            current = begin.group(1)
            sections[current] = begin.group(2)
        elif current and (line.startswith("  ") or not line):
            sections[current] += " " + line
        elif current:
            raise Lacking(f"{where}: what goes on with {current} is not indented: {line!r}")
        elif line.strip():
            paragraphs[-1].append(line)
        elif paragraphs[-1]:
            paragraphs.append([])
    return Comment([_collapse(" ".join(lines)) for lines in paragraphs if lines],
                   {name: _collapse(body) for name, body in sections.items()})


def _without_cxx(text):
    """The C side of what C++ sees otherwise."""
    return re.sub(r"#if defined\(__cplusplus\)\n.*?(?:#else\n(.*?))?#endif\n",
                  lambda match: match.group(1) or "", text, flags=re.S)


def _declarations(text):
    """(comment or "", code) of each declaration and directive, in their order."""
    position, comment = 0, ""
    while True:
        position += len(text[position:]) - len(text[position:].lstrip())
        if position >= len(text):
            return
        if text.startswith("/*", position):
            end = text.index("*/", position) + 2
            comment = text[position:end]
            # What stands apart from what follows is about the file or a group.
            if text[end:].startswith("\n\n"):
                yield comment, ""
                comment = ""
        elif text[position] == "#":
            end = re.compile(r"(?:[^\n\\]|\\.)*\n|$", re.S).match(text, position).end()
            yield comment, text[position:end]
            comment = ""
        else:
            end = _end_of_declaration(text, position)
            yield comment, text[position:end]
            comment = ""
        position = end


_TOKEN = re.compile(r"/\*.*?\*/|\"(?:\\.|[^\"])*\"|[{};]", re.S)


def _end_of_declaration(text, position):
    depth = 0
    for match in _TOKEN.finditer(text, position):
        token = match.group()
        depth += (token == "{") - (token == "}")
        if token == ";" and depth == 0:
            return match.end()
    raise Lacking(f"a declaration has no end: {text[position:position + 60]!r}")


def _members(body, end):
    """Members of a struct (they end in ";") or an enum (","). A comment that begins on the line of
    a member's end belongs to it, another to the member after it."""
    members, code, before, depth = [], "", [], 0
    for match in re.finditer(r"/\*.*?\*/|\n|[^\n]", body, re.S):
        token = match.group()
        if token.startswith("/*"):
            words = _collapse(" ".join(_lines_of(token)))
            line_so_far = body[:match.start()].rpartition("\n")[2]
            if members and not code.strip() and line_so_far.strip():
                members[-1] = Member(members[-1].code, words)
            elif code.strip():
                before.append(words)  # Of the last enum member, which has no comma.
            else:
                before = [words]
            continue
        depth += (token in "([") - (token in ")]")
        code += token
        if token == end and depth == 0:
            members.append(Member(_collapse(code), " ".join(before)))
            code, before = "", []
    if code.strip():
        members.append(Member(_collapse(code), " ".join(before)))
    return members


def _parameters(text):
    if _collapse(text) in ("", "void"):
        return []
    parameters = []
    for part in text.split(","):
        part = _collapse(part)
        match = re.fullmatch(r"(.*?)(\w+)(\[\w*\])?", part)
        parameters.append(Parameter(match.group(1).strip() + (match.group(3) or ""),
                                    match.group(2), part))
    return parameters


_FUNCTION = re.compile(r"PAYSCORE_API\s+(?:PAYSCORE_MUST_USE\s+)?(.*?)(\w+)\s*\((.*)\)\s*;", re.S)
_TYPE = re.compile(r"((?:struct|enum) \w+|enum)\s*\{(.*)\}\s*;", re.S)
_STATUS = re.compile(r"X\((\w+), (-?\d+), (\w+),\s*\"([^\"]*)\"\)")


def _read_status_map(headers, code, comment):
    code = code.replace("\\\n", " ")
    for name, number, reaction, text in _STATUS.findall(code):
        headers.statuses.append(Status(name, int(number), reaction, text))
    for line in _lines_of(comment):
        row = re.match(r"(?:REACTION)?\s+([A-Z]{3,})\s{2,}(\S.*)", line)
        if row:
            headers.reactions[row.group(1)] = row.group(2)
    missing = {status.reaction for status in headers.statuses} - set(headers.reactions)
    if missing:
        raise Lacking(f"status.h: not explained: {', '.join(sorted(missing))}")


def _read_declaration(headers, name, comment, code):
    function = _FUNCTION.match(code)
    typed = _TYPE.match(code)
    said = read_comment(comment, name) if comment.startswith("/**") else None
    if function:
        called = function.group(2)
        headers.functions[called] = Function(
            called, _collapse(function.group(1)), _parameters(function.group(3)), said, name)
    elif typed and typed.group(1) == "enum":
        headers.constants += _members(typed.group(2), ",")
    elif typed:
        key = typed.group(1)
        members = _members(typed.group(2), "," if key.startswith("enum") else ";")
        headers.types[key] = Type(key, said, members, "", name)
    elif code.startswith("typedef"):
        key = re.search(r"(\w+)\s*\(", code).group(1)
        headers.types[key] = Type(key, said, [], _collapse(code), name)
    elif code.startswith("#define PAYSCORE_STATUS_MAP"):
        _read_status_map(headers, code, comment)


def read(folder):
    """All headers of a folder."""
    headers = Headers()
    for path in sorted(folder.glob("*.h")):
        declarations = list(_declarations(_without_cxx(path.read_text())))
        headers.files[path.name] = read_comment(declarations[0][0], path.name)
        for comment, code in declarations:
            if code:
                _read_declaration(headers, path.name, comment, code)
    check(headers)
    return headers


# Pointers to these are the handle, the place for a message, and places for plain answers.
_PLAIN = re.compile(r"struct payscore \*|struct payscore_error \*|"
                    r"(?:u?int\d+_t|size_t|bool|int|double|enum \w+)(?: \*)?|void \*user")


def passes_pointers(function):
    """Whether whoever calls it must know whose memory it is."""
    if function.returns == "void":
        return False
    if function.returns.endswith("*"):
        return True
    return any(not _PLAIN.fullmatch(parameter.type) and parameter.name != "user"
               for parameter in function.parameters)


def lacks_of(function):
    """The sections that a function's comment does not have and owes."""
    if function.comment is None or not function.comment.paragraphs:
        return ["a comment (/** … */)"]
    owed = ["Thread"]
    if function.returns == "enum payscore_status" and function.parameters:
        owed.append("Errors")
    if passes_pointers(function):
        owed.append("Ownership")
    return [section for section in owed if section not in function.comment.sections]


def check(headers):
    """Raise Lacking, with all that is missing."""
    lines = []
    for function in headers.functions.values():
        lines += [f"{function.header}: {function.name}() lacks {what}"
                  for what in lacks_of(function)]
    known = {status.name for status in headers.statuses}
    for function in headers.functions.values():
        errors = (function.comment.sections if function.comment else {}).get("Errors", "")
        lines += [f"{function.header}: {function.name}() names {name}, which is no status"
                  for name in re.findall(r"\bE_[A-Z_]+\b", errors) if name not in known]
    if lines:
        raise Lacking("\n".join(lines))
