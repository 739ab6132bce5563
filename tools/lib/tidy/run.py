"""What rules are made of: the tree they read, what they find, the exemptions, the report."""
import dataclasses
import functools
import json
import pathlib
import re
import subprocess
import typing

C_SUFFIXES = (".c", ".h", ".def")


class Finding(typing.NamedTuple):
    path: str
    line: int
    message: str
    grave: bool = True  # False: said, but no failure.


class Rule(typing.NamedTuple):
    name: str
    demand: str
    check: typing.Callable


def rule(rules, demand):
    """Put a function into a list of rules under its own name."""
    def keep(function):
        rules.append(Rule(function.__name__.replace("_", "-"), demand, function))
        return function
    return keep


@dataclasses.dataclass(frozen=True)
class File:
    """One file of the tree, as bytes were read once."""
    path: str
    text: str

    @functools.cached_property
    def lines(self):
        return self.text.split("\n")

    @functools.cached_property
    def code(self):
        """C text with comments and the insides of literals blanked; lines stay where they were."""
        return _C_NOISE.sub(_blank, self.text)

    @property
    def language(self):
        if self.path.endswith(C_SUFFIXES):
            return "c"
        first = self.lines[0]
        if self.path.endswith(".py") or (first.startswith("#!") and "python" in first):
            return "python"
        if self.path.endswith(".sh") or (first.startswith("#!") and first.endswith("sh")):
            return "shell"
        return ""

    def line_of(self, position):
        return self.text.count("\n", 0, position) + 1


_C_NOISE = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)


def _blank(match):
    found = match.group()
    if found[0] == "/":
        return re.sub(r"[^\n]", " ", found)
    # An #include keeps its path: it stands between quotes too, and has rules of its own.
    before = match.string[:match.start()].rpartition("\n")[2]
    if re.fullmatch(r"\s*#\s*include\s*", before):
        return found
    return found[0] + " " * (len(found) - 2) + found[0]


@dataclasses.dataclass
class Tree:
    root: pathlib.Path
    database: pathlib.Path

    @functools.cached_property
    def files(self):
        """Every text file that is tracked or about to be, by path."""
        listed = subprocess.run(
            ["git", "-C", str(self.root), "ls-files", "-z", "--cached", "--others",
             "--exclude-standard", "--deduplicate"], check=True, stdout=subprocess.PIPE).stdout
        files = {}
        for path in sorted(filter(None, listed.decode().split("\0"))):
            try:
                files[path] = File(path, (self.root / path).read_bytes().decode())
            except (FileNotFoundError, IsADirectoryError, UnicodeDecodeError):
                continue  # Deleted and not yet committed; a folder of another tree; no text.
        return files

    def of(self, *languages):
        return [file for file in self.files.values() if file.language in languages]

    def under(self, *folders, suffixes=C_SUFFIXES):
        starts = tuple(folder + "/" for folder in folders)
        return [file for path, file in self.files.items()
                if path.startswith(starts) and path.endswith(suffixes)]

    @functools.cached_property
    def compiled(self):
        """Paths of the sources that a build compiles; None where there is no build to ask."""
        if not self.database.exists():
            return None
        sources = set()
        for entry in json.loads(self.database.read_text()):
            source = pathlib.Path(entry["directory"], entry["file"])
            if source.is_relative_to(self.root):
                sources.add(str(source.relative_to(self.root)))
        return sources


_EXEMPTION = re.compile(r"tidy: allo[w] ([a-z-]+)(?:: *(\S.*))?")


class Exemptions:
    """The places that say they break a rule, and which of them were needed."""

    def __init__(self, tree):
        self.places = {}
        self.used = set()
        for file in tree.files.values():
            for number, line in enumerate(file.lines, 1):
                match = _EXEMPTION.search(line)
                if match and file.language:
                    self.places[file.path, number, match.group(1)] = match.group(2)

    def cover(self, rule_name, finding):
        for line in (finding.line, finding.line - 1):
            place = (finding.path, line, rule_name)
            if self.places.get(place):
                self.used.add(place)
                return True
        return False

    def faults(self):
        for place, reason in self.places.items():
            path, line, name = place
            if not reason:
                yield Finding(path, line, f"an exemption from {name} without a reason")
            elif place not in self.used:
                yield Finding(path, line, f"an exemption from {name} that nothing needs")


def check(root, database, rules):
    """Run the rules over a tree; print what they find. Returns the exit status."""
    root = root.resolve()
    tree = Tree(root, database or root / "build/dev/compile_commands.json")
    exemptions = Exemptions(tree)
    found = [(each.name, finding) for each in rules for finding in each.check(tree)
             if not exemptions.cover(each.name, finding)]
    found += [("exemption", finding) for finding in exemptions.faults()]
    for name, finding in sorted(found, key=lambda pair: pair[1][:2]):
        mark = "" if finding.grave else "note: "
        print(f"{finding.path}:{finding.line}: {mark}{name}: {finding.message}")
    faults = sum(finding.grave for _, finding in found)
    print(f"tidy: {len(rules)} rules over {len(tree.files)} files: {faults} faults, "
          f"{len(found) - faults} notes, {len(exemptions.used)} exemptions")
    return 1 if faults else 0
