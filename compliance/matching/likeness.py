"""How alike two tokens are: edits, sound, bare consonants.

An edit that makes another known name (Kazim, Karim; any Chinese syllable) costs more than one that
makes no word: a typo is rarely a name.
"""

from rapidfuzz.distance import OSA

from .memo import Memo
from .numbers import NUMBERS
from .sound import fold, skeleton, syllable, syllables, vowelless
from .tables import LEGAL, PARTICLES, SPELLING
from .worth import MENDED, Worth

_SPELLINGS = {
    word: (word, *(other for other in SPELLING if SPELLING[other] == word)) for word in PARTICLES
} | {"al": ("al", "el", "ul")}
NEARLY = 0.8  # likeness


def near(one: str, other: str, edits: int = 1) -> bool:
    return OSA.distance(one, other, score_cutoff=edits) <= edits


def far(word: str, other: str, edits: int) -> bool:
    """Whether the letters alone tell that these are more than so many edits and a sound apart.

    An edit takes one kind of letter away and brings another, at most; and whatever `sound` does to
    a word, it neither adds nor takes away the last letter of a kind of `_KEPT`.
    """
    unlike = LETTERS[word] ^ LETTERS[other]
    return bool(unlike & _KEPT) and unlike.bit_count() > 2 * edits


def _letters(word: str) -> int:
    """One bit for each kind of letter; of the words of the lists and queries, all `a` to `z`."""
    found = 0
    for letter in word:
        found |= 1 << (ord(letter) & 63)
    return found


LETTERS = Memo(_letters)
_KEPT = _letters("blmnr")


class Likeness:
    """Of a query's token to a listed one, 0 to 1."""

    def __init__(self, worth: Worth) -> None:
        self._worth, self._seen = worth, worth.seen
        self.of = Memo(self._of, size=2_000_000)

    def known(self, word: str, *, chinese: bool) -> bool:
        """Whether a token is a name or word by itself, and so rarely a slip of another."""
        return self._seen.get(word, 0) >= 2 or syllable(word) or (chinese and syllables(word))

    def _of(self, key: tuple[str, str, bool]) -> float:
        word, listed, chinese = key
        if word == listed:
            return 1.0
        special = self._special(word, listed, chinese)
        if special is not None:
            return special
        if far(word, listed, _allowed(word, listed)):
            return 0.0
        likeness = self._by_edits(word, listed, chinese)
        if syllable(word) and syllable(listed):
            return min(likeness, 0.4)
        if chinese and syllables(listed):
            return likeness
        return max(likeness, self._by_sound(word, listed), 0.0)

    def _special(self, word: str, listed: str, chinese: bool) -> float | None:
        if listed in PARTICLES and not chinese:
            short = len(word) < max(5, len(listed) + 2) and self._seen.get(word, 0) < 30
            spellings = _SPELLINGS.get(listed, (listed,))
            return 0.7 if short and any(near(word, other) for other in spellings) else 0.0
        if len(word) == 1 or len(listed) == 1:
            return 0.6 if word[0] == listed[0] else 0.0
        if listed in MENDED and self._worth.mend[word] == listed:
            return 0.96
        if listed in LEGAL:
            return 0.7 if near(word, listed) and self._slip(word) else 0.0
        if not (word.isalpha() and listed.isalpha()):
            return 0.7 if min(len(word), len(listed)) > 4 and near(word, listed) else 0.0
        return None

    def nearly(self, word: str, listed: str) -> float:
        """Of words that are not Chinese, if it is above NEARLY; 0 otherwise, and mostly at once."""
        longer = max(len(word), len(listed))
        edits = 1 if longer < 15 else 2 if longer < 38 else 3
        mended = listed in MENDED and self._worth.mend[word] == listed
        if far(word, listed, edits) and not mended:
            return 0.0
        likeness = self.of[word, listed, False]
        return likeness if likeness > NEARLY else 0.0

    def _slip(self, word: str) -> bool:
        return self._seen.get(word, 0) < 40 and word not in LEGAL

    def _by_edits(self, word: str, listed: str, chinese: bool) -> float:
        longer, allowed = max(len(word), len(listed)), _allowed(word, listed)
        edits = OSA.distance(word, listed, score_cutoff=allowed)
        if edits > allowed:
            return 0.0
        likeness = 1 - edits / longer - 0.06 * (edits - 1)
        return likeness - (NUMBERS.real_word if self.known(word, chinese=chinese) else 0.0)

    def _by_sound(self, word: str, listed: str) -> float:
        heard, other = fold(word), fold(listed)
        if heard == other:
            return 0.95
        bones = skeleton(word)
        if bones != skeleton(listed) or len(bones) < 2:
            return 0.0
        short = 0.12 if len(bones) == 2 else 0.0
        if vowelless(word):
            return 0.92 - short
        room = 1 if min(len(heard), len(other)) <= 5 else 2
        if near(heard, other):
            return 0.85 - short
        return (0.78 if near(heard, other, room) or near(word, listed, room) else 0.62) - short


def _allowed(word: str, listed: str) -> int:
    """Edits beyond which two words are not alike."""
    longer = max(len(word), len(listed))
    return 1 if longer <= 5 else 2 if longer <= 9 else 3
