"""The UK Sanctions List, since 2026-01-28 the only list of the United Kingdom, as XML or CSV.

Name 1 to Name 5 are given names, Name 6 is the family name or the whole name of a firm or ship.
Aliases may be marked of low quality; dates are dd/mm/yyyy with letters for what is not known, and
a field for a number may hold a sentence. The CSV has a row for each combination of all that is said
of a party more than once, so the XML is to be preferred: it is half the size.
Format: https://www.gov.uk/government/publications/the-uk-sanctions-list
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from . import uk_csv, uk_xml
from .base import ORGANISATION, PERSON, PRIMARY, STRONG, VESSEL, WEAK, MalformedList, ParsedEntry
from .dates import birth_dates
from .identifiers import identifier, in_sentence, kind_of
from .names import distinct_names
from .places import one_file
from .tables import AGAIN, MEGABYTE
from .uk_said import Said

KINDS = {"individual": PERSON, "entity": ORGANISATION, "ship": VESSEL}
PRIMARY_NAME = "primary name"
NAME_TYPES = (PRIMARY_NAME, "primary name variation", "alias")
#: what a number is when its text does not say so itself
NUMBERS = {
    "passport": "passport",
    "national": "national identification",
    "business": "business registration",
    "imo": "imo",
}
REMARKS = {"UN reference": "un", "Position": "position", "Sanctions": "sanctions"}
BIGGEST = 256 * MEGABYTE  # the XML has 22, the CSV 50


class UkSl:
    code = "uk_sl"
    title = "UK Sanctions List"
    max_age_hours = 48

    def read(self, place: Path, published_on: date | None = None) -> Iterator[ParsedEntry]:
        """Designated persons, entities and ships of the one file."""
        path = one_file(place, (".xml", ".csv"))
        reader = uk_csv if path.suffix.lower() == ".csv" else uk_xml
        for one in reader.read(path, biggest=BIGGEST):
            yield _entry(path.name, one)


def _entry(file: str, one: Said) -> ParsedEntry:
    if not one.uid or len(one.uid) > 20:
        raise MalformedList(file, one.line, f"has a UniqueID of {one.uid[:40]!r}", AGAIN)
    if one.kind.lower() not in KINDS:
        fault = f"party type {one.kind[:40]!r} is not known"
        raise MalformedList(file, one.line, fault, AGAIN)
    countries = [*one.all("nationality"), *one.all("country"), *one.all("flag")]
    return ParsedEntry(
        uid=one.uid,
        kind=KINDS[one.kind.lower()],
        names=distinct_names(file, one.line, _names(file, one)),
        programs=tuple(one.all("regime")),
        countries=tuple(dict.fromkeys(countries)),
        addresses=tuple(one.all("address")),
        remarks="; ".join(_remarks(one)),
        birth_dates=birth_dates(*one.all("birth")),
        identifiers=tuple(dict.fromkeys(_numbers(one))),
    )


def _names(file: str, one: Said) -> list[tuple[str, str]]:
    """All names, the primary one first. Raises MalformedList when there is none."""
    names = [(whole, _name_kind(file, one, *told)) for whole, *told in one.names]
    names.sort(key=lambda name: name[1] != PRIMARY)
    if not any(kind == PRIMARY and name for name, kind in names):
        raise MalformedList(file, one.line, "has no primary name", AGAIN)
    first, *others = names
    # further primary names are other spellings of the same one
    others = [(name, STRONG if kind == PRIMARY else kind) for name, kind in others]
    return [first, *others, *((name, STRONG) for name in one.all("original"))]


def _name_kind(file: str, one: Said, kind: str, strength: str) -> str:
    if kind.lower() not in NAME_TYPES:
        fault = f"name type {kind.lower()[:40]!r} is not known"
        raise MalformedList(file, one.line, fault, AGAIN)
    if kind.lower() == PRIMARY_NAME:
        return PRIMARY
    return WEAK if strength.lower().startswith("low") else STRONG


def _numbers(one: Said) -> Iterator[tuple[str, str]]:
    for what, label in NUMBERS.items():
        for value in one.all(what):
            for number in in_sentence(value):
                yield from identifier(value if kind_of(value) else label, number)


def _remarks(one: Said) -> Iterator[str]:
    for label, what in REMARKS.items():
        if found := one.all(what):
            yield f"{label}: {', '.join(found)}"
    yield from one.all("other")
