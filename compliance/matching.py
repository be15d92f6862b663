"""How alike a name is to the listed names. Pure: names in, explained matches out.

A name becomes tokens: NFKC, case folded, every script to Latin letters, punctuation gone, legal
forms in one spelling. Listed names are held as sorted tokens, as plain order, and without legal
forms. Equal forms match exactly; otherwise the best edit likeness over the three decides. The order
of words costs nothing, so `SURNAME, Given` meets `Given Surname`. `token_set_ratio` is not used on
purpose: it calls any subset a full match (10 % false alarms on real lists).
"""

import bisect
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from anyascii import anyascii
from rapidfuzz import fuzz, process

from .words import LEGAL, SPELLING

NONE, POSSIBLE, MATCH, UNSCREENABLE = "none", "possible", "match", "unscreenable"
SHORTEST = 3  # letters and digits; below it likeness means nothing
BEST = 10  # listed names kept per query

SAME_WORDS, SAME_LETTERS, SAME_CORE, FUZZY_CEILING = 1.0, 0.99, 0.97, 0.97
WEAK_ALIAS = 0.95  # publishers mark weak aliases as too broad to identify anyone
OTHER_KIND = 0.97  # a firm with the name of a ship may be chance: a person looks


@dataclass(frozen=True, slots=True)
class Bands:
    """Scores from `match` up are the listed party; from `possible` up a person must look."""

    match: float = 0.98
    possible: float = 0.88

    def of(self, score: float) -> str:
        if score >= self.match:
            return MATCH
        return POSSIBLE if score >= self.possible else NONE

    @property
    def scorer(self) -> str:
        """Names this scorer and its numbers; part of every decision."""
        return f"straits-names-1 match={self.match:g} possible={self.possible:g}"


@dataclass(frozen=True, slots=True)
class Listed:
    """One name of one entry as a list in force has it."""

    source: str
    uid: str
    kind: str
    content_hash: str
    name: str
    name_kind: str


@dataclass(frozen=True, slots=True)
class Match:
    score: float
    band: str
    query: str
    listed: Listed
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """`problem` says why the name cannot be screened; matches may be there all the same."""

    band: str
    matches: tuple[Match, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Forms:
    words: str
    plain: str
    core: str

    @property
    def letters(self) -> str:
        return self.plain.replace(" ", "")


_INITIALS = re.compile(r"\b(\w)\.(?=\w\b)")
_APOSTROPHES = re.compile(r"['`\u00b4\u02b9-\u02bf\u2018\u2019]")
_OTHER = re.compile(r"[^a-z0-9]+")
#: kana, Han and Hangul: each sign is a word of its own once it is in Latin letters
_EASTERN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]")
#: scripts whose letters can be set against Latin ones; others lose vowels or have no letters
_COMPARABLE = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "GEORGIAN")


@lru_cache(maxsize=4096)
def tokens(name: str, *, flip: bool = False) -> tuple[str, ...]:
    """The words of a name in comparable spelling; `flip` puts `SURNAME, Given` in plain order."""
    text = unicodedata.normalize("NFKC", name)
    if flip and text.count(",") == 1:
        surname, given = text.split(",")
        text = f"{given} {surname}"
    text = _EASTERN.sub(r" \g<0> ", text).casefold().replace("&", " and ")
    text = anyascii(_APOSTROPHES.sub("", text)).lower()
    text = _INITIALS.sub(r"\1", _APOSTROPHES.sub("", text))
    return tuple(SPELLING.get(word, word) for word in _OTHER.split(text) if word)


def forms(name: str, *, kind: str = "") -> Forms:
    words = tokens(name, flip=kind == "person")
    core = [word for word in words if word not in LEGAL] if kind != "person" else words
    return Forms(" ".join(sorted(words)), " ".join(words), " ".join(sorted(core)))


def problem_with(name: str) -> str:
    """Why likeness to this name would mean nothing; empty when it can be screened."""
    letters = [char for char in unicodedata.normalize("NFKC", name) if char.isalpha()]
    if sum(map(len, tokens(name))) < SHORTEST:
        return "the name is empty or too short to compare"
    if letters and not any(unicodedata.name(x, "").startswith(_COMPARABLE) for x in letters):
        return "the name is in a script that cannot be compared with the lists letter by letter"
    return ""


