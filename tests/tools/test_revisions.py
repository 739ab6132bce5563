#!/usr/bin/python3
"""A guard or an action whose body changed is named until somebody has looked at its revision."""
import shutil
import sys
import unittest

sys.dont_write_bytecode = True
from tools import TOOLS, ToolTest  # noqa: E402


class Revisions(ToolTest):
    def setUp(self):
        super().setUp()
        (self.root / "tools/lib").mkdir(parents=True)
        self.tool = shutil.copy(TOOLS / "lib/revisions", self.root / "tools/lib/revisions")
        for path in ("lib/core", "statecharts"):
            shutil.copytree(TOOLS.parent / path, self.root / path)
        self.lock = self.root / "statecharts/revisions.lock"
        self.guards = self.root / "lib/core/guards.c"

    def check(self):
        return self.run_tool(self.tool, "check", self.lock)

    def change(self, path, old, new):
        text = path.read_text()
        self.assertIn(old, text)
        path.write_text(text.replace(old, new, 1))

    def test_the_tree_is_as_it_was_written_down(self):
        ran = self.check()
        self.assertEqual((ran.returncode, ran.stdout), (0, ""))

    def test_every_guard_and_action_has_a_line(self):
        said = self.lock.read_text()
        self.assertGreater(said.count("\nguard "), 50)
        self.assertGreater(said.count("\naction "), 40)

    def test_another_body_is_named(self):
        self.change(self.guards, "old->doubts == 0;", "old->doubts <= 1;")
        ran = self.check()
        self.assertEqual(ran.returncode, 1)
        self.assertRegex(ran.stdout, r"^guard \w+: what it does was changed .* raise its revision")
        self.run_tool(self.tool, "write", self.lock)
        self.assertEqual(self.check().returncode, 0)

    def test_another_revision_is_named(self):
        self.change(self.root / "statecharts/guards.def", "GUARD(always, 1,", "GUARD(always, 2,")
        self.assertIn("guard always: ", self.check().stdout)

    def test_words_and_layout_are_none_of_it(self):
        self.change(self.guards, "{\n    (void)old;\n",
                    "{\n    /* Said otherwise. */\n\n    (void)old;\n")
        self.assertEqual(self.check().returncode, 0)


if __name__ == "__main__":
    unittest.main()
