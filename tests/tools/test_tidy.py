#!/usr/bin/python3
"""tools/tidy finds what each rule is about, where it is, and nothing in a clean tree."""
import json
import os
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
from tools import TOOLS, ToolTest  # noqa: E402

# A tree that breaks no rule. The fixtures below change one thing each.
CLEAN = {
    "lib/README.md": "# lib\n",
    "include/README.md": "# include\n",
    "include/payscore/payscore.h": """\
        #include "payscore/types.h"

        /**
         * Turn. Errors: E_IO.
         */
        PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status payscore_turn(struct payscore *engine,
                                                                          int count);

        /** The name, and the text. */
        PAYSCORE_API const char *payscore_name(enum payscore_status status);
        PAYSCORE_API const char *payscore_text(enum payscore_status status);
        """,
    "include/payscore/types.h": "#include <stdint.h>\n",
    "lib/core/step.h": "/* What a step is. */\n",
    "lib/core/step.c": """\
        #include "core/step.h"

        #include <string.h>

        #include "payscore/types.h"

        /* Not strcpy(), as "strcpy(a, b)" says. */
        int ps_step(const struct step *step)
        {
            return step->time(step->now) + ps_time(1);
        }
        """,
    "lib/engine/turn.c": """\
        #include "core/step.h"
        #include "payscore/payscore.h"
        #include <zlib.h>
        """,
    "statecharts/README.md": "# statecharts\n",
    "statecharts/order.def": "ROW(1, \"" + "long " * 40 + "\")\n",
    "lib/core/order.c": '#define ROWS "statecharts/order.def"\n#include ROWS\n',
}


def body(lines):
    """A function of so many lines."""
    return "int f(void)\n{\n" + "    g();\n" * (lines - 3) + "}\n"


# Rule, the files that break it, and where it must be found: (path, line) each.
FIXTURES = [
    ("function-length", {"lib/core/step.c": body(71)}, [("lib/core/step.c", 1)]),
    ("function-length", {"lib/core/step.c": body(70) + "\nstatic enum x\n" + body(80)},
     [("lib/core/step.c", 73)]),
    ("function-length", {"tool.py": "def f():\n" + "    g()\n" * 70}, [("tool.py", 1)]),
    ("function-length", {"tool": "#!/bin/bash\nf() {\n" + "    g\n" * 69 + "}\n"}, [("tool", 2)]),
    ("function-seen", {"lib/core/step.c": "int f(void)\n{\n#if A\n    if (a) {\n#endif\n}\n"},
     [("lib/core/step.c", 2)]),
    ("file-length", {"lib/core/step.c": "int a;\n" * 801}, [("lib/core/step.c", 801)]),
    ("banned-call", {"lib/core/step.c": "/* a\n */\nint f(void)\n{\n    strcpy (a, \"(\");\n}\n"},
     [("lib/core/step.c", 5)]),
    ("banned-call", {"lib/core/step.c": "int a = f(x), b = time(NULL);\nint c = json->valueint;\n"},
     [("lib/core/step.c", 1), ("lib/core/step.c", 2)]),
    ("banned-call", {"lib/core/step.c": "int a = printf(b);\n"}, [("lib/core/step.c", 1)]),
    ("dead-file", {"lib/core/forgotten.h": "int a;\n"}, [("lib/core/forgotten.h", 1)]),
    ("dead-file", {"statecharts/forgotten.def": "ROW(1)\n"}, [("statecharts/forgotten.def", 1)]),
    ("dead-file", {"lib/core/forgotten.c": "int a;\n"}, [("lib/core/forgotten.c", 1)]),
    ("public-contract", {"include/payscore/types.h": """\
        /** Says what, not what can go wrong. */
        PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status
        payscore_submit(int a);

        PAYSCORE_API void payscore_free(char *json);

        /** Errors: E_IO. */
        PAYSCORE_API enum payscore_status payscore_open(void);
        """}, [("include/payscore/types.h", line) for line in (3, 5, 8)]),
    ("layer", {"lib/core/step.c": '#include "store/store.h"\n#include <stdio.h>\n',
               "lib/store/store.h": "/* Bytes. */\n"},
     [("lib/core/step.c", 1), ("lib/core/step.c", 2)]),
    ("layer", {"lib/engine/turn.c": '#include "payscore/payscore.h"\n#include <lmdb.h>\n'},
     [("lib/engine/turn.c", 2)]),
    ("layer", {"include/payscore/types.h": '#include "core/step.h"\n'},
     [("include/payscore/types.h", 1)]),
    ("layer", {"plugins/README.md": "# plugins\n", "plugins/a.h": "int a;\n",
               "lib/engine/turn.c": '#include "payscore/payscore.h"\n#include "plugins/a.h"\n'},
     [("lib/engine/turn.c", 2), ("plugins/a.h", 1)]),
    ("whitespace", {"lib/core/step.h": "int a; \n\tint b;\nint c;"},
     [("lib/core/step.h", line) for line in (1, 2, 3)]),
    ("whitespace", {"lib/README.md": "# lib\r\n\n"}, [("lib/README.md", 1), ("lib/README.md", 2)]),
    ("unfinished", {"lib/README.md": "# lib\nTO" + "DO: more\nXXXXXX\n"}, [("lib/README.md", 2)]),
    ("workplace", {"lib/README.md": "# lib\nin /wor" + "k/main, see iss" + "ue #3\n"},
     [("lib/README.md", 2)]),
    ("columns", {"lib/core/step.c": "/* " + "订" * 49 + " */\n"}, [("lib/core/step.c", 1)]),
    ("folder-page", {"statecharts/README.md": None}, [("statecharts/README.md", 1)]),
    ("folder-page", {"lib/README.md": "a\n" * 40}, [("lib/README.md", 40)]),
    ("exemption", {"lib/core/step.c": "/* tidy: allow" + " banned-call: for nothing */\nint a;\n"},
     [("lib/core/step.c", 1)]),
    ("exemption", {"lib/core/step.h": "/* tidy: allow" + " whitespace */\n"},
     [("lib/core/step.h", 1)]),
]
# Rules that only say what they find.
SAID = [
    ("parameters", {"lib/core/step.c": "int f(int a, int b, int c, int d, int (*e)(int, int), "
                                       "int g)\n{\n    return a;\n}\n"}, [("lib/core/step.c", 1)]),
    ("file-length", {"lib/core/step.c": "int a;\n" * 401}, [("lib/core/step.c", 401)]),
]


