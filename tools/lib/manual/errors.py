"""The Errors of a function as a list: which status, and what it means there. The sentences stand in
the headers as people write them; what one function takes over from another is looked up."""
import dataclasses
import re


@dataclasses.dataclass
class Group:
    label: str  # "Of one item, in its result"; "" for most.
    rows: dict  # Status' name: what is said about it, or "".


@dataclasses.dataclass
class Errors:
    groups: list
    notes: list  # Sentences that are about no single status.


_PIECE = re.compile(r"(?P<status>\bE_[A-Z_]+\b)\s*(?P<said>\((?:[^()]|\([^()]*\))*\))?"
                    r"(?P<also> also [^;.]*)?|"
                    r"(?P<other>(?:those of |[Aa]s )(?P<name>payscore_\w+)\(\)(?P<where>[^;.]*))|"
                    r"(?P<label>[A-Z*][^.:;()]*): (?=E_)|"
                    r"(?P<note>[A-Z][^.]*\.(?=\s|$))")


def _capital(text):
    return text[:1].upper() + text[1:]


def read(functions, name, seen=()):
    """What a function's Errors say, with what they take over."""
    text = functions[name].comment.sections.get("Errors", "")
    errors = Errors([Group("", {})], [])
    for match in _PIECE.finditer(text):
        rows = errors.groups[-1].rows
        if match["status"]:
            said = (match["said"] or "")[1:-1] or (match["also"] or "").strip()
            rows[match["status"]] = _capital(said)
        elif match["other"]:
            if match["where"].strip():
                errors.notes.append(_capital(match["other"]) + ".")
            if match["name"] not in seen:
                _take_over(rows, read(functions, match["name"], (*seen, name)))
        elif match["label"]:
            errors.groups.append(Group(match["label"], {}))
        else:
            errors.notes.append(match["note"])
    errors.groups = [group for group in errors.groups if group.rows]
    return errors


def _take_over(rows, other):
    for group in other.groups:
        for status, said in group.rows.items():
            rows.setdefault(status, said)
