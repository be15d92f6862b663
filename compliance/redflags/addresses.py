"""R4: an address that is or is like that of a listed party."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from compliance.matching.text import plain

from .finding import Finding

#: a number and this many words in common: less than that is a town, not an address
WORDS_SHARED = 2
SPELLING = {
    "ave": "avenue", "av": "avenue", "bldg": "building", "blk": "block", "blvd": "boulevard",
    "bd": "boulevard", "cres": "crescent", "ctr": "centre", "center": "centre", "dr": "drive",
    "fl": "floor", "flr": "floor", "hwy": "highway", "jln": "jalan", "lvl": "level", "ln": "lane",
    "pl": "place", "rd": "road", "rm": "room", "sq": "square", "st": "street", "ste": "suite",
    "str": "street", "twr": "tower",
}  # fmt: skip
#: says only that a number follows
EMPTY = frozenset({"no", "number", "unit", "the", "of", "floor", "level", "room", "suite", "block"})


@dataclass(frozen=True, slots=True)
class Place:
    """An address as its words and its numbers, however it was written."""

    words: frozenset[str]
    numbers: frozenset[str]

    @classmethod
    def of(cls, text: str) -> "Place":
        found = [SPELLING.get(word, word) for word in plain(text)]
        numbers = frozenset(word for word in found if any(char.isdigit() for char in word))
        return cls(frozenset(found) - numbers - EMPTY, numbers)

    def likeness(self, other: "Place") -> int:
        """Percent of the words that both have; 0 unless one's numbers are all among the other's."""
        fewer, more = sorted((self.numbers, other.numbers), key=len)
        shared = self.words & other.words
        if not fewer or not fewer <= more or len(shared) < WORDS_SHARED:
            return 0
        return 100 * len(shared) // len(self.words | other.words)


@dataclass(frozen=True, slots=True)
class ListedAddress:
    source: str
    uid: str
    text: str


class Addresses:
    """The addresses of listed parties, to be looked up by the numbers in them."""

    def __init__(self, listed: Iterable[ListedAddress]) -> None:
        self._by_number: dict[str, list[tuple[Place, ListedAddress]]] = defaultdict(list)
        for one in listed:
            place = Place.of(one.text)
            for number in place.numbers:
                self._by_number[number].append((place, one))

    def near(self, text: str, *, percent: int) -> Iterator[Finding]:
        """One finding per entry with an address at least that much like this one."""
        place, seen = Place.of(text), set()
        candidates = {
            (one.source, one.uid, one.text): (other, one)
            for number in sorted(place.numbers)
            for other, one in self._by_number.get(number, ())
        }
        for key, (other, one) in sorted(candidates.items(), key=lambda pair: pair[0]):
            if key[:2] not in seen and place.likeness(other) >= percent:
                seen.add(key[:2])
                yield _finding(text, one, same=place == other)


def _finding(text: str, one: ListedAddress, *, same: bool) -> Finding:
    word = "is" if same else "is like"
    told = f"The address {text!r} {word} that of {one.source} {one.uid}: {one.text!r}."
    evidence = {"address": text, "source": one.source, "uid": one.uid, "listed": one.text}
    return Finding("R4", told, evidence)
