#!/usr/bin/python3
"""Ids that stores hold are locked: a chart that breaks one is refused by name. And what is
generated from the charts is known to be stale when it is."""
import os
import re
import shutil
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
from tools import TOOLS, ToolTest  # noqa: E402

SOURCE = TOOLS.parent
ROW = re.compile(r"^TRAN\((?P<id>\d+), (?P<state>\w+), (?P<event>\w+), ", re.M)


class Lock(ToolTest):
    """A chart is changed, compiled, and put before the library's own; the lock is the tree's."""

    def setUp(self):
        super().setUp()
        shutil.copytree(SOURCE / "statecharts", self.root / "statecharts")
        self.lock = self.root / "statecharts/ids.lock"
        self.chart = self.root / "statecharts/authorization.def"
        text = self.chart.read_text()
        self.row = ROW.search(text)
        self.row_id = int(self.row["id"])

    def program(self):
        program = self.root / "payscore-charts"
        subprocess.run(
            ["gcc", "-std=c11", "-I", self.root, "-I", SOURCE / "lib", "-I", SOURCE / "include",
             "-I", SOURCE, "-o", program, SOURCE / "tools/exporter/main.c",
             SOURCE / "lib/core/chart_authorization.c", os.environ["EXPORTER_ARCHIVE"],
             os.environ["PAYSCORE_ARCHIVE"]], check=True)
        return program

    def check(self):
        return self.run_tool(self.program(), "lock", "check", self.lock)

    def change(self, path, old, new):
        text = path.read_text()
        self.assertIn(old, text)
        path.write_text(text.replace(old, new, 1))

    def refused(self, *said):
        ran = self.check()
        self.assertEqual(ran.returncode, 1, ran.stdout)
        for words in said:
            self.assertIn(words, ran.stdout)
        return ran.stdout

    def row_line(self):
        return f"row authorization {self.row_id} {self.row['state']} {self.row['event']} tran\n"

    def test_the_tree_agrees_with_its_lock(self):
        ran = self.check()
        self.assertEqual((ran.returncode, ran.stdout), (0, ""))

    def test_a_row_that_is_renumbered_is_named(self):
        self.change(self.chart, self.row[0], self.row[0].replace(f"({self.row_id},", "(60001,"))
        said = self.refused("row authorization 60001: not in ids.lock yet", "tools/charts --write",
                            f"row authorization {self.row_id}: ids.lock says "
                            f"{self.row['state']} {self.row['event']} tran; the charts do not have",
                            "retired")
        self.assertEqual(len(said.splitlines()), 2)

    def test_two_rows_that_change_places_are_named(self):
        rows = list(ROW.finditer(self.chart.read_text()))
        other = next(row for row in rows if row["event"] != self.row["event"])
        self.change(self.chart, self.row[0], self.row[0].replace(f"({self.row_id},", "(60001,"))
        self.change(self.chart, other[0], other[0].replace(f"({other['id']},", f"({self.row_id},"))
        self.change(self.chart, "(60001,", f"({other['id']},")
        for row in (self.row, other):
            self.refused(f"row authorization {row['id']}: ids.lock says {row['state']} "
                         f"{row['event']} tran; the charts say")

    def test_a_retired_id_is_never_used_again(self):
        self.change(self.lock, self.row_line(), "retired " + self.row_line())
        self.refused(f"row authorization {self.row_id}: retired in ids.lock", "append a new one")

    def test_a_state_that_is_renamed_is_named(self):
        text = self.chart.read_text()
        self.chart.write_text(re.sub(r"\bCLOSED\b", "SHUT", text))
        said = self.refused("ids.lock says CLOSED; the charts say SHUT")
        self.assertRegex(said, r"state authorization \d+: ids\.lock says CLOSED")

    def delete_row(self):
        text = self.chart.read_text()
        begin = text.index(self.row[0])
        self.chart.write_text(text[:begin] + text[text.index("\n", begin) + 1:])

    def test_a_row_that_is_deleted_is_to_be_retired(self):
        self.delete_row()
        self.refused(f"row authorization {self.row_id}: ids.lock says", "the charts do not have it",
                     "`retired`")
        self.change(self.lock, self.row_line(), "retired " + self.row_line())
        self.assertEqual(self.check().returncode, 0)

    def test_guard_target_and_text_of_a_row_may_change(self):
        text = self.chart.read_text()
        begin = text.index(self.row[0])
        line = text[begin:text.index("\n", begin)]
        other = re.sub(r'"[^"]*"', '"Other words."', line.replace(", always,", ", fresh,"))
        self.assertNotEqual(line, other)
        self.change(self.chart, line, other)
        self.assertEqual(self.check().returncode, 0)

    def test_a_state_stays_even_if_it_is_marked(self):
        state = re.search(r"^state authorization \d+ CLOSED\n", self.lock.read_text(), re.M)[0]
        self.change(self.lock, state, "retired " + state)
        text = self.chart.read_text()
        self.chart.write_text("\n".join(
            line for line in re.sub(r"\bCLOSED\b", "OPEN", text).split("\n")
            if not re.match(r"STATE\(\d+, OPEN, AUTHORIZATION", line)))
        self.refused("ids.lock says CLOSED; the charts do not have it", "records rest in it")

    def test_nothing_is_appended_before_all_that_is_locked_stands(self):
        before = self.lock.read_text()
        self.change(self.chart, self.row[0], self.row[0].replace(f"({self.row_id},", "(60001,"))
        ran = self.run_tool(self.program(), "lock", "append", self.lock)
        self.assertEqual(ran.returncode, 1)
        self.assertIn(f"row authorization {self.row_id}: ids.lock says", ran.stdout)
        self.assertEqual(self.lock.read_text(), before)

    def test_append_adds_new_ids_and_leaves_every_line_alone(self):
        self.change(self.chart, '#include "statecharts/footer.h"',
                    'IGNORE(60002, NEW, accepted, always, "New.", "新。", "design 1")\n'
                    '#include "statecharts/footer.h"')
        before = self.lock.read_text()
        program = self.program()
        self.assertEqual(self.run_tool(program, "lock", "append", self.lock).returncode, 0)
        self.assertEqual(self.lock.read_text(),
                         before + "row authorization 60002 NEW accepted ignore\n")
        self.assertEqual(self.check().returncode, 0)

    def test_a_lock_that_cannot_be_read_is_no_lock(self):
        self.lock.write_text("row authorization\n")
        self.refused("not a line of the lock: row authorization")
        self.lock.write_text("event 1 a\nevent 1 a\n")
        self.refused("event 1 has two lines")
        self.lock.unlink()
        self.refused("No such file")


