#!/usr/bin/python3
"""tools/setup installs what is missing and only that. The commands it calls are stood in for."""
import sys
import unittest

sys.dont_write_bytecode = True
from tools import TOOLS, ToolTest  # noqa: E402


class Setup(ToolTest):
    def setUp(self):
        super().setUp()
        self.packages = self.run_tool(TOOLS / "setup", "--list", "test").stdout.split()
        self.stand_in("dpkg-query", 'cat "$0.says"; exit 1')
        self.stand_in("apt-get", 'echo "$DEBIAN_FRONTEND $*" >>"$0.calls"')
        self.be(user=0)

    def stand_in(self, name, script):
        self.write(f"bin/{name}", f"#!/bin/bash\n{script}\n", executable=True)

    def be(self, user):
        self.stand_in("id", f"echo {user}")

    def hold(self, packages, status="installed"):
        (self.root / "bin/dpkg-query.says").write_text(
            "".join(f"{status} {name}\n" for name in packages))

    def setup_tool(self, *arguments):
        """Runs it where only the stand-ins and what every Debian has can be found."""
        for name in ("bash", "env", "grep", "sed", "cat"):
            link = self.root / "bin" / name
            if not link.exists():
                link.symlink_to(f"/bin/{name}")
        return self.run_tool(TOOLS / "setup", *arguments, env={"PATH": str(self.root / "bin")})

    def apt_calls(self):
        calls = self.root / "bin/apt-get.calls"
        return calls.read_text().splitlines() if calls.exists() else []

    def test_nothing_missing_says_nothing_and_calls_nothing(self):
        self.hold(self.packages)
        ran = self.setup_tool("test")
        self.assertEqual((ran.returncode, ran.stdout, self.apt_calls()), (0, "", []))

    def test_what_is_missing_is_installed_after_one_update_and_nothing_else(self):
        self.hold(set(self.packages) - {"libuv1-dev", "cppcheck"})
        ran = self.setup_tool("test")
        self.assertEqual(ran.returncode, 0)
        update, install = self.apt_calls()
        self.assertRegex(update, r"^noninteractive .*\bupdate$")
        self.assertRegex(install, r"--no-install-recommends libuv1-dev cppcheck$")

    def test_a_package_whose_configuration_alone_is_left_is_missing(self):
        self.hold(self.packages, status="config-files")
        self.setup_tool("build")
        self.assertIn("gcc", self.apt_calls()[-1])

    def test_measuring_asks_for_the_other_stores_and_no_checker(self):
        self.hold(self.packages)
        self.setup_tool("bench")
        self.assertRegex(self.apt_calls()[-1], r"\bpostgresql redis-server\b")
        self.assertNotIn("cppcheck", self.apt_calls()[-1])

    def test_building_asks_for_no_checker(self):
        self.hold([])
        self.setup_tool("build")
        self.assertIn("gcc", self.apt_calls()[-1])
        self.assertNotIn("cppcheck", self.apt_calls()[-1])

    def test_who_is_not_root_is_told_the_command(self):
        self.be(user=1000)
        self.hold(set(self.packages) - {"libuv1-dev"})
        ran = self.setup_tool("test")
        self.assertEqual((ran.returncode, self.apt_calls()), (69, []))
        self.assertIn("apt-get install --yes --no-install-recommends libuv1-dev\n", ran.stdout)

    def test_who_is_not_root_and_misses_nothing_needs_no_root(self):
        self.be(user=1000)
        self.hold(self.packages)
        self.assertEqual(self.setup_tool("test").returncode, 0)

    def test_sudo_is_used_where_it_is(self):
        self.be(user=1000)
        self.stand_in("sudo", 'echo "$*" >>"$0.calls"; "$@"')
        self.hold(set(self.packages) - {"libuv1-dev"})
        self.assertEqual(self.setup_tool("test").returncode, 0)
        self.assertEqual(len(self.apt_calls()), 2)
        self.assertEqual((self.root / "bin/sudo.calls").read_text().count("apt-get"), 2)

    def test_an_install_that_fails_is_told_and_fails(self):
        self.stand_in("apt-get", '[[ "$*" == *update ]]')
        self.hold([])
        ran = self.setup_tool("build")
        self.assertEqual(ran.returncode, 69)
        self.assertIn("As root, run:", ran.stdout)

    def test_an_unknown_group_is_refused(self):
        self.hold([])
        self.assertEqual(self.setup_tool("everything").returncode, 64)
        self.assertEqual(self.apt_calls(), [])


if __name__ == "__main__":
    unittest.main()
