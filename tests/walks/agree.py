"""Follows the engine's walks, line by line, with a machine for each chart; says where they part."""
import collections
import json

VERDICTS = {"tran": "taken", "stay": "taken", "ignore": "ignored", "reject": "rejected"}
# The engine counts answers and sets deadlines by itself, before and after a row is asked.
COUNTED = "attempts"
SET_BY_ENGINE = ("due_at_ms", "since_ms")


class Difference(AssertionError):
    pass


def _alike(sent):
    return sorted(json.dumps(one, sort_keys=True) for one in sent)


class Follower:
    def __init__(self, machines):
        self.machines = machines
        self.machine = None
        self.before = None
        self.walks = 0
        self.steps = 0
        self.dropped = 0
        self.rows = collections.Counter()

    def line(self, text):
        told = json.loads(text)
        if "chart" in told:
            self.machine = self.machines[told["chart"]]
            self.machine.begin(told["state"], told["data"])
            self.before = told["data"]
            self.walks += 1
            return
        self.steps += 1
        if told["verdict"] == "dropped":
            self._unchanged(told)
        else:
            self._step(told)
        self.before = told["data"]

    def _part(self, told, what, theirs, engine):
        raise Difference(f"{self.machine.name}: row {told['row']} on {told['event']} in walk "
                         f"{self.walks}: {what} is {theirs!r} by SCXML, {engine!r} by the engine")

    def _unchanged(self, told):
        """An answer to a call that is not open any more never reaches the chart."""
        self.dropped += 1
        if told["state"] != self.machine.state or told["data"] != self.before or told["sent"]:
            self._part(told, "what was dropped", self.before, told["data"])

    def _step(self, told):
        machine = self.machine
        if COUNTED in machine.data:
            machine.data[COUNTED] = told[COUNTED]
        transition = machine.step(told["event"], {**told["facts"], **told["with"]})
        row = transition.row if transition is not None else 0
        verdict = VERDICTS[transition.kind] if transition is not None else "no row"
        for what, theirs in (("row", row), ("verdict", verdict), ("state", machine.state)):
            if theirs != told[what]:
                self._part(told, what, theirs, told[what])
        if bool(machine.said) != (verdict == "rejected"):
            self._part(told, "what is said", machine.said, verdict)
        if _alike(machine.sent) != _alike(told["sent"]):
            self._part(told, "what is sent", machine.sent, told["sent"])
        self._data(told)
        self.rows[machine.name, row] += 1

    def _data(self, told):
        before = {**self.before, COUNTED: told[COUNTED]}
        for name, value in told["data"].items():
            if name in SET_BY_ENGINE and name not in self.machine.assigned:
                if name in self.machine.data:
                    self.machine.data[name] = value
                continue
            mine = self.machine.data.get(name, before[name])
            if mine != value or isinstance(mine, bool) != isinstance(value, bool):
                self._part(told, name, mine, value)
        unknown = set(self.machine.data) - set(told["data"])
        if unknown:
            self._part(told, "data", sorted(unknown), "not told")
