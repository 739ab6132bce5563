#!/usr/bin/python3
"""The manual pages: neither man nor groff has anything to say against one, none is wider than a
terminal, they name what the programs and headers have; and a header that owes its reader something
makes no page."""
import os
import pathlib
import re
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
from tools import TOOLS, ToolTest  # noqa: E402

PAGES = pathlib.Path(os.environ["PAYSCORE_MAN"])
CHARTS = TOOLS.parent / "statecharts/generated/payscore-charts.7"

GOOD = """\
    /*
     * Opening.
     */
    enum payscore_status { PAYSCORE_OK = 0 };

    /**
     * Open a thing.
     *
     * Errors     E_BUSY (somebody has it).
     * Ownership  The path is borrowed.
     * Thread     Any.
     */
    PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status payscore_open(const char *path);
    """
STATUSES = """\
    /*
     * What a call can answer.
     */
    /*
     * REACTION  DONE   nothing to do.
     *           RETRY  later.
     */
    #define PAYSCORE_STATUS_MAP(X)                                                      \\
        X(OK, 0, DONE, "Success.")                                                      \\
        X(E_BUSY, -1, RETRY, "Another has it.")
    """


def shown(path):
    """A page as a terminal of 80 columns shows it, and what man says against it."""
    ran = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", path], text=True, check=True,
                         env={**os.environ, "MANWIDTH": "80", "LC_ALL": "C.UTF-8"},
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return re.sub(".\b", "", ran.stdout), ran.stderr


class Pages(ToolTest):
    @classmethod
    def setUpClass(cls):
        cls.paths = sorted(PAGES.glob("man?/*")) + [CHARTS]
        cls.shown = {path.name: shown(path) for path in cls.paths}

    def test_man_has_nothing_to_say_against_any(self):
        self.assertEqual([(name, said) for name, (_, said) in self.shown.items() if said], [])

    def test_groff_has_nothing_to_say_against_any(self):
        for path in self.paths:
            ran = subprocess.run(["groff", "-man", "-ww", "-Tutf8", path], check=True, text=True,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            self.assertEqual((path.name, ran.stderr), (path.name, ""))

    def test_none_is_wider_than_a_terminal_or_shows_its_markup(self):
        for name, (text, _) in self.shown.items():
            wide = [line for line in text.splitlines() if len(line) > 80]
            self.assertEqual((name, wide), (name, []))
            self.assertNotRegex(text, r"\\f[BIP]|\\\(|@[A-Z]+@", name)

    def test_every_page_that_one_points_to_is_there(self):
        ours = set(self.shown)
        for name, (text, _) in self.shown.items():
            for page, section in re.findall(r"\b(payscore[\w.-]*)\((\d)\)",
                                            re.sub(r"‐\n\s+", "", text)):
                self.assertIn(f"{page}.{section}", ours, name)

    def test_the_overview_names_every_function(self):
        text = self.shown["payscore.7"][0]
        for path in sorted((PAGES / "man3").iterdir()):
            self.assertIn(f"{path.stem}(3)", text)

    def test_a_status_has_its_text_and_what_to_do(self):
        text = self.shown["payscore_status.7"][0]
        self.assertRegex(text, r"PAYSCORE_E_BUSY = -201 \(retry\)\n +Another process drives")
        self.assertRegex(self.shown["payscore_submit.3"][0],
                         r"PAYSCORE_E_UNSURE \(ask\)\n +Whether it was taken is not known")

    def test_a_page_takes_over_what_its_header_points_to(self):
        text = self.shown["payscore_cursor_store.3"][0]
        self.assertIn("PAYSCORE_E_CHART", text)

    def test_the_pages_of_the_programs_know_every_option_and_verb(self):
        programs = pathlib.Path(os.environ["PAYSCORE_PROGRAMS"])
        for program, page in (("payscorectl", "payscorectl.1"),
                              ("payscore-worker", "payscore-worker.8")):
            said = self.run_tool(programs / program, "--help").stdout
            text = self.shown[page][0]
            for word in re.findall(r"--[a-z-]+", said) + re.findall(r"^  ([a-z]+ ?[a-z]*)",
                                                                    said, re.M):
                self.assertTrue(word.strip() in text, f"{page} does not know {word}")

    # What makes no page.

    def make(self, **changes):
        self.write("include/payscore/open.h", changes.get("open", GOOD))
        self.write("include/payscore/status.h", STATUSES)
        return self.run_tool(sys.executable, "-B", TOOLS / "lib/manual", "--version", "1",
                             "--root", self.root, self.root / "man")

    def refuses(self, header, sentence):
        ran = self.make(open=header)
        self.assertEqual(ran.returncode, 1, ran.stdout)
        self.assertIn(sentence, ran.stdout)

    def test_a_function_without_a_section_that_it_owes_makes_no_page(self):
        for section in ("Errors", "Ownership", "Thread"):
            without = re.sub(rf" \* {section} .*\n", " *\n", GOOD)
            self.refuses(without, f"payscore_open() lacks {section}")

    def test_a_function_without_a_comment_makes_no_page(self):
        self.refuses(re.sub(r"/\*\*.*?\*/", "", GOOD, flags=re.S), "lacks a comment")

    def test_a_section_that_slipped_into_a_line_makes_no_page(self):
        self.refuses(GOOD.replace("borrowed.\n     * Thread ", "borrowed. Thread "),
                     "Thread does not begin a line")

    def test_a_status_that_is_none_makes_no_page(self):
        self.refuses(GOOD.replace("E_BUSY", "E_BUSSY"), "E_BUSSY, which is no status")


if __name__ == "__main__":
    unittest.main()
