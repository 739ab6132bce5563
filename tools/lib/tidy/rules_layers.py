"""The folder is the layer: which headers each may include. The linker proves the same for symbols;
this one also sees types, constants and macros."""
import re
import typing

from .run import Finding, rule

RULES = []

# Headers of the C library that bring no input, output, clock or allocator.
PURE = "stddef.h stdint.h stdbool.h limits.h string.h inttypes.h assert.h"
QUIET = PURE + " stdlib.h stdio.h stdarg.h errno.h ctype.h"
ANY = None

THIRD_PARTY = "cJSON.h cmocka.h curl/ ini.h lmdb.h microhttpd.h openssl/ systemd/ uv.h zlib.h"


class Layer(typing.NamedTuple):
    folder: str
    ours: typing.Optional[str]  # Of this project; what lies beside a file is always allowed.
    theirs: typing.Optional[str]  # Of other libraries.
    libc: typing.Optional[str]


LAYERS = (
    Layer("include/payscore", "payscore/", "", PURE),
    Layer("statecharts", "statecharts/", "", PURE),
    Layer("lib/core", "core/ statecharts/ payscore/types.h", "", PURE),
    Layer("lib/store", "store/ core/ payscore/", "lmdb.h", ANY),
    Layer("lib/wechat", "wechat/ core/ statecharts/ payscore/", "openssl/ cJSON.h", QUIET),
    Layer("lib/engine", "engine/ store/ wechat/ core/ statecharts/ payscore/",
          "openssl/ cJSON.h zlib.h", ANY),
    Layer("lib/submit", "submit/ engine/ store/ wechat/ core/ statecharts/ payscore/",
          "openssl/ cJSON.h", ANY),
    Layer("lib/feed", "feed/ engine/ store/ wechat/ core/ payscore/", "cJSON.h", ANY),
    Layer("lib/operations", "operations/ engine/ store/ wechat/ core/ statecharts/ payscore/",
          "openssl/ cJSON.h", ANY),
    Layer("worker", "worker/ payscore/", "uv.h curl/ microhttpd.h ini.h systemd/ cJSON.h openssl/",
          ANY),
    # It reads the charts' tables and writes texts; it decides nothing.
    Layer("tools/exporter", "tools/exporter/ core/ statecharts/", "", QUIET),
    # It finds the driver, and what to sign with, by the driver's own configuration file.
    Layer("tools/ctl",
          "payscore/ core/time.h worker/config.h worker/secrets.h tools/exporter/exporter.h",
          "cJSON.h", ANY),
    # It plays the other side: on the worker's HTTP and the library's pure parts, not on its store.
    Layer("tools/sandbox", "tools/sandbox/ worker/ wechat/ core/ statecharts/ payscore/",
          "uv.h curl/ microhttpd.h cJSON.h openssl/", ANY),
    # As a stranger would write them.
    Layer("examples", "payscore/", "cJSON.h curl/", ANY),
    # What a test may lean on is said by what it links.
    Layer("tests", ANY, ANY, ANY),
)


def _layer_of(path):
    found = [layer for layer in LAYERS if path.startswith(layer.folder + "/")]
    return max(found, key=lambda layer: len(layer.folder), default=None)


def _matches(header, allowed):
    """Whether a list names a header itself, or a folder (with "/") that holds it."""
    return allowed is ANY or header in allowed.split() or any(
        header.startswith(entry) for entry in allowed.split() if entry.endswith("/"))


def _may_include(row, header, quoted):
    if quoted:
        return _matches(header, row.ours)
    if _matches(header, THIRD_PARTY):
        return _matches(header, row.theirs)
    return _matches(header, row.libc)


@rule(RULES, "a folder includes only the layers below it, and only the libraries it is there for")
def layer(tree):
    for file in tree.of("c"):
        row = _layer_of(file.path)
        if row is None:
            yield Finding(file.path, 1, "its folder is no layer; give it a row in rules_layers.py")
            continue
        folder = file.path.rpartition("/")[0]
        for match in re.finditer(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', file.code, re.M):
            header = match.group(2)
            quoted = match.group(1) == '"'
            if quoted and f"{folder}/{header}" in tree.files:
                continue
            if not _may_include(row, header, quoted):
                yield Finding(file.path, file.line_of(match.start(1)),
                              f"{row.folder} may not include {header}")
