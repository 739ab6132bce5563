"""The part of ECMAScript that the charts' exports use, as functions of a scope: numbers, strings,
booleans, names, members, ! && || ?: + - and comparisons. Anything else is an error."""
import re

TOKEN = re.compile(r"\s*(?:(?P<number>\d+)|'(?P<string>(?:[^'\\]|\\.)*)'|(?P<name>[A-Za-z_]\w*"
                   r"(?:\.[A-Za-z_]\w*)*)|(?P<sign>===|!==|==|!=|<=|>=|&&|\|\||[-+!<>?:()]))")
COMPARISONS = {
    "==": lambda a, b: a == b, "===": lambda a, b: a == b,
    "!=": lambda a, b: a != b, "!==": lambda a, b: a != b,
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
}


class ExpressionError(ValueError):
    pass


def tokens(text):
    found = []
    at = 0
    while text[at:].strip():
        match = TOKEN.match(text, at)
        if match is None:
            raise ExpressionError(f"{text!r} is not understood from {text[at:]!r} on")
        found.append((match.lastgroup, match.group(match.lastgroup)))
        at = match.end()
    return found


def names(text):
    """The names that an expression reads."""
    return {value for kind, value in tokens(text) if kind == "name"} - {"true", "false"}


class _Parser:
    """Each rule gives a function of the scope: a dictionary of names, members included."""

    def __init__(self, text):
        self.text = text
        self.rest = tokens(text)

    def peek(self):
        return self.rest[0] if self.rest else (None, None)

    def take_sign(self, *signs):
        kind, value = self.peek()
        if kind == "sign" and value in signs:
            self.rest.pop(0)
            return value
        return None

    def want_sign(self, sign):
        if self.take_sign(sign) is None:
            raise ExpressionError(f"{self.text!r} wants {sign!r} before {self.rest}")

    def whole(self):
        result = self.choice()
        if self.rest:
            raise ExpressionError(f"{self.text!r} goes on with {self.rest}")
        return result

    def choice(self):
        test = self.either()
        if self.take_sign("?") is None:
            return test
        yes = self.choice()
        self.want_sign(":")
        no = self.choice()
        return lambda scope: yes(scope) if test(scope) else no(scope)

    def either(self):
        left = self.both()
        while self.take_sign("||"):
            left = self._either(left, self.both())
        return left

    @staticmethod
    def _either(left, right):
        return lambda scope: left(scope) or right(scope)

    def both(self):
        left = self.comparison()
        while self.take_sign("&&"):
            left = self._both(left, self.comparison())
        return left

    @staticmethod
    def _both(left, right):
        return lambda scope: left(scope) and right(scope)

    def comparison(self):
        left = self.sum()
        sign = self.take_sign(*COMPARISONS)
        if sign is None:
            return left
        compare, right = COMPARISONS[sign], self.sum()
        return lambda scope: compare(left(scope), right(scope))

    def sum(self):
        left = self.one()
        while sign := self.take_sign("+", "-"):
            left = self._sum(left, self.one(), sign)
        return left

    @staticmethod
    def _sum(left, right, sign):
        if sign == "+":
            return lambda scope: left(scope) + right(scope)
        return lambda scope: left(scope) - right(scope)

    def one(self):
        if self.take_sign("!"):
            inner = self.one()
            return lambda scope: not inner(scope)
        if self.take_sign("-"):
            inner = self.one()
            return lambda scope: -inner(scope)
        if self.take_sign("("):
            inner = self.choice()
            self.want_sign(")")
            return inner
        return self.value()

    def value(self):
        kind, value = self.peek()
        if kind not in ("number", "string", "name"):
            raise ExpressionError(f"{self.text!r} wants a value before {self.rest}")
        self.rest.pop(0)
        if kind == "number":
            constant = int(value)
        elif kind == "string":
            constant = re.sub(r"\\(.)", r"\1", value)
        elif value in ("true", "false"):
            constant = value == "true"
        else:
            return lambda scope: scope[value]
        return lambda scope: constant


def compiled(text):
    """The expression as a function of a scope."""
    return _Parser(text).whole()
