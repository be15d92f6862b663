"""Numbers that registers give to parties: what their check digits say, and how they compare.

USCC: GB 32100-2015. LEI: ISO 17442 with ISO 7064 MOD 97-10.
"""

import re
from collections.abc import Iterable, Iterator

from .text import clean_number

USCC, LEI, DUNS, REGISTRATION, TAX = "uscc", "lei", "duns", "registration", "tax"

_USCC_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC = re.compile(rf"[{_USCC_SIGNS}]{{18}}")
_LEI = re.compile(r"[A-Z0-9]{18}[0-9]{2}")

SHORTEST = 5
#: some lists write the register before the number and a place behind it: INN: 7702, Kenya
_BESIDE = re.compile(r",|\s+(?=[^\W\d]{4,})")
#: digits alone that are fewer than these come again in every country
FEWEST_DIGITS = 9
#: a paper of a person is numbered anew by each country, also with letters
FEWEST_SIGNS = 10
#: kinds whose numbers are given once in the world, whoever gives them
WORLDWIDE = frozenset({"imo", "mmsi", "swift", DUNS, "crypto"})
PAPERS = frozenset({"passport", "national_id"})
#: where a list does not say which country gave a number
NOWHERE = "ZZ"


def is_uscc(number: str) -> bool:
    """Whether it is a unified social credit code with the right check digit."""
    if not _USCC.fullmatch(number):
        return False
    values = [_USCC_SIGNS.index(sign) for sign in number]
    total = sum(value * pow(3, place, 31) for place, value in enumerate(values[:17]))
    return values[17] == -total % 31


def is_lei(number: str) -> bool:
    """Whether it is a legal entity identifier with the right check digits."""
    digits = "".join(str(int(sign, 36)) for sign in number) if _LEI.fullmatch(number) else "0"
    return int(digits) % 97 == 1


#: numbers that tell by themselves what they are, whatever the list calls them
CHECKED = ((USCC, is_uscc), (LEI, is_lei))


def listed_as(kind: str, value: str, countries: Iterable[str]) -> Iterator[str]:
    """The forms under which a listed number is found: bare, and by its kind.

    `countries` are those of the entry; a number that many countries give is bound to them.
    """
    number = _number(value)
    if _tells(number):
        named, bound = _named(kind, number)
        places = (tuple(countries) or (NOWHERE,)) if bound else ()
        yield from dict.fromkeys([number, named + number])
        yield from (f"{named}{place}{number}" for place in places)


def asked_as(kind: str, value: str, country: str) -> tuple[str, ...]:
    """The forms in which a party's number is asked for; none for what identifies nobody.

    `country` gave the number. Without it a number that many countries give is looked for in all.
    """
    number = _number(value)
    if not _tells(number):
        return ()
    named, bound = _named(kind, number)
    if bound and country:
        return (f"{named}{country}{number}", f"{named}{NOWHERE}{number}")
    return (named + number,)


def others(asked: Iterable[str], listed: Iterable[str]) -> bool:
    """Whether both have a number of a kind that everyone has only one of, and none in common."""
    mine, theirs = set(asked), set(listed)
    pairs = [(_of(kind, mine), _of(kind, theirs)) for kind, _ in CHECKED]
    return any(mine and theirs and not mine & theirs for mine, theirs in pairs)


def _number(value: str) -> str:
    number = clean_number(_BESIDE.split(value.rpartition(":")[2].strip())[0])
    return number[3:] if re.fullmatch(r"IMO[0-9]{7}", number) else number


def _tells(number: str) -> bool:
    return len(number) >= SHORTEST and len(set(number)) > 1


def _named(kind: str, number: str) -> tuple[str, bool]:
    """What is written before the number, and whether the country belongs to it."""
    for own, fits in CHECKED:
        if fits(number):
            return own.upper(), False
    if kind in WORLDWIDE:
        return kind.upper(), False
    few = number.isdigit() and len(number) < FEWEST_DIGITS
    if kind in PAPERS:
        return "PAPER", few or len(number) < FEWEST_SIGNS
    # publishers mix these up: the number in the register is often the tax number
    return "REGISTER", few


def _of(kind: str, forms: Iterable[str]) -> set[str]:
    """The numbers of that kind with the right check digits, bare or not."""
    bare = {form.removeprefix(kind.upper()) for form in forms}
    return set(filter(dict(CHECKED)[kind], bare))
