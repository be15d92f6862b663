"""The listed names as the index keeps them: tokens, core, joined letters, hashes of equal forms."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from .answers import Listed
from .listing import names_in
from .text import clean_number, core, every, plain, spelt

Words = tuple[str, ...]
Gap = tuple[bool | str, ...]


@dataclass(frozen=True, slots=True)
class Name:
    listed: Listed
    words: Words
    core: Words
    family: int
    plain: Words
    every: Words
    told: str  # the core, in the order of the alphabet
    whole: str
    flipped: str  # family name last; empty when that is no other order

    @property
    def person(self) -> bool:
        return self.listed.kind == "person"

    def joined(self) -> Iterator[str]:
        """The name as one word, in each order in which it may be given, and its core."""
        for words in (self.words, self.plain):
            yield "".join(words)
            yield "".join(words[self.family :] + words[: self.family])
            yield "".join(words[-1:] + words[:-1])
        yield "".join(self.core)
        yield "".join(self.every)


def names_of(listed: Listed) -> Iterator[Name]:
    """The listed name and, of a firm, those that stand in it."""
    told = [listed.name] if listed.kind == "person" else names_in(listed.name)
    for one in told:
        if name := name_of(replace(listed, name=one)):
            yield name if one is listed.name else replace(name, listed=listed)


def name_of(listed: Listed) -> Name | None:
    """None for a name in which nothing can be compared."""
    person = listed.kind == "person"
    raw = plain(listed.name, person=person)
    words = spelt(raw)
    if not words:
        return None
    comma = person and "," in listed.name
    family = len(plain(listed.name.split(",")[0], person=True)) if comma else 0
    known = core(words, person=person)
    flipped = " ".join(words[family:] + words[:family]) if family else ""
    told = " ".join(sorted(known))
    said = every(listed.name, person=person)
    return Name(listed, words, known, family, raw, said, told, " ".join(words), flipped)


def _without_one(name: Name) -> set[Gap]:
    """Without each word of a person, or each between the first and the last of the rest."""
    words = name.words
    inner = range(len(words)) if name.person else range(1, len(words) - 1)
    return {(name.person, *sorted(words[:at] + words[at + 1 :])) for at in inner if len(words) > 2}


class Equals:
    """Places of names by forms that must be equal. Immutable once built."""

    def __init__(self, names: Iterable[Name]) -> None:
        self.words, self.letters, self.cores, self.numbers = (
            defaultdict[str, list[int]](list) for _ in range(4)
        )
        self.gaps: dict[Gap, list[int]] = defaultdict(list)
        for place, name in enumerate(names):
            self.words[" ".join(sorted(name.words))].append(place)
            self.cores[" ".join(sorted(name.core))].append(place)
            for letters in sorted(
                set(name.joined()) - {"".join(name.core)} | {"".join(name.words)}
            ):
                self.letters[letters].append(place)
            for words in _without_one(name):
                self.gaps[words].append(place)
            for number in name.listed.numbers:
                if len(clean_number(number)) > 4:
                    self.numbers[clean_number(number)].append(place)
