"""Persons' names in Chinese signs, by every spelling under which a list may hold them.

A name is read as pinyin, as Taiwan spelt it (Wade and Giles) and as families abroad and Hong Kong
do, and looked up whole among the listed names: in both orders, given names joined or apart, with
one name more beside them (Ka-chiu John). Equality only: nearly every edit of a syllable is another.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import product

from pypinyin import Style, pinyin

from .answers import MATCH, POSSIBLE, Bands, Listed, Match, Query
from .signs import ABROAD, DOUBLE, HONGKONG, JAPANESE, SURNAMES
from .tables import LEGAL
from .text import HAN, tokens

SAME, BESIDE = 0.97, 0.9
MOST_SOUNDS, MOST_READINGS = 3, 400
#: whose people write the same signs and say them otherwise
SAID_OTHERWISE = frozenset({"JP", "KR", "KP", "VN"})
MAINLAND = "CN"

_FINALS = (
    ("yan", "yen"),
    ("ye", "yeh"),
    ("you", "yu"),
    ("yong", "yung"),
    ("ian", "ien"),
    ("ong", "ung"),
    ("ie", "ieh"),
    ("ue", "ueh"),
)
_WHOLE = {
    "zi": "tzu", "ci": "tzu", "si": "ssu", "zhi": "chih", "chi": "chih", "shi": "shih",
    "ri": "jih", "yi": "i", "er": "erh", "e": "o", "ge": "ko", "ke": "ko", "he": "ho",
    "guo": "kuo", "kuo": "kuo", "huo": "huo", "shuo": "shuo", "gui": "kuei", "kui": "kuei",
}  # fmt: skip
_FOLD = dict(
    pair.split(":")
    for pair in "ee:i ei:i ey:i oo:u ow:au ah:a ar:a oh:o oy:oi eo:eu sz:s tz:ts ck:k y:i".split()  # noqa: SIM905
)
_FOLDS = re.compile("|".join(_FOLD))
_INITIALS = dict(
    pair.split(":")
    for pair in "zh:ch b:p d:t g:k j:ch q:ch x:hs z:ts c:ts r:j".split()  # noqa: SIM905
)


@lru_cache(maxsize=1024)
def wade_giles(syllable: str) -> str:
    """A syllable of pinyin as Taiwan spelt it, without the apostrophes that names leave out."""
    if syllable in _WHOLE:
        return _WHOLE[syllable]
    initial = next((one for one in ("zh", "ch", "sh") if syllable.startswith(one)), "")
    initial = initial or (syllable[0] if syllable[0] not in "aeiouwy" else "")
    final = syllable[len(initial) :]
    final = next((new for old, new in _FINALS if final == old), final)
    if final == "uo" and initial not in ("", "sh"):
        final = "o"
    return _INITIALS.get(initial, initial) + final


def parted(name: str) -> tuple[str, str] | None:
    """Surname and given name of one to two signs; None for any other name.

    A space may part them, in either order.
    """
    runs = name.split()
    if not 0 < len(runs) < 3 or not all(HAN.fullmatch(run) for run in runs):
        return None
    if len(runs) == 2 and not _surname(runs[0]) and _surname(runs[1]):
        runs = runs[::-1]
    whole = "".join(runs)
    size = 2 if whole[:2] in DOUBLE and len(whole) > 2 else 1
    family, given = whole[:size], whole[size:]
    return (family, given) if _surname(family) and 0 < len(given) < 3 else None


def _surname(run: str) -> bool:
    return run in SURNAMES or run in DOUBLE


def comparable(query: Query) -> bool:
    """Whether every spelling is known under which a list would hold this person."""
    told = parted(query.name)
    country = query.country.upper()
    if told is None or country in SAID_OTHERWISE or "".join(told)[:2] in JAPANESE:
        return False
    family, given = told
    abroad = (family in ABROAD or family in DOUBLE) and all(sign in HONGKONG for sign in given)
    return abroad or country == MAINLAND


def readings(family: str, given: str) -> list[str]:
    """Each spelling of the name as surname, space, given name; the likeliest first.

    Hong Kong's are `folded`, for no standard binds a family there.
    """
    families = DOUBLE[family][:1] if family in DOUBLE else SURNAMES[family]
    abroad = DOUBLE[family][1:] if family in DOUBLE else ABROAD.get(family, ())
    sounds = [_sounds(sign) for sign in given]
    ways = (
        (families, sounds),
        (tuple(map(wade_giles, families)), [tuple(map(wade_giles, one)) for one in sounds]),
        (abroad, sounds),
    )
    hongkong = [HONGKONG.get(sign, ()) for sign in given]
    told = dict.fromkeys(
        f"{first} {''.join(rest)}"
        for some, parts in ways
        for first in some
        for rest in product(*parts)
    )
    told |= dict.fromkeys(
        folded(first, "".join(rest)) for first in abroad for rest in product(*hongkong)
    )
    return list(told)[:MOST_READINGS]


def folded(family: str, given: str) -> str:
    """A key under which Kei and Ki, Wah and Wa, Chow and Chau are one."""
    return "~" + _FOLDS.sub(lambda found: _FOLD[found.group()], f"{family} {given}")


def _sounds(sign: str) -> tuple[str, ...]:
    told = pinyin(sign, style=Style.NORMAL, heteronym=True)[0][:MOST_SOUNDS]
    return tuple(dict.fromkeys(other for one in told for other in (one, one.replace("v", "u"))))


_FAMILIES = frozenset(
    told
    for table in (SURNAMES, ABROAD, DOUBLE)
    for spellings in table.values()
    for one in spellings
    for told in (one, wade_giles(one))
)


class ChinesePersons:
    """Listed persons by surname and given name. Immutable once built."""

    def __init__(self, names: Sequence[Listed]) -> None:
        self._names = names

    @cached_property
    def _places(self) -> Mapping[str, Sequence[tuple[int, str]]]:
        """Made for the first query in Chinese signs; place, and the name beside."""
        held: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for place, listed in enumerate(self._names):
            words = tokens(listed.name, person=True)
            if listed.kind in ("person", "") and LEGAL.isdisjoint(words):
                for key, beside in _keys(words):
                    held[key].append((place, beside))
                    held[folded(*key.split())].append((place, beside))
        return dict(held)

    def find(self, query: Query, bands: Bands) -> Iterator[Match]:
        """Every listed spelling of the name. A name beside one syllable would be anyone's."""
        told = parted(query.name)
        if told is None:
            return
        for said in readings(*told):
            for place, beside in self._places.get(said, ()):
                if not beside or len(told[1]) > 1:
                    yield _match(query, self._names[place], bands, said.strip("~"), beside)


def _match(query: Query, listed: Listed, bands: Bands, said: str, beside: str) -> Match:
    score = BESIDE if beside else SAME
    same = (f"the same words, read as {said}",)
    reasons = (f"read as {said}", f"{beside} is missing") if beside else same
    band = MATCH if score >= bands.certain(query.kind, listed.source) else POSSIBLE
    return Match(score, band, query.name, listed, reasons)


def _keys(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Surname and joined given name in every way in which the words may be meant."""
    if not 1 < len(words) < 6:
        return
    for family, rest in _families(words):
        if len(rest) < 3:
            yield f"{family} {''.join(rest)}", ""
        if 1 < len(rest) < 4:
            yield f"{family} {''.join(rest[1:])}", rest[0]
            yield f"{family} {''.join(rest[:-1])}", rest[-1]


def _families(words: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
    for at in range(len(words)):
        for size in (1, 2):
            family = "".join(words[at : at + size])
            rest = [*words[:at], *words[at + size :]]
            if family in _FAMILIES and rest and at + size <= len(words):
                yield family, rest
