"""Rules on code: how long things may be, what may not be called, what nobody uses, what a public
header owes its reader."""
import ast
import json
import re
import subprocess

from .run import Finding, rule

RULES = []

FUNCTION_LINES_MAX = 70
PARAMETERS_MAX = 5
FILE_LINES_MAX = 800
FILE_LINES_WANTED = 400

EVERYWHERE = ("lib", "worker", "tools")
# Names, where they are banned, and what stands in their place. A name with "(" is banned as a call.
BANNED = (
    ("strcpy( strcat( stpcpy( sprintf( vsprintf( gets(", EVERYWHERE,
     "snprintf, or memcpy with a size that was checked"),
    ("strncpy( strncat(", EVERYWHERE, "snprintf or memcpy: this one may leave no NUL"),
    ("atoi( atol( atoll( atof(", EVERYWHERE,
     "strtoll or strtod, with a look at the end pointer and at errno"),
    ("strtok( strtok_r(", EVERYWHERE, "strspn and strcspn: the text stays whole"),
    ("rand( rand_r( srand( random( srandom( drand48( lrand48(", EVERYWHERE,
     "the world's random door or RAND_bytes"),
    ("time( gettimeofday( ftime(", EVERYWHERE, "the time that the caller hands in"),
    ("localtime( localtime_r( mktime( tzset( strptime( ctime( ctime_r( asctime( asctime_r( gmtime(",
     EVERYWHERE, "core/time.h, or gmtime_r: never the host's zone, never a shared buffer"),
    ("gmtime_r( timegm( strftime(", ("lib",), "core/time.h"),
    ("system( popen( vfork(", EVERYWHERE, "nothing: no shell is started"),
    ("alloca(", EVERYWHERE, "an array of fixed size, or malloc"),
    ("setlocale( uselocale( newlocale(", EVERYWHERE, "nothing: bytes mean the same everywhere"),
    ("sleep( usleep( nanosleep(", ("lib", "worker"), "a timer of the loop"),
    ("setjmp( longjmp(", EVERYWHERE, "one out: label"),
    ("mktemp( tmpnam( tempnam(", EVERYWHERE, "mkstemp or mkdtemp"),
    ("assert(", EVERYWHERE, "PS_ASSERT, which is on in every build"),
    ("valueint", EVERYWHERE, "the number's text: valueint saturates and rounds"),
    ("exit( quick_exit(", ("lib", "worker"), "a status that is returned"),
    ("printf( vprintf( puts( putchar( perror( stdout", ("lib",), "struct payscore_error"),
    ("getenv( secure_getenv(", ("lib",), "an option that the caller sets"),
)


def _functions_c(tree):
    """(file, name, first line, last line, parameters) of every function that ctags sees."""
    paths = [file.path for file in tree.of("c")]
    if not paths:
        return
    tags = subprocess.run(
        ["ctags", "--output-format=json", "--fields=+neS", "--kinds-C=f", "--language-force=C",
         "-f", "-", "-L", "-"], cwd=tree.root, input="\n".join(paths), text=True, check=True,
        stdout=subprocess.PIPE).stdout
    for line in tags.splitlines():
        tag = json.loads(line)
        signature = tag.get("signature", "()")
        parameters = 0 if signature in ("()", "(void)") else _commas(signature) + 1
        yield (tree.files[tag["path"]], tag["name"], tag["line"], tag.get("end", tag["line"]),
               parameters)


def _commas(signature):
    """Commas between a function's own parameters, not between those of a callback."""
    inner = signature[1:-1]
    while "(" in inner:
        inner, before = re.sub(r"\([^()]*\)", "", inner), inner
        if inner == before:
            break
    return inner.count(",")


