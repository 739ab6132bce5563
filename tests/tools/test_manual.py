#!/usr/bin/python3
"""payscore-charts(7) is a manual page: groff has nothing to say against it, and what it shows is
what the charts say."""
import os
import re
import subprocess
import unittest


def manual():
    return subprocess.run([os.environ["PAYSCORE_CHARTS"], "export", "manual"],
                          stdout=subprocess.PIPE, text=True, check=True).stdout


def groff(source):
    """What is shown, without the overstrikes of bold letters, and what groff says against it."""
    ran = subprocess.run(["groff", "-man", "-ww", "-Tutf8", "-P-c"], input=source, text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True)
    return re.sub(".\b", "", ran.stdout), ran.stderr


class Manual(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.source = manual()
        cls.shown, cls.warnings = groff(cls.source)

    def test_groff_has_nothing_to_say_against_it(self):
        self.assertEqual(self.warnings, "")

    def test_what_is_wrong_would_be_said(self):
        self.assertNotEqual(groff(self.source + ".NO_SUCH_MACRO\n")[1], "")

    def test_it_has_the_sections_of_a_manual_page(self):
        sections = re.findall(r"^\S.*$", self.shown, re.M)
        for section in ("NAME", "DESCRIPTION", "CHART service_order", "HOLDS", "REASONS", "LIMITS",
                        "FILES", "SEE ALSO"):
            self.assertIn(section, sections)
        self.assertIn("payscore-charts - the rules", self.shown)
        self.assertIn("payscorectl(1)", self.shown)

    def test_nothing_of_the_markup_is_shown(self):
        for markup in ("\\", "`", "<br>"):
            self.assertNotIn(markup, self.shown)

    def test_no_line_is_wider_than_a_terminal(self):
        self.assertLessEqual(max(map(len, self.shown.splitlines())), 80)


if __name__ == "__main__":
    unittest.main()
