#!/usr/bin/python3
"""tools/test tells what failed, counts each test once, and fails when anything did.

The compilers, checkers and test programs that it runs are stood in for.
"""
import os
import shutil
import sys
import unittest
import xml.sax.saxutils

sys.dont_write_bytecode = True
from tools import TOOLS, ToolTest  # noqa: E402

GOOD = ("run", "[ RUN      ] walks\n[       OK ] walks\n[ RUN      ] rests\n[       OK ] rests\n"
               "[  PASSED  ] 2 test(s).\n")
BAD = ("fail", "[ RUN      ] walks\n[       OK ] walks\n[ RUN      ] rests\n"
               "[  ERROR   ] --- 1 != 2\n"
               "[  FAILED  ] rests\n[  FAILED  ] 1 test(s), listed below:\n[  FAILED  ] rests\n")
DEAD = ("fail", "[ RUN      ] walks\n[       OK ] walks\n[ RUN      ] rests\n")
SKIPS = ("run", "[ RUN      ] walks\n[  SKIPPED ] walks\n")
PLAIN = ("run", "fine\n")


class Test(ToolTest):
    def setUp(self):
        super().setUp()
        (self.root / "tools/lib").mkdir(parents=True)
        for path in ("test", "lib/count-tests"):
            shutil.copy(TOOLS / path, self.root / "tools" / path)
        self.write("tools/setup", "#!/bin/sh\n", executable=True)
        self.write("tools/tidy", "#!/bin/sh\n", executable=True)
        self.write("tools/lib/errors", "#!/bin/sh\necho 'errors: 9 documented errors, 0 faults'\n",
                   executable=True)
        self.write("tools/charts", "#!/bin/sh\necho 'mutants: 7 killed of 7'\n", executable=True)
        self.write("lib/a.c", "int a;\n")
        self.write(".clang-tidy", "Checks: '*'\n")
        self.write("tests/.clang-tidy", "Checks: '*'\n")
        for name in ("clang-format", "cppcheck", "shellcheck"):
            self.stand_in(name, "exit 0")
        self.stand_in("cmake", 'mkdir -p build/coverage; echo "cmake $*"')
        self.stand_in("gcovr", 'touch build/coverage/lib.txt; echo "lines: 95.0% (19 out of 20)"')
        self.stand_in("ctest", """\
            while [ "$1" != --preset ]; do shift; done
            preset=$2
            while [ "$1" != --output-junit ]; do shift; done
            mkdir -p "$(dirname "$2")"
            if [ -e "says/$preset" ]; then cat "says/$preset" >"$2"; else cat says/all >"$2"; fi
            ! grep -q 'status="fail"' "$2"
            """)
        self.say("all", good=GOOD)
        self.run_tool("git", "init", "-q", self.root)

    def stand_in(self, name, script):
        self.write(f"bin/{name}", "#!/bin/bash\n" + script, executable=True)

    def say(self, preset, **programs):
        """What ctest reports for a preset: a run of each program."""
        cases = "".join(
            f'<testcase name="{name}" status="{status}"><system-out>'
            f"{xml.sax.saxutils.escape(output)}</system-out></testcase>"
            for name, (status, output) in programs.items())
        self.write(f"says/{preset}", f"<testsuite>{cases}</testsuite>")

    def run_test(self, *arguments):
        return self.run_tool(self.root / "tools/test", *arguments,
                             env={"PATH": f"{self.root}/bin:/usr/bin:/bin"})

    def assert_closes(self, ran, status, closing):
        self.assertEqual((ran.returncode, ran.stdout.splitlines()[-1]), (status, closing),
                         ran.stdout)

    def test_a_function_counts_once_however_many_builds_run_it(self):
        self.say("all", good=GOOD, plain=PLAIN)
        self.assert_closes(self.run_test("--quick", "--asan", "--tsan"), 0, "4 passed, 0 failed")

    def test_the_whole_run_adds_its_checks(self):
        ran = self.run_test()
        self.assert_closes(ran, 0, "11 passed, 0 failed")
        self.assertIn("95.0% of the lines of lib/: 19 out of 20", ran.stdout)

    def test_a_failure_in_one_build_fails_the_test_and_is_shown(self):
        self.say("asan", good=BAD)
        self.stand_in("ctest", (self.root / "bin/ctest").read_text() + "\nstatus=$?\n"
                      "echo 'rests: 1 != 2'; exit $status\n")
        ran = self.run_test("--quick", "--asan")
        self.assert_closes(ran, 1, "2 passed, 1 failed")
        self.assertRegex(ran.stdout, r"asan: tests +FAILED")
        self.assertIn("rests: 1 != 2", ran.stdout)

    def test_a_function_that_never_ended_failed(self):
        self.say("dev", good=DEAD)
        self.assert_closes(self.run_test("--quick"), 1, "1 passed, 1 failed")

    def test_a_program_that_failed_after_its_functions_failed(self):
        self.say("dev", good=("fail", GOOD[1]))
        self.assert_closes(self.run_test("--quick"), 1, "2 passed, 1 failed")

    def test_a_function_that_every_build_skips_is_counted_as_skipped(self):
        self.say("dev", good=GOOD, skips=SKIPS)
        self.assert_closes(self.run_test("--quick"), 0, "3 passed, 0 failed, 1 skipped")
        self.say("asan", good=GOOD, skips=("run", SKIPS[1].replace("SKIPPED ", "     OK ")))
        self.assert_closes(self.run_test("--quick", "--asan"), 0, "4 passed, 0 failed")

    def test_a_build_that_fails_runs_no_tests_and_the_next_build_goes_on(self):
        self.stand_in("cmake", 'echo "no such header"; [[ "$*" != *asan* ]]')
        ran = self.run_test("--asan", "--quick")
        self.assert_closes(ran, 1, "3 passed, 1 failed")
        self.assertIn("no such header", ran.stdout)
        self.assertNotIn("asan: tests", ran.stdout)

    def test_an_error_that_no_test_produces_fails(self):
        self.write("tools/lib/errors", "#!/bin/sh\necho 'errors: 9 documented errors, 1 faults'\n"
                   "exit 1\n", executable=True)
        ran = self.run_test("--quick")
        self.assert_closes(ran, 1, "2 passed, 1 failed")
        self.assertRegex(ran.stdout, r"errors: documented +FAILED")

    def test_tests_that_cannot_be_run_fail(self):
        self.stand_in("ctest", "exit 8")
        self.assert_closes(self.run_test("--quick"), 1, "0 passed, 1 failed")

    def test_each_check_can_fail(self):
        for name in ("clang-format", "cppcheck", "shellcheck"):
            with self.subTest(name):
                self.stand_in(name, "exit 1")
                self.assert_closes(self.run_test("--lint"), 1, "4 passed, 1 failed")
                self.stand_in(name, "exit 0")
        self.write("tools/tidy", "#!/bin/sh\nexit 1\n", executable=True)
        self.assert_closes(self.run_test("--lint"), 1, "4 passed, 1 failed")

    def test_charts_that_do_not_hold_fail(self):
        ran = self.run_test("--charts")
        self.assert_closes(ran, 0, "1 passed, 0 failed")
        self.assertIn("mutants: 7 killed of 7", ran.stdout)
        self.write("tools/charts", "#!/bin/sh\nexit 1\n", executable=True)
        self.assert_closes(self.run_test("--charts"), 1, "0 passed, 1 failed")

    def test_too_little_coverage_fails(self):
        self.stand_in("gcovr", 'touch build/coverage/lib.txt; echo "lines: 80.0% (8 out of 10)"\n'
                               '[[ "$*" != *--fail-under-line\\ 90* ]]')
        ran = self.run_test("--coverage")
        self.assert_closes(ran, 1, "2 passed, 1 failed")
        self.assertIn("80.0% of the lines of lib/", ran.stdout)

    def test_counts_of_an_earlier_run_are_not_added(self):
        stale = self.write("build/coverage/lib/a.gcda", "")
        self.run_test("--coverage")
        self.assertFalse(stale.exists())

    def test_a_changed_list_of_checks_judges_every_file_anew(self):
        stale, fresh = self.write("build/lint/a.o", ""), self.write("build/lint/b.o", "")
        os.utime(stale, (1, 1))
        self.run_test("--lint")
        self.assertEqual((stale.exists(), fresh.exists()), (False, True))

    def test_what_it_does_not_know_it_refuses(self):
        for arguments in (["--fast"], ["-j"], ["-j", "0"], ["quick"]):
            self.assertEqual(self.run_test(*arguments).returncode, 64)


if __name__ == "__main__":
    unittest.main()
