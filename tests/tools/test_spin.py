#!/usr/bin/python3
"""The order's models: they bring a meaning for all that the rows name, and a row broken on purpose
is caught. All runs of all configurations are tools/charts --spin."""
import os
import sys
import unittest

sys.dont_write_bytecode = True
from tools import TOOLS, ToolTest  # noqa: E402


class Spin(ToolTest):
    def spin(self, *arguments):
        return self.run_tool(TOOLS / "lib/spin", *arguments,
                             env={"SPIN_SCRATCH": str(self.root / "spin"),
                                  "PAYSCORE_CHARTS": os.environ["PAYSCORE_CHARTS"]})

    def test_an_unbroken_model_has_no_error(self):
        ran = self.spin("smallest")
        self.assertEqual(ran.returncode, 0, ran.stdout)
        self.assertRegex(ran.stdout, r"spin: 1 configurations, \d{4,} states, \d{4,} transitions")

    def test_another_amount_while_in_doubt_is_caught(self):
        ran = self.spin("--break", "101=78", "smallest")
        self.assertEqual(ran.returncode, 0, ran.stdout)
        self.assertIn("an earlier one may still take effect", ran.stdout)
        self.assertIn("refused in COMPLETE_SENDING: row 76, now COMPLETE_REFUSED", ran.stdout)

    def test_an_order_that_is_asked_about_for_ever_is_caught(self):
        ran = self.spin("--break", "77=79", "smallest")
        self.assertEqual(ran.returncode, 0, ran.stdout)
        self.assertIn("this is no rest, and nothing can follow", ran.stdout)

    def test_a_harmless_change_is_not_caught(self):
        ran = self.spin("--break", "91=91", "smallest")
        self.assertEqual(ran.returncode, 1, ran.stdout)
        self.assertIn("smallest does not notice", ran.stdout)

    def test_a_row_that_is_not_there_is_no_break(self):
        ran = self.spin("--break", "9999=78", "smallest")
        self.assertEqual(ran.returncode, 1, ran.stdout)
        self.assertIn("there is no row 9999", ran.stdout)


if __name__ == "__main__":
    unittest.main()
