#!/usr/bin/python3
"""What the headers declare, what the libraries export, what libpayscore.symbols lists and what the
manual describes is the same; each header stands for itself in C and in C++; no name of the inside
leaves the archive."""
import os
import pathlib
import re
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
from tools import TOOLS, ToolTest  # noqa: E402

ROOT = TOOLS.parent
INCLUDE = ROOT / "include"
sys.path.insert(0, str(TOOLS / "lib"))
from manual import headers  # noqa: E402


STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", f"-I{INCLUDE}"]
COMPILERS = [(*language, standard) for language, standards in (
    (("gcc", "c"), ("c11", "c17")), (("clang", "c"), ("c11", "c17")),
    (("g++", "c++"), ("c++11", "c++17", "c++20")),
    (("clang++", "c++"), ("c++11", "c++17", "c++20"))) for standard in standards]


def names_of(*command):
    lines = subprocess.run(["nm", "--defined-only", *command], check=True, text=True,
                           stdout=subprocess.PIPE).stdout.splitlines()
    return sorted({line.split()[-1].split("@")[0] for line in lines
                   if re.match(r"[0-9a-f]+ [TDBRVWi] ", line)})


class Contract(ToolTest):
    @classmethod
    def setUpClass(cls):
        cls.declared = sorted(headers.read(INCLUDE / "payscore").functions)
        cls.shared, cls.static = os.environ["PAYSCORE_SHARED"], os.environ["PAYSCORE_STATIC"]

    def assert_declared(self, names):
        self.assertEqual(names, self.declared)

    def test_the_list_holds_what_the_headers_declare_in_order(self):
        listed = (ROOT / "lib/libpayscore.symbols").read_text().splitlines()
        self.assertEqual(listed, self.declared)

    def test_the_shared_library_exports_that_and_nothing_else(self):
        self.assert_declared(names_of("--dynamic", self.shared))

    def test_the_archive_shows_that_and_nothing_else(self):
        self.assert_declared(names_of("--extern-only", self.static))

    def test_each_function_has_its_page_and_no_page_is_of_another(self):
        pages = pathlib.Path(os.environ["PAYSCORE_MAN"]) / "man3"
        self.assertEqual(sorted(path.stem for path in pages.iterdir()), self.declared)

    def test_the_examples_are_as_short_as_the_manual_says(self):
        for name, most in (("power_bank.c", 149), ("ctypes_backend.py", 59)):
            lines = (ROOT / "examples" / name).read_text().splitlines()
            self.assertLessEqual(len(lines), most, name)

    def test_the_soname_is_that_of_the_first_version(self):
        said = subprocess.run(["readelf", "--dynamic", self.shared], check=True, text=True,
                              stdout=subprocess.PIPE).stdout
        self.assertIn("Library soname: [libpayscore.so.0]", said)

    def test_each_header_compiles_alone_in_every_language(self):
        for compiler, language, standard in COMPILERS:
            for header in sorted((INCLUDE / "payscore").glob("*.h")):
                ran = subprocess.run(
                    [compiler, "-x", language, f"-std={standard}", *STRICT, "-fsyntax-only", "-"],
                    input=f"#include <payscore/{header.name}>\n", text=True,
                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
                self.assertEqual(ran.returncode, 0, f"{compiler} {standard} {header.name}\n"
                                                    + ran.stdout)

    def test_a_program_in_cxx_opens_a_store(self):
        source = self.write("open.cpp", """\
            #include <payscore/payscore.h>
            #include <cstdio>
            int main()
            {
                payscore_merchant merchant = payscore_merchant();
                merchant.mchid = PAYSCORE_TEXT("1900000109");
                merchant.appid = PAYSCORE_TEXT("wx8888888888888888");
                merchant.service_id = PAYSCORE_TEXT("00002000000000158728912345678901");
                payscore_options options = payscore_options_default();
                options.role = PAYSCORE_DRIVER;
                options.merchants = &merchant;
                options.merchant_count = 1;
                payscore *store = nullptr;
                payscore_error error;
                payscore_status status = payscore_open(&store, &options, &error);
                std::printf("%s\\n", payscore_status_name(status));
                payscore_close(store);
            }
            """)
        folder = pathlib.Path(self.shared).parent
        for compiler in ("g++", "clang++"):
            for standard in ("c++11", "c++17"):
                target = self.root / f"open-{compiler}-{standard}"
                ran = self.run_tool(compiler, f"-std={standard}", *STRICT, "-o", target, source,
                                    f"-L{folder}", "-lpayscore", f"-Wl,-rpath,{folder}")
                self.assertEqual((ran.returncode, ran.stdout), (0, ""))
                self.assertEqual(self.run_tool(target).stdout, "OK\n")


if __name__ == "__main__":
    unittest.main()
