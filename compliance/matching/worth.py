"""What a token is worth, given the lists in force: rare words tell names apart."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import partial

from rapidfuzz import process
from rapidfuzz.distance import OSA

from .memo import Memo
from .numbers import NUMBERS
from .slips import lost
from .tables import INDUSTRY, LEGAL, PARTICLES, SPELLING

ORGANISATION, PERSON, CHINESE = "organisation", "person", "chinese"  # ways to read a token
#: words worth mending when they are mistyped
_KNOWN = sorted(word for word in {*SPELLING, *LEGAL, *INDUSTRY} if len(word) > 3)
_LONG = tuple(word for word in _KNOWN if len(word) > 7)
#: what a mended word can become
MENDED = frozenset(SPELLING.get(word, word) for word in _KNOWN)
_SHORT_FORMS = sorted(word for word in LEGAL if 2 < len(word) < 5)


class Worth:
    def __init__(self, names: Sequence[tuple[str, ...]]) -> None:
        self.seen = Counter(word for words in names for word in set(words))
        self._most = math.log(max(len(names), NUMBERS.names) + 1)
        self._mends: dict[str, list[str]] = defaultdict(list)
        for word in _KNOWN:
            for key in sorted(lost(word)):
                self._mends[key].append(word)
        self.mend = Memo(self._mend)
        self._whole = self._words()
        #: by the way to read a token, then by the token
        self.of = {way: Memo(partial(self._of, way)) for way in (ORGANISATION, PERSON, CHINESE)}

    def _mend(self, word: str) -> str:
        """A mistyped company word becomes that word; any token the lists know stays."""
        seen = self.seen.get(word, 0)
        if seen > 2 or len(word) < 4:
            return word
        near = {other for key in lost(word) for other in self._mends.get(key, ())} - {"joint"}
        near = {other for other in near if OSA.distance(word, other, score_cutoff=1) <= 1}
        if seen:
            near = {other for other in near if SPELLING.get(other, other) in LEGAL}
        elif not near and len(word) > 7:
            hits = process.extract(word, _LONG, scorer=OSA.distance, score_cutoff=2)
            near = {hit[0] for hit in hits}
        if len(word) == 4:
            near = {other for other in near if other in SPELLING and sorted(other) == sorted(word)}
        best = min(near, key=lambda other: (-len(other), other), default=word)
        return SPELLING.get(best, best)

    def _of(self, way: str, word: str) -> float:
        rare = 1 - math.log(self.seen[word]) / self._most if word in self.seen else 1.0
        worth = max(0.12, rare)
        if way == ORGANISATION:
            mended = self.mend[word]
            if mended in LEGAL or self._slip_of_legal_form(word):
                return NUMBERS.legal
            if self._slip_of_and(word):
                return NUMBERS.particle
            if mended in INDUSTRY:
                return min(worth, 0.7) * NUMBERS.industry
        if word in PARTICLES and way != CHINESE:
            return NUMBERS.particle
        return min(worth, 0.8) * 0.5 if len(word) == 1 else worth

    def _slip_of_legal_form(self, word: str) -> bool:
        if word in self.seen or not 2 < len(word) < 6:
            return False
        return any(OSA.distance(word, form, score_cutoff=1) <= 1 for form in _SHORT_FORMS)

    def _slip_of_and(self, word: str) -> bool:
        few = self.seen.get(word, 0) < 3
        return few and 1 < len(word) < 5 and OSA.distance(word, "and", score_cutoff=1) <= 1

    def respaced(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """Undo a lost or added space where a company word or two listed tokens appear."""
        found: list[str] = []
        for word in words:
            whole = found[-1] + word if found else ""
            both = word in _KNOWN_SET and bool(found) and found[-1] in _KNOWN_SET
            if len(whole) > 5 and whole in _KNOWN_SET and not both:
                found[-1] = SPELLING.get(whole, whole)
            else:
                found += self._cut(word)
        return tuple(found)

    def _cut(self, word: str) -> list[str]:
        if len(word) < 7 or word in self.seen or not word.isalpha() or self.mend[word] != word:
            return [word]
        for at in range(len(word) - 3, 2, -1):
            first, second = word[:at], word[at:]
            known = first in self._whole and second in self._whole
            tail = second in _KNOWN_SET and at < len(word) - 5
            if known or tail or (first in _KNOWN_SET and at > 5):
                return [SPELLING.get(first, first), SPELLING.get(second, second)]
        return [word]

    def _words(self) -> frozenset[str]:
        """Words at which a name may be cut, also in their other spellings."""
        often = {word for word, seen in self.seen.items() if seen > 3}
        written = {other for other, word in SPELLING.items() if word in often}
        never = set(SPELLING)  # such a spelling counts as the word it stands for
        return _KNOWN_SET | {word for word in (often - never) | written if len(word) > 3}


_KNOWN_SET = frozenset(_KNOWN)