class Seal(ToolTest):
    """The lock is sealed: a line that is taken out shows, whatever the charts say."""

    def setUp(self):
        super().setUp()
        (self.root / "tools").mkdir()
        shutil.copy(TOOLS / "charts", self.root / "tools/charts")
        (self.root / "statecharts").mkdir()
        self.lock = self.root / "statecharts/ids.lock"
        shutil.copy(SOURCE / "statecharts/ids.lock", self.lock)
        # What stands behind the seal is not asked for here.
        self.write("bin/cmake", "#!/bin/sh\necho built\nexit 3\n", executable=True)

    def charts(self, verb):
        return self.run_tool(self.root / "tools/charts", verb,
                             env={"PATH": f"{self.root}/bin:{os.environ['PATH']}"})

    def test_a_sealed_lock_goes_on_to_the_build(self):
        for verb in ("--check", "--write"):
            self.assertIn("built", self.charts(verb).stdout)

    def test_an_id_may_be_marked_retired(self):
        text = self.lock.read_text()
        self.lock.write_text(text.replace("\nrow ", "\nretired row ", 1))
        self.assertIn("built", self.charts("--check").stdout)

    def test_a_line_that_is_gone_or_altered_breaks_the_seal(self):
        text = self.lock.read_text()
        for other in (re.sub(r"\nrow [^\n]*", "", text, count=1),
                      text.replace("event 22 ", "event 122 ", 1),
                      "\n".join(text.splitlines()[:-1]) + "\n"):
            self.lock.write_text(other)
            for verb in ("--check", "--write"):
                ran = self.charts(verb)
                self.assertEqual(ran.returncode, 1)
                self.assertIn("put them back", ran.stdout)
                self.assertNotIn("built", ran.stdout)
            self.assertEqual(self.lock.read_text(), other)


