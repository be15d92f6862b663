"""How a token sounds: spelling habits of transliteration, bare consonants, Chinese syllables."""

import re
from collections.abc import Sequence
from functools import lru_cache

from .chinese import SURNAMES

#: replaced in this order
_HABITS = tuple(
    pair.split(">")
    for pair in (  # noqa: SIM905  a table to be read
        "sch>x tch>x shch>x sh>x ch>x zh>j dj>j dzh>j kh>h gh>g th>t dh>d ph>f ts>s tz>s ck>k"
        " q>k c>k w>v ou>u oo>u ee>i ey>i ei>i iy>i yi>i y>i ii>i z>s oe>o ue>u ae>a"
    ).split()
)
_DOUBLE = re.compile(r"(.)\1+")
_VOWELS = str.maketrans("", "", "aeiou")
_SYLLABLE = (
    r"(?:(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan"
    r"|ai|an|ao|ei|en|er|ia|ie|in|iu|ou|ua|ue|ui|un|uo|ve|a|e|i|o|u|v))"
)
_ONE, _TWO = re.compile(_SYLLABLE), re.compile(f"{_SYLLABLE}(?:(?![iou]){_SYLLABLE})?")


@lru_cache(maxsize=262_144)
def fold(word: str) -> str:
    """A light phonetic key; vowels stay."""
    for habit, letter in _HABITS:
        if habit in word:
            word = word.replace(habit, letter)
    word = _DOUBLE.sub(r"\1", word)
    return word[:-1] if len(word) > 3 and word[-1] == "h" else word


@lru_cache(maxsize=262_144)
def skeleton(word: str) -> str:
    """Consonants only: what a script without vowels and most variants of vowels keep."""
    key = "y" + fold(word)[1:] if word[:1] == "y" else fold(word)
    return key.translate(_VOWELS)


def vowelless(word: str) -> bool:
    return word.translate(_VOWELS) == word


@lru_cache(maxsize=262_144)
def syllable(word: str) -> bool:
    """Whether this is one syllable of pinyin: nearly every edit of it is another name."""
    return _ONE.fullmatch(word) is not None


@lru_cache(maxsize=262_144)
def syllables(word: str) -> bool:
    return _TWO.fullmatch(word) is not None


def looks_chinese(words: Sequence[str]) -> bool:
    return (
        1 < len(words) <= 4
        and not SURNAMES.isdisjoint(words)
        and all(syllables(word) for word in words)
    )
