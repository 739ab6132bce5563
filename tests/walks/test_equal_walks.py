#!/usr/bin/python3
"""The engine and an independent interpreter of the exported SCXML take the same walks: same states,
same fields with the same values, same intents. And a chart that differs is found out."""
import os
import re
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
from agree import Difference, Follower  # noqa: E402
from exported import scxml  # noqa: E402
from scxml import Machine  # noqa: E402

WALKS = 10000
FEW = 500
SEED = 20260301


def follow(texts, walks):
    """Every line of the engine's, until it parts from the SCXML."""
    follower = Follower({name: Machine(text) for name, text in texts.items()})
    with subprocess.Popen([os.environ["WALKS"], str(walks), str(SEED)], stdout=subprocess.PIPE,
                          text=True) as engine:
        try:
            for line in engine.stdout:
                follower.line(line)
        except Difference:
            engine.kill()
            raise
    if engine.returncode != 0:
        raise AssertionError(f"the engine's walks ended with {engine.returncode}")
    return follower


class EqualWalks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.texts = scxml()

    def test_the_engine_and_scxml_take_the_same_walks_and_every_row(self):
        follower = follow(self.texts, WALKS)
        rows = {(name, int(row)) for name, text in self.texts.items()
                for row in re.findall(r'ps:row="(\d+)"', text)}
        print(f"{follower.walks} walks, {follower.steps} steps over {len(self.texts)} charts, "
              f"{follower.dropped} late answers; {len(rows)} rows, all taken")
        self.assertGreaterEqual(follower.walks, WALKS + len(rows))
        self.assertEqual(rows - set(follower.rows), set())

    def parts_at(self, pattern, replacement):
        """The first match in each chart replaced, some walk parts from it."""
        changed = 0
        for name, text in self.texts.items():
            other, count = re.subn(pattern, replacement, text, count=1)
            if count == 0:
                continue
            changed += 1
            with self.assertRaises(Difference, msg=f"{name}: {pattern}"):
                follow({**self.texts, name: other}, FEW)
        self.assertGreater(changed, 0, pattern)

    def test_another_target_shows(self):
        self.parts_at(r'(kind="tran".*\n(?:.*\n)*?.*)target="[A-Z_]+" ', r'\1target="NEW" ')

    def test_a_lost_condition_shows(self):
        self.parts_at(r' cond="_event\.data\.\w+" target', " target")

    def test_another_condition_shows(self):
        self.parts_at(r'cond="(_event\.data\.\w+)"', r'cond="!\1"')

    def test_a_lost_assign_shows(self):
        self.parts_at(r'<assign location="reason" expr="\'\'"/>', "")

    def test_another_value_shows(self):
        self.parts_at(r'expr="effects \+ 1"', 'expr="effects + 2"')

    def test_a_lost_send_shows(self):
        self.parts_at(r'<send event="(?:ask|effect|poll)[^>]*/>', "")

    def test_a_tell_that_is_sent_always_shows(self):
        self.parts_at(r'cond="asker != \'\'"', 'cond="true"')

    def test_a_lost_row_shows(self):
        self.parts_at(r"<transition [^>]*/>", "")

    def test_rows_in_another_order_show(self):
        self.parts_at(r'(<transition event="(\w+)" cond=(?:[^<]|<(?!/transition))*</transition>)\s*'
                      r'(<transition event="\2" ps:[^>]*/>)', r"\3\1")


if __name__ == "__main__":
    unittest.main()