class Generated(ToolTest):
    """The files of statecharts/generated, from a program that stands in for the real one."""

    def setUp(self):
        super().setUp()
        self.write("program", """\
            #!/bin/bash
            case "$*" in
            files) printf '%s\\n' "page chart one one.md -" "dot picture one one-IN.dot IN" \\
                "svg drawn one one-IN.svg IN" "manual all - all.7 -" ;;
            export*) cat "$(dirname "$0")/says"; echo "$*" ;;
            esac
            """, executable=True)
        self.write("bin/dot", '#!/bin/bash\necho "<svg>$(cat "$2")</svg>"\necho >>"$DRAWN"\n',
                   executable=True)
        self.write("says", "first\n")
        self.write("drawn", "")
        self.folder = self.root / "generated"

    def generated(self, verb):
        return self.run_tool(TOOLS / "lib/generated", verb, self.root / "program", self.folder,
                             env={"PATH": f"{self.root}/bin:{os.environ['PATH']}",
                                  "DRAWN": str(self.root / "drawn")})

    def names(self):
        return sorted(path.name for path in self.folder.iterdir())

    def drawn(self):
        return len((self.root / "drawn").read_text())

    def test_what_is_written_is_current(self):
        self.assertEqual(self.generated("write").returncode, 0)
        self.assertEqual(self.names(), ["all.7", "one-IN.dot", "one-IN.svg", "one.md"])
        self.assertEqual((self.folder / "one.md").read_text(), "first\nexport page one\n")
        self.assertEqual((self.folder / "one-IN.dot").read_text(), "first\nexport dot one IN\n")
        ran = self.generated("check")
        self.assertEqual((ran.returncode, ran.stdout), (0, ""))

    def test_what_the_charts_no_longer_say_is_stale(self):
        self.generated("write")
        self.write("says", "second\n")
        ran = self.generated("check")
        self.assertEqual(ran.returncode, 1)
        for name in self.names():
            self.assertIn(f"{name} is not what the charts say: run tools/charts --write",
                          ran.stdout)
        self.generated("write")
        self.assertEqual(self.generated("check").returncode, 0)

    def test_a_file_by_hand_and_a_missing_one_are_stale(self):
        self.generated("write")
        (self.folder / "one.md").write_text("by hand\n")
        (self.folder / "one-IN.svg").unlink()
        (self.folder / "two.md").write_text("left over\n")
        ran = self.generated("check")
        self.assertEqual((ran.returncode, ran.stdout.count("\n")), (1, 3), ran.stdout)
        self.assertIn("two.md is no export of the charts", ran.stdout)
        self.generated("write")
        self.assertEqual(self.names(), ["all.7", "one-IN.dot", "one-IN.svg", "one.md"])

    def test_a_picture_is_drawn_again_only_when_its_text_changed(self):
        self.generated("write")
        self.generated("write")
        self.assertEqual(self.drawn(), 1)
        self.write("says", "second\n")
        self.generated("write")
        self.assertEqual(self.drawn(), 2)

    def test_a_picture_that_cannot_be_drawn_is_not_written(self):
        self.write("bin/dot", "#!/bin/bash\nexit 1\n", executable=True)
        self.assertNotEqual(self.generated("write").returncode, 0)
        self.assertFalse((self.folder / "one-IN.svg").exists())


class Charts(ToolTest):
    def test_without_a_word_it_explains_itself(self):
        for words in ((), ("--nothing",), ("--check", "more")):
            ran = self.run_tool(TOOLS / "charts", *words)
            self.assertEqual(ran.returncode, 64)
            self.assertIn("tools/charts --write", ran.stdout)


if __name__ == "__main__":
    unittest.main()
