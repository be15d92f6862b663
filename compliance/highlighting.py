"""What two texts have in common, word by word, for whoever compares them by eye. Pure.

It shows; it decides nothing. The score of a likeness and its reasons come from `matching`.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rapidfuzz.distance import OSA

SAME, NEAR, DIFFERS, PLAIN = "same", "near", "diff", ""
#: words this much alike by their letters are shown as alike
NEAR_FROM = 0.7
_WORDS = re.compile(r"(\W+)")


class Piece(NamedTuple):
    """A word or what parts words; `kind` is how it compares, empty where it is not compared."""

    text: str
    kind: str


def marked(text: str, beside: Iterable[str]) -> list[Piece]:
    """The text in pieces, each word by the best it finds in the other texts.

    With nothing beside it no word is marked.
    """
    others = {fold(word) for other in beside for word in _WORDS.split(other)} - {""}
    pieces = (Piece(one, _kind(fold(one), others)) for one in _WORDS.split(text) if one)
    return _joined(list(pieces))


def common(text: str, other: str) -> int:
    """How many words both have."""
    return len({*map(fold, _WORDS.split(text))} & {*map(fold, _WORDS.split(other))} - {""})


def fold(word: str) -> str:
    """A word without case, accents and signs; empty if nothing is left."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(char for char in plain if char.isalnum())


def _kind(word: str, others: set[str]) -> str:
    if not word or not others:
        return PLAIN
    if word in others:
        return SAME
    best = max(OSA.normalized_similarity(word, other) for other in others)
    return NEAR if best >= NEAR_FROM else DIFFERS


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """Neighbours of one kind as one piece, with the space between them."""
    found: list[Piece] = []
    for place, piece in enumerate(pieces):
        follows = pieces[place + 1].kind if place + 1 < len(pieces) else PLAIN
        between = not fold(piece.text) and bool(found) and found[-1].kind == follows != PLAIN
        kind = found[-1].kind if between else piece.kind
        if found and found[-1].kind == kind:
            found[-1] = Piece(found[-1].text + piece.text, kind)
        else:
            found.append(Piece(piece.text, kind))
    return found
