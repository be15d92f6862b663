"""A firm's Chinese name in parts: places, brands, words of trade, numbers, and what only sounds."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pypinyin import lazy_pinyin

from .chinese import BRANDS, DIGITS, GLOSS, GROUPS, LONGEST, PLACES, SUFFIXES

PLACE, NAME, WORD, NUMBER = "place", "name", "word", "number"
_SIGNS = "".join(DIGITS)
#: 第五十四 and 七〇一; fewer than three bare digits may be a brand (三一, 一汽)
_NUMBER = re.compile(rf"第([{_SIGNS}十百]+)|([{_SIGNS}]{{3,}})")
#: 兴和县 at the beginning, of which only the sound is known
_TOWN = re.compile(r"[\u4e00-\u9fff]{2,3}?(?=[市县])")
_WRITTEN = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_TAILS = {1: "st", 2: "nd", 3: "rd"}


@dataclass(frozen=True, slots=True)
class Part:
    """Signs of the name, what they are, and their English, the likeliest first."""

    signs: str
    kind: str
    english: tuple[str, ...]


@lru_cache(maxsize=4096)
def parts(run: str) -> tuple[Part, ...]:
    """The name from left to right, the longest known word at each place."""
    found: list[Part] = []
    sounds = ""
    place = 0
    while place < len(run):
        part = _number(run, place) or _word(run, place) or _town(run, place)
        if part is None:
            sounds, place = sounds + run[place], place + 1
            continue
        found += [*_sounding(sounds), part]
        sounds, place = "", place + len(part.signs)
    return (*found, *_sounding(sounds))


def english(run: str) -> str:
    """The likeliest English of a firm's name; what is no word we know as it sounds."""
    return " ".join(part.english[0] for part in parts(run))


@lru_cache(maxsize=65_536)
def pinyin(signs: str) -> str:
    return "".join(lazy_pinyin(signs))


def _word(run: str, place: int) -> Part | None:
    for length in range(min(LONGEST, len(run) - place), 0, -1):
        signs = run[place : place + length]
        if signs in GLOSS:
            if signs in PLACES and run[place + length : place + length + 1] in tuple(SUFFIXES):
                return Part(signs + run[place + length], PLACE, GLOSS[signs])
            return Part(signs, _kind(signs), GLOSS[signs])
    return None


def _town(run: str, place: int) -> Part | None:
    found = _TOWN.match(run) if place == 0 else None
    return found and Part(run[: found.end() + 1], PLACE, (pinyin(found[0]),))


def _kind(signs: str) -> str:
    if signs in BRANDS or signs in GROUPS:
        return NAME
    return PLACE if signs in PLACES else WORD


def _sounding(signs: str) -> Iterator[Part]:
    if signs:
        yield Part(signs, NAME, (pinyin(signs),))


def _number(run: str, place: int) -> Part | None:
    found = _NUMBER.match(run, place)
    if found is None:
        return None
    value = _value(found[1] or found[2])
    if not found[1]:
        return Part(found[0], NUMBER, (str(value),))
    told = (_ordinal(value), *_WRITTEN[value - 1 : value], f"no {value}", str(value))
    if run.startswith("研究院", found.end()):
        academies = [f"{one} {word}" for word in ("academy", "research academy") for one in told]
        return Part(f"{found[0]}研究院", NUMBER, tuple(academies))
    return Part(found[0], NUMBER, told)


def _value(signs: str) -> int:
    if not set(signs) & set("十百"):
        return int("".join(DIGITS[sign] for sign in signs))
    total = digit = 0
    for sign in signs:
        if sign in DIGITS:
            digit = int(DIGITS[sign])
        else:
            total, digit = total + (digit or 1) * (10 if sign == "十" else 100), 0
    return total + digit


def _ordinal(value: int) -> str:
    teen = value % 100 in (11, 12, 13)
    return f"{value}{'th' if teen else _TAILS.get(value % 10, 'th')}"