class _Keys:
    """Strings in order of length, so that a search looks only at lengths that could be alike."""

    def __init__(self, places: Mapping[str, list[int]]) -> None:
        self.places = places
        self.keys = sorted(places, key=len)
        self.lengths = [len(key) for key in self.keys]

    def alike(self, query: str, cutoff: float) -> Iterator[tuple[int, float]]:
        """Places of keys whose edit likeness (indel, 0-1) to the query reaches the cutoff."""
        reach = cutoff / (2 - cutoff)
        low = bisect.bisect_left(self.lengths, int(len(query) * reach))
        high = bisect.bisect_right(self.lengths, int(len(query) / reach) + 1)
        near = process.extract(
            query, self.keys[low:high], scorer=fuzz.ratio, score_cutoff=cutoff * 100, limit=BEST * 3
        )
        for key, likeness, _ in near:
            for place in self.places[key]:
                yield place, likeness / 100


class Index:
    """All names of the lists in force, held for search; immutable once built."""

    def __init__(self, names: Iterable[Listed], bands: Bands | None = None) -> None:
        self.bands = bands or Bands()
        self.names: Sequence[Listed] = list(names)
        words, plain, core, letters = (defaultdict[str, list[int]](list) for _ in range(4))
        for place, listed in enumerate(self.names):
            form = forms(listed.name, kind=listed.kind)
            words[form.words].append(place)
            letters[form.letters].append(place)
            if form.plain != form.words:
                plain[form.plain].append(place)
            core[form.core].append(place)
        for held in (words, plain, core, letters):
            held.pop("", None)
        self._exact, self._letters, self._core = words, letters, core
        only_core = {key: places for key, places in core.items() if key not in words}
        self._keys = (_Keys(words), _Keys(plain), _Keys(only_core))

    def screen(self, name: str, *, kind: str = "") -> Answer:
        """Matches of one name, best first, one per entry. `kind` is person, organisation or ''."""
        form, problem = forms(name, kind=kind), problem_with(name)
        found: dict[int, tuple[float, str]] = dict(self._exactly(form))
        if not problem:
            for place, likeness in self._nearly(form):
                if place not in found or likeness > found[place][0]:
                    found[place] = (likeness, f"letters are {likeness:.0%} alike")
        scored = (self._match(name, kind, place, *why) for place, why in found.items())
        matches = _best(match for match in scored if match.band != NONE)
        band = matches[0].band if matches else NONE
        if problem and band != MATCH:
            band = UNSCREENABLE
        return Answer(band, matches, problem)

    def _exactly(self, form: Forms) -> Iterator[tuple[int, tuple[float, str]]]:
        """The weakest equality first: a later, stronger one overwrites it."""
        if len(form.core) >= SHORTEST:
            for place in self._core.get(form.core, ()):
                yield place, (SAME_CORE, "the same name with another legal form")
        for place in self._letters.get(form.letters, ()):
            yield place, (SAME_LETTERS, "the same letters, spaced otherwise")
        for place in self._exact.get(form.words, ()):
            yield place, (SAME_WORDS, "the same words")

    def _nearly(self, form: Forms) -> Iterator[tuple[int, float]]:
        words, plain, core = self._keys
        cutoff = self.bands.possible
        searches = [(words, form.words), (plain, form.plain), (words, form.core), (core, form.core)]
        for keys, query in dict.fromkeys(searches):
            if len(query) >= SHORTEST:
                for place, likeness in keys.alike(query, cutoff):
                    yield place, min(likeness, FUZZY_CEILING)

    def _match(self, query: str, kind: str, place: int, score: float, why: str) -> Match:
        listed, reasons = self.names[place], [why]
        if listed.name_kind == "weak":
            score *= WEAK_ALIAS
            reasons.append("listed as a weak alias")
        if kind and kind != listed.kind:
            score *= OTHER_KIND
            reasons.append(f"asked as {kind}, listed as {listed.kind}")
        score = round(score, 4)
        return Match(score, self.bands.of(score), query, listed, tuple(reasons))


def _best(matches: Iterable[Match]) -> tuple[Match, ...]:
    """The best match of each entry, the likeliest entries first, at most BEST of them."""
    entries: dict[tuple[str, str], Match] = {}
    for match in matches:
        key = (match.listed.source, match.listed.uid)
        if key not in entries or match.score > entries[key].score:
            entries[key] = match
    ranked = sorted(entries.values(), key=lambda one: (-one.score, one.listed.uid))
    return tuple(ranked[:BEST])
