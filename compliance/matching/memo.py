"""A bounded memory of a pure function's results, safe to share between threads."""

from collections.abc import Callable
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Memo(Generic[Key, Value]):
    """Keyed by the words themselves, never by an id: an id may name another party tomorrow.

    Two threads may compute the same result; both get the same one, since the function is pure.
    """

    def __init__(self, work: Callable[[Key], Value], size: int = 500_000) -> None:
        self._work, self._size = work, size
        self._held: dict[Key, Value] = {}

    def __call__(self, key: Key) -> Value:
        found = self._held.get(key)
        if found is None:
            if len(self._held) >= self._size:
                self._held = {}  # a new one: whoever reads the old one goes on reading it
            found = self._held[key] = self._work(key)
        return found