class Tidy(ToolTest):
    def lay(self, changes):
        """The clean tree with changes; a file whose text is None is left out."""
        subprocess.run(["git", "init", "-q", self.root], check=True)
        for path, text in {**CLEAN, **changes}.items():
            if text is not None:
                self.write(path, text)
        sources = sorted(path for path in CLEAN if path.endswith(".c"))
        self.write("build/compile_commands.json", json.dumps(
            [{"directory": str(self.root), "file": path} for path in sources]))
        self.write(".gitignore", "/build/\n")

    def tidy(self):
        """(exit status, [(path, line, said only, rule)])"""
        ran = self.run_tool(TOOLS / "tidy", "--root", self.root, "--database",
                            self.root / "build/compile_commands.json")
        lines = ran.stdout.splitlines()
        self.assertRegex(lines[-1], r"^tidy: \d+ rules over \d+ files: ", ran.stdout)
        found = []
        for line in lines[:-1]:
            path, number, rest = line.split(":", 2)
            said, rest = rest.startswith(" note: "), rest.replace(" note: ", " ")
            found.append((path, int(number), said, rest.split(":")[0].strip()))
        return ran.returncode, found

    def test_a_clean_tree_has_no_findings(self):
        self.lay({})
        self.assertEqual(self.tidy(), (0, []))

    def test_each_rule_finds_what_it_is_about_and_no_other_rule_joins_in(self):
        for number, (rule, changes, places) in enumerate(FIXTURES):
            with self.subTest(rule=rule, number=number):
                self.setUp()
                self.lay(changes)
                self.assertEqual(self.tidy(), (1, [(*place, False, rule) for place in places]))

    def test_what_is_only_said_does_not_fail(self):
        for rule, changes, places in SAID:
            with self.subTest(rule=rule):
                self.setUp()
                self.lay(changes)
                self.assertEqual(self.tidy(), (0, [(*place, True, rule) for place in places]))

    def test_every_rule_has_a_fixture(self):
        listed = self.run_tool(TOOLS / "tidy", "--list").stdout.splitlines()
        self.assertEqual({line.split(":")[0] for line in listed} | {"exemption"},
                         {fixture[0] for fixture in FIXTURES + SAID})

    def test_an_exemption_with_a_reason_covers_its_own_line_and_the_next(self):
        self.lay({"lib/core/step.c": "/* tidy: allow" + " banned-call: the size was checked. */\n"
                                     "int a = strcpy(b, c);\nint d = strcpy(e, f);\n"})
        self.assertEqual(self.tidy(), (1, [("lib/core/step.c", 3, False, "banned-call")]))

    def test_an_exemption_covers_no_other_rule(self):
        self.lay({"lib/core/step.c": "int a = strcpy(b, c); "
                                     "/* tidy: allow" + " columns: why. */\n"})
        self.assertEqual(self.tidy(), (1, [("lib/core/step.c", 1, False, "banned-call"),
                                           ("lib/core/step.c", 1, False, "exemption")]))

    def test_a_source_that_is_newer_than_the_build_is_only_said(self):
        self.lay({"lib/core/forgotten.c": "int a;\n"})
        os.utime(self.root / "build/compile_commands.json", (1, 1))
        self.assertEqual(self.tidy(), (0, [("lib/core/forgotten.c", 1, True, "dead-file")]))

    def test_without_a_build_it_says_that_it_looked_for_no_dead_sources(self):
        self.lay({"lib/core/forgotten.c": "int a;\n"})
        (self.root / "build/compile_commands.json").unlink()
        self.assertEqual(self.tidy(), (0, [("CMakeLists.txt", 1, True, "dead-file")]))


if __name__ == "__main__":
    unittest.main()
