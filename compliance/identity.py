"""What a party may say of itself: birth dates and numbers, and what is wrong with one. Pure."""

import re
from datetime import date

from .matching.identifiers import DUNS, LEI, USCC, is_lei, is_uscc
from .matching.text import clean_number

OLDEST = 120  # years
SHORTEST = 3  # signs of a number in some register

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


def fault_of_birth_date(text: str, *, today: date | None = None) -> str:
    """What is wrong with a birth date and how to mend it; empty when nothing is.

    It may be a year or a month only. Without `today` its age is not looked at.
    """
    found = _DATE.fullmatch(text)
    if not found:
        return "Write it as 1980-12-31, or 1980 if only the year is known."
    try:
        first = date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return "There is no such day; write it as year-month-day, such as 1980-12-31."
    if today and first > today:
        return "This day has not come yet; check the year."
    if today and first.year < today.year - OLDEST:
        return f"This is more than {OLDEST} years ago; check the year."
    return ""


def written(kind: str, number: str) -> str:
    """The number as it is kept: those with a fixed form without spaces and in capitals."""
    return clean_number(number) if kind in (USCC, LEI, DUNS) else " ".join(number.split())


def fault_of_number(kind: str, number: str) -> str:
    """What is wrong with a number of that kind and how to mend it; empty when nothing is."""
    if kind == USCC and not is_uscc(number):
        return (
            "This is no unified social credit code: it has 18 digits and capitals without I, O, S,"
            " V and Z, the last of which checks the others. Copy it from the business licence."
        )
    if kind == LEI and not is_lei(number):
        return (
            "This is no legal entity identifier: it has 20 digits and capitals, the last two of"
            " which check the others. Copy it from search.gleif.org."
        )
    if kind == DUNS and not re.fullmatch(r"[0-9]{9}", number):
        return "A D-U-N-S number has 9 digits. Copy it from dnb.com."
    if len(clean_number(number)) < SHORTEST:
        return f"A number has at least {SHORTEST} letters or digits. Copy it from the register."
    return ""
