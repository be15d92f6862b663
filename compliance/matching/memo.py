"""A bounded memory of a pure function's results, safe to share between threads."""

from collections.abc import Callable
from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Memo(dict[Key, Value]):
    """Keyed by the words themselves, never by an id: an id may name another party tomorrow.

    Two threads may compute the same result; both get the same one, since the function is pure.
    """

    def __init__(self, work: Callable[[Key], Value], size: int = 500_000) -> None:
        super().__init__()
        self._work, self._size = work, size

    def __missing__(self, key: Key) -> Value:
        if len(self) >= self._size:
            self.clear()
        found = self[key] = self._work(key)
        return found
