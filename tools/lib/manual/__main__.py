"""Writes payscore's manual pages: section 3 and payscore_status(7) from the public headers,
payscorectl(1), payscore-sandbox(1), payscore-worker(8) and payscore.conf(5) from the rows that the
programs are made of.

    python3 tools/lib/manual --version 0.1.0 FOLDER    FOLDER/man1, man3, man5, man7, man8
"""
import argparse
import pathlib
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from manual import examples, headers, library, programs, roff  # noqa: E402


def _example_file(root):
    """@EXAMPLE power_bank.c@ stands for the whole of an example."""
    return lambda match: roff.code(
        (root / "examples" / match.group(1)).read_text().rstrip("\n").split("\n"))


def _template(root, name, version, values):
    """A page that is written by hand around what is made of rows."""
    text = (pathlib.Path(__file__).resolve().parent / "pages" / name).read_text()
    page, section = name.rsplit(".", 1)
    for word, value in {"TITLE": library.title(page, section, version), **values}.items():
        text = text.replace(f"@{word}@", value)
    text = re.sub(r"@EXAMPLE (\S+)@", _example_file(root), text)
    left = re.search(r"@[A-Z_]+\b[^@\n]*@", text)
    if left:
        raise headers.Lacking(f"{name}: nothing is known of {left.group()}")
    return text


def make(root, version):
    """All pages, by file name."""
    known = headers.read(root / "include" / "payscore")
    sources = sorted((root / "examples").glob("*.c"))
    pages = {f"{name}.3": library.function_page(known, function, examples.of(sources, name),
                                                version)
             for name, function in known.functions.items()}
    pages["payscore_status.7"] = library.status_page(known, version)
    values = {
        "FUNCTIONS": library.function_list(known),
        "TYPES": library.common_types(known),
        "COMMANDS": programs.commands((root / "statecharts/commands.def").read_text()),
        "VERBS": programs.verbs((root / "tools/ctl/verbs.def").read_text()),
        "KEYS": programs.keys((root / "worker/config.def").read_text()),
        "CTL_OPTIONS": programs.ctl_options((root / "tools/ctl/options.def").read_text()),
        "WORKER_OPTIONS": programs.worker_options((root / "worker/options.c").read_text()),
        "SANDBOX_OPTIONS": programs.sandbox_options(
            (root / "tools/sandbox/options.c").read_text()),
        "TRAITS": programs.names((root / "tools/sandbox/traits.def").read_text(), "TRAIT"),
        "FAULTS": programs.names((root / "tools/sandbox/faults.def").read_text(), "FAULT"),
    }
    for name in ("payscore.7", "payscorectl.1", "payscore-sandbox.1", "payscore-worker.8",
                 "payscore.conf.5"):
        pages[name] = _template(root, name, version, values)
    return pages


def write(pages, folder):
    """Only these pages: one whose function is gone goes too."""
    for old in folder.glob("man?/*"):
        if old.name not in pages:
            old.unlink()
    for name, text in pages.items():
        target = folder / f"man{name[-1]}" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--version", required=True)
    parser.add_argument("--root", type=pathlib.Path, help="the tree (default: this one)",
                        default=pathlib.Path(__file__).resolve().parents[3])
    arguments = parser.parse_args()
    try:
        write(make(arguments.root, arguments.version), arguments.folder)
    except headers.Lacking as lacking:
        print(f"manual: {lacking}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
