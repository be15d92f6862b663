from collections.abc import Iterable
from difflib import get_close_matches


class QueryError(Exception):
    """A query cannot be read at one place; says what was found there and how to mend it.

    `start` and `end` are offsets in the text, `column` counts from one as readers do.
    """

    def __init__(self, text: str, start: int, end: int, message: str, hint: str = "") -> None:
        super().__init__(f"column {start + 1}: {message}")
        self.text, self.start, self.end = text, start, end
        self.message, self.hint = message, hint

    @property
    def column(self) -> int:
        return self.start + 1

    def caret(self) -> str:
        """Two lines: the query, and a mark under the place."""
        shown = "".join(mark if mark.isprintable() else " " for mark in self.text)
        return f"{shown}\n{' ' * self.start}{'^' * max(1, self.end - self.start)}"


def nearest(word: str, known: Iterable[str]) -> str:
    """ "did you mean memory?", or "" when nothing known is like the word."""
    found = get_close_matches(word.lower()[:40], list(known), n=1, cutoff=0.6)
    return f"did you mean {found[0]}?" if found else ""
