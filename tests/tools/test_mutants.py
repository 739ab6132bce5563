#!/usr/bin/python3
"""tools/lib/mutants tells which wrong rows no test notices, and whether that is explained.

The build and the test programs are stood in for; what a mutant does to the charts is proven by
tests/mutants/test_mutant.c.
"""
import shutil
import sys
import unittest

sys.dont_write_bytecode = True
from tools import TOOLS, ToolTest  # noqa: E402

LIST = "\t".join
MUTANTS = "\n".join([
    LIST(["order:1:delete", "NEW", "cmd_create", "always", "ASKED"]),
    LIST(["order:1:redirect:3", "NEW", "cmd_create", "always", "ASKED"]),
    LIST(["order:2:delete", "ASKED", "busy", "first", "-"]),
    LIST(["order:2:always", "ASKED", "busy", "first", "-"]),
    LIST(["user:1:delete", "NEW", "cmd_check", "always", "OPEN"]),
    LIST(["user:1:noaction:book", "NEW", "cmd_check", "always", "OPEN"]),
])
ROWS = """\
    [[ -z ${PAYSCORE_ROWS_TAKEN-} ]] || printf '%s\\n' "taken order 1" "near order 1" \\
        "near order 2" "taken user 1" "near user 1" >"$PAYSCORE_ROWS_TAKEN"
    """
FAILS = "{ echo '[ RUN      ] walks'; echo '[  FAILED  ] walks'; exit 1; }"


