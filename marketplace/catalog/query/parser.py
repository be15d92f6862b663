from typing import Any, Final, NoReturn

from .clauses import KEYWORDS, LONGEST, UNITS, length, moment
from .errors import QueryError, nearest
from .fields import FIELDS, Field
from .kinds import NUMBER
from .lexer import END, OP, STRING, WORD, Token, tokens
from .tree import And, Comparison, Key, Node, Not, Or, Query, Window

__all__ = ["LONGEST", "parse"]

MOST_COMPARISONS: Final = 64
MOST_VALUES: Final = 64
MOST_KEYS: Final = 8
DEEPEST: Final = 16


def parse(text: str) -> Query:
    """Read a query; one without any words finds everything. Raises QueryError."""
    return _Parser(text).query()


class _Parser:
    """Recursive descent, one method for each rule of the grammar."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.place = 0
        self.depth = 0
        self.compared = 0

    def query(self) -> Query:
        where = None if self.now.lower in ("for", "order") or self.at_end else self.either()
        window: Window | None = None
        order: tuple[Key, ...] = ()
        while not self.at_end:
            if self.now.lower == "for" and window is None:
                window = self.window()
            elif self.now.lower == "order" and not order:
                order = self.order()
            else:
                self.fail(
                    f"{self.found} is one too many",
                    "join conditions with and, or; then may come: for 72h from ..., order by ...",
                )
        return Query(where, window, order)

    # --- conditions

    def either(self) -> Node:
        parts = [self.all()]
        while self.take("or"):
            parts.append(self.all())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def all(self) -> Node:
        parts = [self.one()]
        while self.take("and"):
            parts.append(self.one())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def one(self) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            self.fail(f"brackets and not go at most {DEEPEST} deep", "write it flatter")
        made: Node
        if self.take("not"):
            made = Not(self.one())
        elif self.take_mark("("):
            made = self.either()
            self.need_mark(")")
        else:
            made = self.comparison()
        self.depth -= 1
        return made

    def comparison(self) -> Comparison:
        self.compared += 1
        if self.compared > MOST_COMPARISONS:
            self.fail(f"a query compares at most {MOST_COMPARISONS} times", "use in (...)")
        name, field = self.field()
        op = self.operator(name, field)
        if op in ("in", "not in"):
            return Comparison(name, op, self.values(field))
        return Comparison(name, op, (self.value(field),))

    def field(self) -> tuple[str, Field]:
        name = self.now.lower
        if name not in FIELDS:
            missing = self.now.kind != WORD or name in KEYWORDS
            said = "expected a field, found" if missing else "there is no field"
            hint = "" if missing else nearest(name, FIELDS)
            known = f"fields are: {', '.join(FIELDS)}"
            self.fail(f"{said} {self.found}", f"{hint} {known}".strip())
        self.place += 1
        return name, FIELDS[name]

    def operator(self, name: str, field: Field) -> str:
        first = self.now
        if self.take("not"):
            if not self.take("in"):
                self.fail(f"expected in after not, found {self.found}", "write not in (...)")
            op = "not in"
        elif self.take("in"):
            op = "in"
        elif first.kind == OP:
            op = first.text
            self.place += 1
        else:
            op = ""
        if op not in field.kind.ops:
            found = op or self.found
            message = f"{name} cannot be compared with {found}" if op else f"found {found}"
            hint = f"after {name} comes one of: {', '.join(field.kind.ops)}"
            self.fail(message, hint, at=first)
        return op

    def values(self, field: Field) -> tuple[Any, ...]:
        self.need_mark("(")
        found = [self.value(field)]
        while self.take_mark(","):
            if len(found) == MOST_VALUES:
                self.fail(f"a list has at most {MOST_VALUES} values", "use a wider condition")
            found.append(self.value(field))
        self.need_mark(")")
        return tuple(found)

    def value(self, field: Field) -> Any:
        first, typed = self.literal(field.kind.units)
        try:
            return field.kind.read(typed)
        except ValueError as error:
            self.fail(f"{_short(typed)} does not fit: {field.meaning}", str(error), at=first)

    def literal(self, units: frozenset[str]) -> tuple[Token, str]:
        """The token of a value, and what was typed, with a unit that may stand apart."""
        first = self.now
        if first.kind not in (WORD, STRING) or first.lower in KEYWORDS:
            self.fail(f"expected a value, found {self.found}", "put a word like this in quotes")
        self.place += 1
        if first.kind == WORD and self.now.lower in units and NUMBER.fullmatch(first.text):
            unit = self.now.text
            self.place += 1
            return first, first.text + unit
        return first, first.text

    # --- what may follow them

    def window(self) -> Window:
        self.place += 1
        first, typed = self.literal(UNITS)
        try:
            lasting = length(typed)
        except ValueError as error:
            self.fail(f"{_short(typed)} is not a length of time", str(error), at=first)
        if not self.take("from"):
            return Window(lasting)
        first, typed = self.literal(frozenset())
        try:
            return Window(lasting, moment(typed))
        except ValueError as error:
            self.fail(f"{_short(typed)} is not a moment", str(error), at=first)

    def order(self) -> tuple[Key, ...]:
        self.place += 1
        if not self.take("by"):
            self.fail(f"expected by after order, found {self.found}", "write order by price")
        keys = [self.key()]
        while self.take_mark(","):
            if len(keys) == MOST_KEYS:
                self.fail(f"an order has at most {MOST_KEYS} keys", "leave the last ones out")
            keys.append(self.key())
        return tuple(keys)

    def key(self) -> Key:
        descending = self.take_mark("-")
        return Key(self.field()[0], descending)

    # --- tokens

    @property
    def now(self) -> Token:
        return self.tokens[self.place]

    @property
    def at_end(self) -> bool:
        return self.now.kind == END

    @property
    def found(self) -> str:
        return "the end" if self.at_end else _short(self.text[self.now.start : self.now.end])

    def take(self, word: str) -> bool:
        return self._take(self.now.lower == word)

    def take_mark(self, mark: str) -> bool:
        return self._take(self.now.is_mark(mark))

    def _take(self, there: bool) -> bool:
        self.place += there
        return there

    def need_mark(self, mark: str) -> None:
        if not self.take_mark(mark):
            self.fail(f"expected {mark}, found {self.found}")

    def fail(self, message: str, hint: str = "", *, at: Token | None = None) -> NoReturn:
        place = at or self.now
        raise QueryError(self.text, place.start, place.end, message, hint)


def _short(typed: str) -> str:
    return repr(typed if len(typed) <= 40 else f"{typed[:39]}…")
