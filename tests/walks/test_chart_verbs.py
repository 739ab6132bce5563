#!/usr/bin/python3
"""payscorectl shows, exports and walks the charts without a store or a configuration."""
import os
import pathlib
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
from exported import charts, ctl, scxml  # noqa: E402
from scxml import Machine  # noqa: E402


def said(*words):
    """Exit code, standard output and standard error."""
    ran = subprocess.run([os.environ["PAYSCORECTL"], "--config", "/nonexistent", "chart", *words],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    return ran.returncode, ran.stdout, ran.stderr


class ChartVerbs(unittest.TestCase):
    def test_every_row_and_state_is_shown(self):
        for name in charts():
            shown = ctl("chart", "show", name)
            machine = Machine(scxml()[name])
            for state, transitions in machine.transitions.items():
                self.assertRegex(shown, rf"(?m)\b{state}  \(")
                for one in transitions:
                    self.assertRegex(shown, rf"(?m)^ +{one.row}  {one.kind} ")

    def test_a_walk_says_verdict_row_text_and_path(self):
        code, out, _ = said("step", "service_order", "cmd_create", "told_unavailable",
                            "cmd_complete")
        self.assertEqual(code, 0)
        self.assertEqual([line for line in out.splitlines() if line.startswith(("NEW", " "))][0],
                         "NEW")
        self.assertIn("cmd_create: taken, row 1: ", out)
        self.assertIn("\n  ORDER > REQUESTED > AUTHORIZING\n", out)
        self.assertIn("told_unavailable: taken, row 3: ", out)
        self.assertIn("cmd_complete: rejected, row ", out)
        self.assertTrue(out.endswith("\n  ORDER > ENDED > REFUSED\n"), out)

    def test_a_guard_holds_for_one_event_or_for_all(self):
        def end(*words):
            return said("step", "service_order", "cmd_create", *words)[1].splitlines()[-1]
        waiting, asked_on = "  ORDER > REQUESTED > AUTHORIZING", "told_available"
        self.assertEqual(end(asked_on), waiting)
        moved = end(asked_on + ":not_held")
        self.assertNotEqual(moved, waiting)
        self.assertEqual(end(asked_on + ":not_held=true"), moved)
        self.assertEqual(end(asked_on, "--guard", "not_held"), moved)
        self.assertEqual(end(asked_on + ":not_held=false", "--guard", "not_held=true"), waiting)

    def test_an_event_that_no_row_names_is_said_so(self):
        code, out, _ = said("step", "service_order", "seen_done")
        self.assertEqual((code, out), (0, "NEW\nseen_done: no row\n  NEW\n"))

    def test_the_svg_is_drawn(self):
        self.assertIn("</svg>", ctl("chart", "export", "--format", "svg", charts()[0]))

    def test_a_large_chart_is_drawn_in_parts(self):
        whole = ctl("chart", "export", "--format", "dot", "service_order")
        part = ctl("chart", "export", "--format", "dot", "service_order", "REQUESTED")
        self.assertIn('digraph "service_order" {', whole)
        self.assertIn('digraph "service_order-REQUESTED" {', part)
        self.assertIn("<CREATE_<br/>SENDING", part)
        self.assertNotIn("<CREATE_<br/>SENDING", whole)

    def test_what_is_wrong_is_named(self):
        for words, code, what in (
                (("show", "orders"), 65, "no such chart: orders"),
                (("export", "--format", "png", charts()[0]), 64, "no such format"),
                (("export", "--format", "scxml"), 64, "name it"),
                (("export", charts()[0]), 64, "promela"),
                (("export", "--format", "svg", "service_order", "SERVING"), 65, "REQUESTED"),
                (("export", "--format", "page", "service_order", "REQUESTED"), 65, "one whole"),
                (("step", "service_order", "seen_bound"), 65, "seen_bound is no event"),
                (("step", "service_order", "cmd_create:merry"), 65, "no such guard: merry"),
                (("step", "service_order", "wake", "--guard", "fresh=no"), 65, "true or false"),
                (("step", "service_order"), 64, "usage")):
            with self.subTest(words):
                ran = said(*words)
                self.assertEqual(ran[0], code, ran)
                self.assertIn(what, ran[2])

    def test_help_names_every_format(self):
        listed = ctl("--help")
        formats = (pathlib.Path(__file__).parents[2] / "tools/exporter/formats.def").read_text()
        names = [line.split('"')[1] for line in formats.splitlines() if line.startswith("FORMAT(")]
        self.assertGreater(len(names), 5)
        for name in names:
            self.assertIn(name, listed)


if __name__ == "__main__":
    unittest.main()
