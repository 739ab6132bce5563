"""What tests of the tools share: running one, a tree to run it on, commands that stand in."""
import os
import pathlib
import subprocess
import tempfile
import textwrap
import unittest

TOOLS = pathlib.Path(__file__).resolve().parents[2] / "tools"


class ToolTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="payscore-tools.")
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def write(self, path, text, executable=False):
        """A file of the tree, its text dedented."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(textwrap.dedent(text))
        if executable:
            target.chmod(0o755)
        return target

    def run_tool(self, *command, **settings):
        environment = {**os.environ, **settings.pop("env", {})}
        return subprocess.run([str(part) for part in command], text=True, env=environment,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                              **settings)
