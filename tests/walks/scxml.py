"""An interpreter of SCXML, as far as the charts need it. It knows the W3C's rules and the exported
text, and nothing of the engine."""
import xml.etree.ElementTree as ElementTree

from expression import compiled

SCXML = "{http://www.w3.org/2005/07/scxml}"
PS = "{urn:payscore:chart}"


class Transition:
    def __init__(self, element):
        self.events = element.get("event").split()
        condition = element.get("cond")
        self.holds = compiled(condition) if condition is not None else lambda scope: True
        self.target = element.get("target")
        self.row = int(element.get(PS + "row"))
        self.kind = element.get(PS + "kind")
        self.content = [_executable(child) for child in element]


def _executable(element):
    """One element of executable content, as a function of a machine and a scope."""
    return {"assign": _assign, "send": _send, "log": _log, "if": _if}[
        element.tag.removeprefix(SCXML)](element)


def _assign(element):
    location, value = element.get("location"), compiled(element.get("expr"))

    def run(machine, scope):
        if location not in machine.data:
            raise KeyError(f"{location} is no data of {machine.name}")
        machine.data[location] = scope[location] = value(scope)
        machine.assigned.add(location)
    return run


def _send(element):
    what = {"event": element.get("event")}
    if element.get("target") is not None:
        what["chart"] = element.get("target").removeprefix("#_scxml_")
    params = [(child.get("name"), compiled(child.get("expr"))) for child in element]

    def run(machine, scope):
        machine.sent.append({**what, **{name: value(scope) for name, value in params}})
    return run


def _log(element):
    said = compiled(element.get("expr"))

    def run(machine, scope):
        machine.said.append(said(scope))
    return run


def _if(element):
    holds = compiled(element.get("cond"))
    content = [_executable(child) for child in element]

    def run(machine, scope):
        if holds(scope):
            for one in content:
                one(machine, scope)
    return run


class Machine:
    def __init__(self, text):
        root = ElementTree.fromstring(text)
        self.name = root.get("name")
        self.initial = root.get("initial")
        self.parents = {}
        self.defaults = {}
        self.transitions = {}
        self._read(root, None)
        self.declared = {element.get("id"): compiled(element.get("expr"))({})
                         for element in root.iter(SCXML + "data")}
        self.begin(self.initial, self.declared)

    def _read(self, element, parent):
        for child in element:
            if child.tag not in (SCXML + "state", SCXML + "final"):
                continue
            name = child.get("id")
            self.parents[name] = parent
            self.defaults[name] = child.get("initial")
            self.transitions[name] = [Transition(one) for one in child
                                      if one.tag == SCXML + "transition"]
            self._read(child, name)

    def begin(self, state, data):
        self.state = state
        self.data = {name: data[name] for name in self.declared}
        self.assigned, self.sent, self.said = set(), [], []

    def _choose(self, event, scope):
        """Of the active state and then of those around it, the first in document order."""
        state = self.state
        while state is not None:
            for transition in self.transitions[state]:
                if event in transition.events and transition.holds(scope):
                    return transition
            state = self.parents[state]
        return None

    def _enter(self, target):
        while self.defaults[target] is not None:
            target = self.defaults[target]
        self.state = target

    def step(self, event, data):
        """Take one event; the transition that it took, or None."""
        self.assigned, self.sent, self.said = set(), [], []
        scope = {**self.data, "_name": self.name, "_event.name": event,
                 **{f"_event.data.{name}": value for name, value in data.items()}}
        transition = self._choose(event, scope)
        if transition is not None:
            for one in transition.content:
                one(self, scope)
            if transition.target is not None:
                self._enter(transition.target)
        return transition