def _functions_python(file):
    for node in ast.walk(ast.parse(file.text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield file, node.name, node.lineno, node.end_lineno, len(node.args.args)


def _functions_shell(file):
    start = None
    for number, line in enumerate(file.lines, 1):
        opening = re.match(r"(?:function )?(\w+)\s*\(\)\s*\{$", line)
        if opening:
            start = number, opening.group(1)
        elif line == "}" and start:
            yield file, start[1], start[0], number, 0
            start = None


def _functions(tree):
    yield from _functions_c(tree)
    for file in tree.of("python"):
        yield from _functions_python(file)
    for file in tree.of("shell"):
        yield from _functions_shell(file)


@rule(RULES, f"no function has more than {FUNCTION_LINES_MAX} lines")
def function_length(tree):
    for file, name, first, last, _ in _functions(tree):
        if last - first + 1 > FUNCTION_LINES_MAX:
            yield Finding(file.path, first, f"{name} has {last - first + 1} lines; "
                                            f"at most {FUNCTION_LINES_MAX}")


@rule(RULES, "every function can be measured")
def function_seen(tree):
    seen = {}
    for file, _, first, last, _ in _functions_c(tree):
        seen.setdefault(file.path, []).append((first, last))
    for file in tree.of("c"):
        for number, line in enumerate(file.code.split("\n"), 1):
            ranges = seen.get(file.path, ())
            if line.rstrip() == "{" and not any(a <= number <= b for a, b in ranges):
                yield Finding(file.path, number, "ctags finds no function that begins and ends "
                                                 "around this")


@rule(RULES, f"a function has at most {PARAMETERS_MAX} parameters (said, not enforced)")
def parameters(tree):
    for file, name, first, _, count in _functions(tree):
        if count > PARAMETERS_MAX:
            yield Finding(file.path, first, f"{name} has {count} parameters", grave=False)


@rule(RULES, f"no file has more than {FILE_LINES_MAX} lines; above {FILE_LINES_WANTED} it is said")
def file_length(tree):
    for file in tree.of("c", "python", "shell"):
        count = file.text.count("\n")
        if count > FILE_LINES_WANTED:
            grave = count > FILE_LINES_MAX
            limit = FILE_LINES_MAX if grave else FILE_LINES_WANTED
            yield Finding(file.path, limit + 1, f"{count} lines; at most {limit}", grave)


def _banned(name):
    """How a banned name looks in code: as a call that is no member's, or as a word."""
    if name.endswith("("):
        return rf"(?<![\w.])(?<!->){re.escape(name[:-1])}(?=\s*\()"
    return rf"\b{re.escape(name)}\b"


@rule(RULES, "calls that overflow, guess, block or look at the host are not made")
def banned_call(tree):
    for names, folders, instead in BANNED:
        pattern = re.compile("|".join(_banned(name) for name in names.split()))
        for file in tree.under(*folders):
            for match in pattern.finditer(file.code):
                yield Finding(file.path, file.line_of(match.start()),
                              f"{match.group()}: use {instead}")


@rule(RULES, "every .c file is compiled, every .h and .def file is included")
def dead_file(tree):
    # Any literal counts: a header may be included by a macro that names it.
    included = {"/" + match.group(1) for file in tree.of("c")
                for match in re.finditer(r'[<"]([\w./-]+\.(?:h|def))[>"]', file.text)}
    for path in tree.files:
        if path.endswith((".h", ".def")) and not any(("/" + path).endswith(x) for x in included):
            yield Finding(path, 1, "no file includes it")
    if tree.compiled is None:
        yield Finding("CMakeLists.txt", 1, "no build here, so it is not known which .c files are "
                                           "compiled: cmake --preset dev", grave=False)
        return
    known = tree.database.stat().st_mtime
    for path in tree.files:
        if path.endswith(".c") and path not in tree.compiled:
            # What came after the build was configured may yet be compiled.
            later = (tree.root / path).stat().st_mtime > known
            yield Finding(path, 1, "no target compiles it, as far as this older build knows"
                          if later else "no target compiles it", grave=not later)


_DECLARATION = re.compile(r"^PAYSCORE_API\b([^;{]*?)(\w+)\s*\([^;{]*\)\s*;", re.M | re.S)


@rule(RULES, "a public function says what it does, and its Errors where it returns a status")
def public_contract(tree):
    for file in tree.under("include", suffixes=(".h",)):
        previous_end, comment = 0, ""
        for match in _DECLARATION.finditer(file.code):
            before = file.text[:match.start()]
            if before[previous_end:].strip() or before[previous_end:].count("\n") > 1:
                comment = _comment_at_end(before)
            previous_end = match.end()
            returned, name = match.group(1), match.group(2)
            line = file.line_of(match.start(2))
            if not comment:
                yield Finding(file.path, line, f"{name} has no comment (/** … */) above it")
            elif "enum payscore_status" in returned and "*" not in returned:
                if "Errors" not in comment:
                    yield Finding(file.path, line, f"the comment of {name} names no Errors")
                if "PAYSCORE_MUST_USE" not in returned:
                    yield Finding(file.path, line, f"{name} returns a status: PAYSCORE_MUST_USE")


def _comment_at_end(text):
    text = text.rstrip()
    start = text.rfind("/*")
    return text[start:] if text.endswith("*/") and text.startswith("/**", start) else ""
