"""What SCXML 1.0 (https://www.w3.org/TR/scxml/) allows where, as far as charts use it: no
parallel states, history, scripts, entry or exit actions, and nothing that moves
without an event."""
import re
import xml.etree.ElementTree as ElementTree

from expression import ExpressionError, compiled, names
from scxml import PS, SCXML

EXECUTABLE = "assign send log if"
# Element: attributes that must be there, that may be, and what it may hold.
ELEMENTS = {
    "scxml": ("version", "name initial datamodel", "datamodel state final"),
    "datamodel": ("", "", "data"),
    "data": ("id", "expr src", ""),
    "state": ("", "id initial", "transition state final"),
    "final": ("", "id", ""),
    "transition": ("event", "cond target type", EXECUTABLE),
    "assign": ("location", "expr", ""),
    "send": ("event", "target type id delay", "param"),
    "param": ("name", "expr location", ""),
    "log": ("", "label expr", ""),
    "if": ("cond", "", EXECUTABLE),
}
KINDS = {"transition": {"tran", "stay", "ignore", "reject"},
         "state": {"initial", "composite", "waiting", "settled", "final"}, "final": {"final"}}
NAME = re.compile(r"[A-Za-z_][\w.-]*\Z")


class _Check:
    def __init__(self, text):
        self.faults = []
        self.root = ElementTree.fromstring(text)
        self.ids = {}
        self.data = set()

    def fault(self, element, what):
        name = element.tag.removeprefix(SCXML)
        about = element.get("id") or element.get("event") or element.get("location") or ""
        self.faults.append(f"{name} {about}: {what}".replace(" :", ":"))

    def run(self):
        if self.root.tag != SCXML + "scxml":
            self.fault(self.root, "the root is no scxml of the W3C's namespace")
            return self.faults
        if self.root.get("version") != "1.0" or self.root.get("datamodel") != "ecmascript":
            self.fault(self.root, "not version 1.0 with ECMAScript")
        self.collect()
        self.shape(self.root)
        self.references()
        return self.faults

    def collect(self):
        for element in self.root.iter():
            if element.tag in (SCXML + "state", SCXML + "final", SCXML + "data"):
                name = element.get("id") or ""
                if name in self.ids or not NAME.match(name):
                    self.fault(element, "its id is taken, or is none")
                self.ids[name] = element
                if element.tag == SCXML + "data":
                    self.data.add(name)

    def shape(self, element):
        name = element.tag.removeprefix(SCXML)
        required, optional, holds = (set(part.split()) for part in ELEMENTS[name])
        ours = {key for key in element.keys() if key.startswith(PS)}
        for missing in required - set(element.keys()):
            self.fault(element, f"no {missing}")
        for unknown in set(element.keys()) - required - optional - ours:
            self.fault(element, f"may not have {unknown}")
        if name in KINDS and element.get(PS + "kind") not in KINDS[name]:
            self.fault(element, "of no kind")
        if (element.text or "").strip() or (element.tail or "").strip():
            self.fault(element, "text stands in it or behind it")
        for attribute in ("cond", "expr"):
            if element.get(attribute) is not None:
                self.expression(element, element.get(attribute))
        for child in element:
            if not child.tag.startswith(SCXML) or child.tag.removeprefix(SCXML) not in holds:
                self.fault(element, f"may not hold {child.tag}")
            else:
                self.shape(child)

    def expression(self, element, text):
        try:
            compiled(text)
        except ExpressionError as error:
            self.fault(element, str(error))
            return
        for name in names(text):
            if name not in self.data and name not in ("_event.name", "_name") and \
                    not re.match(r"_event\.data\.\w+\Z", name):
                self.fault(element, f"{name} is declared nowhere")

    def references(self):
        for element in self.root.iter():
            inside = {child.get("id") for child in element.iter()} - {element.get("id"), None}
            if element.get("initial") is not None and element.get("initial") not in inside:
                self.fault(element, f"begins in {element.get('initial')}, which is not inside it")
            if element.tag == SCXML + "assign" and element.get("location") not in self.data:
                self.fault(element, "sets no data")
            target = element.get("target")
            if element.tag == SCXML + "transition" and target is not None:
                self.target(element, target)

    def target(self, element, target):
        state = self.ids.get(target)
        if state is None or state.tag == SCXML + "data":
            self.fault(element, f"leads to {target}, which is no state")
        elif state.get(PS + "kind") == "composite":
            self.fault(element, f"leads to {target}, which only holds states")


def faults(text):
    """What is wrong with it; nothing, if the list is empty."""
    return _Check(text).run()
