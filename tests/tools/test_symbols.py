#!/usr/bin/python3
"""tools/symbols tells what objects need that no list allows; and it can fail."""
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
from tools import TOOLS, ToolTest  # noqa: E402


class Symbols(ToolTest):
    def compile(self, name, source):
        target = self.root / f"{name}.o"
        subprocess.run(["gcc", "-c", "-o", target, self.write(f"{name}.c", source)], check=True)
        return target

    def symbols(self, allowed, *objects):
        return self.run_tool(TOOLS / "symbols", "--allow", self.write("list", allowed), *objects)

    def test_an_object_that_needs_what_is_listed_passes(self):
        ran = self.symbols("strlen\n_GLOBAL_*\n", self.compile("a", """\
            unsigned long strlen(const char *);
            unsigned long twice(const char *a) { return 2 * strlen(a); }
            """))
        self.assertEqual((ran.returncode, ran.stdout), (0, ""))

    def test_what_one_object_gives_another_needs_no_list(self):
        ran = self.symbols("_GLOBAL_*  # compilers\n",
                           self.compile("a", "int one(void) { return 1; }"),
                           self.compile("b", "int one(void); int two(void) { return one() + 1; }"))
        self.assertEqual((ran.returncode, ran.stdout), (0, ""))

    def test_a_call_out_is_named_with_the_object_that_makes_it(self):
        ran = self.symbols("_GLOBAL_*\n", self.compile("pure", "int one(void) { return 1; }"),
                           self.compile("impure", "int puts(const char *);\n"
                                                  "void say(void) { puts(\"x\"); puts(\"y\"); }"))
        self.assertEqual(ran.returncode, 1)
        self.assertIn("puts is on no list; needed by impure.o", ran.stdout)
        self.assertNotIn("pure.o impure.o", ran.stdout)

    def test_variables_of_another_library_count_as_calls_do(self):
        ran = self.symbols("_GLOBAL_*\n", self.compile("a", "extern int theirs; int f(void) "
                                                            "{ return theirs; }"))
        self.assertEqual(ran.returncode, 1)
        self.assertIn("theirs", ran.stdout)

    def test_an_object_that_cannot_be_read_is_no_pure_object(self):
        ran = self.symbols("*\n", self.root / "absent.o")
        self.assertNotEqual(ran.returncode, 0)

    def test_without_a_list_or_an_object_it_explains_itself(self):
        self.assertEqual(self.run_tool(TOOLS / "symbols").returncode, 64)
        self.assertEqual(self.symbols("*\n").returncode, 64)


if __name__ == "__main__":
    unittest.main()
