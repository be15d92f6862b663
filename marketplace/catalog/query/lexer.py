import re
from dataclasses import dataclass
from typing import Final

from .errors import QueryError

MOST_CHARACTERS: Final = 1000
#: a word may hold what versions, amounts, moments and export classes are written with
TOKEN: Final = re.compile(
    r"""(?P<word> \$?\w[\w.:/+]*(?:-[\w.:/+]+)*)
      | "(?P<string> (?:[^"\\]|\\.)*)"
      | (?P<op> != | <= | >= | = | < | > | ~)
      | (?P<mark> [(),-])""",
    re.VERBOSE,
)
BLANK: Final = re.compile(r"[ \t\r\n]*")
WORD, STRING, OP, MARK, END = "word", "string", "op", "mark", "end"


@dataclass(frozen=True, slots=True)
class Token:
    """`text` is what was meant: without the quotes of a string. `start` and `end` with them."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def lower(self) -> str:
        """The word as keywords and fields are compared; nothing else is ever equal to one."""
        return self.text.lower() if self.kind == WORD else ""

    def is_mark(self, mark: str) -> bool:
        return self.kind == MARK and self.text == mark


def tokens(text: str) -> list[Token]:
    """The query cut into tokens, an END last. Raises QueryError."""
    if len(text) > MOST_CHARACTERS:
        raise QueryError(
            text[:MOST_CHARACTERS],
            MOST_CHARACTERS - 1,
            MOST_CHARACTERS,
            f"a query has at most {MOST_CHARACTERS} characters, this one {len(text)}",
            "leave conditions out",
        )
    found, place = [], _skip(text, 0)
    while place < len(text):
        token = _next(text, place)
        found.append(token)
        place = _skip(text, token.end)
    return [*found, Token(END, "", len(text), len(text))]


def _skip(text: str, place: int) -> int:
    blank = BLANK.match(text, place)
    return blank.end() if blank else place


def _next(text: str, place: int) -> Token:
    found = TOKEN.match(text, place)
    if found is None:
        raise _unreadable(text, place)
    kind = str(found.lastgroup)
    meant = found[kind]
    for offset, mark in enumerate(found[0]):
        if not mark.isprintable():
            start = place + offset
            raise QueryError(text, start, start + 1, f"the character {mark!a} cannot be in a query")
    if kind == STRING:
        meant = re.sub(r"\\(.)", r"\1", meant)
    return Token(kind, meant, place, found.end())


def _unreadable(text: str, place: int) -> QueryError:
    if text[place] == '"':
        return QueryError(text, place, len(text), "this quote is never closed", 'end it with "')
    hint = "put text with such characters in quotes" if text[place].isprintable() else ""
    return QueryError(
        text, place, place + 1, f"the character {text[place]!a} means nothing here", hint
    )