class Mutants(ToolTest):
    def setUp(self):
        super().setUp()
        self.tool = self.root / "tools/lib/mutants"
        self.tool.parent.mkdir(parents=True)
        shutil.copy(TOOLS / "lib/mutants", self.tool)
        for path in ("core/test_rows", "engine/test_walk", "store/test_store"):
            self.write(f"tests/unit/{path}.c", "")
        self.stand_in("list_mutants", f"cat <<'END'\n{MUTANTS}\nEND")
        # Takes no step.
        self.stand_in("test_rows", f"[[ ${{PAYSCORE_MUTANT-}} != order:1:delete ]] || {FAILS}")
        self.walker(f"[[ ${{PAYSCORE_MUTANT-}} != *:1:* ]] || {FAILS}")
        self.stand_in("test_store", "exit 1")
        self.write("bin/cmake", '#!/bin/bash\necho "cmake $*" >>cmake.log\n', executable=True)
        self.explain("order:2:delete its parent says the same")

    def stand_in(self, name, script):
        self.write(f"build/mutants/tests/{name}", "#!/bin/bash\n" + script + "\n", executable=True)

    def walker(self, script):
        self.stand_in("test_walk", ROWS + script)

    def explain(self, *lines):
        self.write("statecharts/survivors.txt", "\n".join(["# Why.", "", *lines, ""]))

    def mutants(self, *arguments):
        return self.run_tool(self.tool, "--jobs", "2", *arguments,
                             env={"PATH": f"{self.root}/bin:/usr/bin:/bin",
                                  "PAYSCORE_MUTANT": "of the caller"})

    def assert_ends(self, ran, status, closing):
        self.assertEqual((ran.returncode, ran.stdout.splitlines()[-1]), (status, closing),
                         ran.stdout)

    def test_rows_that_tests_hold_are_killed_and_the_rest_is_explained(self):
        ran = self.mutants("--verbose")
        self.assert_ends(ran, 0, "mutants: 3 killed of 4 (75.0 %), 1 survivors explained")
        self.assertIn("order:1:delete: killed by test_", ran.stdout)
        self.assertIn("user:1:delete: killed by test_walk: walks", ran.stdout)

    def test_only_the_programs_of_core_and_engine_are_built_and_run(self):
        self.mutants()
        self.assertEqual((self.root / "cmake.log").read_text().splitlines()[-1].split("--target "),
                         ["cmake --build --preset mutants --parallel 2 ",
                          "list_mutants test_rows test_walk"])

    def test_a_survivor_without_a_reason_fails_and_is_shown_with_its_row(self):
        self.explain()
        ran = self.mutants()
        self.assert_ends(ran, 1, "mutants: 3 killed of 4 (75.0 %), 0 survivors explained")
        self.assertIn("UNEXPLAINED: order:2:delete  ASKED + busy [first]\n", ran.stdout)

    def test_a_reason_for_what_is_killed_or_is_no_mutant_is_stale(self):
        for name in ("order:1:delete", "order:9:delete"):
            with self.subTest(name):
                self.explain("order:2:delete no matter", f"{name} no matter")
                ran = self.mutants()
                self.assertEqual(ran.returncode, 1)
                self.assertIn(f"STALE: {name} is explained", ran.stdout)

    def test_a_name_without_a_reason_is_refused(self):
        for lines in (["order:2:delete"], ["order:2:delete a", "order:2:delete b"]):
            self.explain(*lines)
            self.assertEqual(self.mutants().returncode, 2)

    def test_other_kinds_are_told_and_need_no_reason(self):
        ran = self.mutants("--kind", "always", "--kind", "noaction")
        self.assert_ends(ran, 0, "mutants: 1 killed of 2 (50.0 %), 0 survivors explained")
        self.assertIn("lives: order:2:always", ran.stdout)
        self.assertIn("noaction: 1 killed of 1 (100.0 %)\n", ran.stdout)

    def test_kinds_that_are_asked_for_are_counted_alone(self):
        ran = self.mutants("--kind", "always", "--kind", "delete")
        self.assert_ends(ran, 0, "mutants: 2 killed of 3 (66.6 %), 1 survivors explained")

    def test_a_chart_or_a_row_alone(self):
        self.assert_ends(self.mutants("--chart", "user"), 0,
                         "mutants: 1 killed of 1 (100.0 %), 0 survivors explained")
        self.assert_ends(self.mutants("--row", "1", "--kind", "redirect"), 0,
                         "mutants: 1 killed of 1 (100.0 %), 0 survivors explained")

    def test_what_is_not_there_is_an_error(self):
        for arguments, what in ((["--row", "77"], "no such row: 77"),
                                (["--chart", "none"], "no such chart: none"),
                                (["--chart", "user", "--row", "2"], "no mutant is all")):
            ran = self.mutants(*arguments)
            self.assertEqual(ran.returncode, 2)
            self.assertIn(what, ran.stdout)

    def test_a_program_that_does_not_take_the_row_is_not_asked(self):
        self.walker("[[ -z ${PAYSCORE_MUTANT-} ]] || echo \"$PAYSCORE_MUTANT\" >>" +
                    f"{self.root}/asked")
        self.mutants("--kind", "delete", "--kind", "always")
        asked = (self.root / "asked").read_text().split()
        self.assertIn("user:1:delete", asked)
        self.assertIn("order:2:always", asked)
        self.assertNotIn("order:2:delete", asked)

    def test_a_program_that_never_ends_has_noticed(self):
        self.tool.write_text(self.tool.read_text().replace("TIMEOUT_MIN_S = 10",
                                                           "TIMEOUT_MIN_S = 0.2"))
        self.walker("[[ ${PAYSCORE_MUTANT-} != user:1:delete ]] || exec sleep 60")
        ran = self.mutants("--chart", "user", "--verbose")
        self.assertIn("user:1:delete: killed by test_walk: timeout", ran.stdout)
        self.assertIn("delete: 1 killed of 1 (100.0 %), 1 of them by timeout", ran.stdout)
        self.assertEqual(ran.returncode, 0)

    def test_a_program_that_dies_has_noticed(self):
        self.walker("[[ ${PAYSCORE_MUTANT-} != user:1:delete ]] || kill -ABRT $$")
        self.assertIn("user:1:delete: killed by test_walk: signal 6",
                      self.mutants("--chart", "user", "--verbose").stdout)

    def test_tests_that_fail_without_a_mutant_prove_nothing(self):
        self.walker(FAILS)
        ran = self.mutants()
        self.assertEqual(ran.returncode, 2)
        self.assertIn("test_walk fails on the charts as they are: walks", ran.stdout)

    def test_a_program_that_does_not_know_the_mutant_has_not_noticed(self):
        self.walker('[[ -z ${PAYSCORE_MUTANT-} ]] || { echo "no such mutant: x"; exit 64; }')
        self.assertEqual(self.mutants("--chart", "user").returncode, 2)

    def test_a_build_that_fails_is_shown(self):
        self.write("bin/cmake", "#!/bin/bash\necho no such header\nexit 1\n", executable=True)
        ran = self.mutants()
        self.assertEqual(ran.returncode, 2)
        self.assertIn("no such header", ran.stdout)

    def test_what_it_does_not_know_it_refuses(self):
        for arguments in (["--fast"], ["--kind", "vanish"], ["--jobs", "0"], ["--row", "x"]):
            self.assertEqual(self.mutants(*arguments).returncode, 2)


if __name__ == "__main__":
    unittest.main()
