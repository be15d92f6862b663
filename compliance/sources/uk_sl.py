"""The UK Sanctions List as XML, since 2026-01-28 the only list of the United Kingdom.

Name1 to Name5 are given names, Name6 is the family name or the whole name of a firm or ship.
Aliases may be marked of low quality; dates are dd/mm/yyyy with letters for what is not known.
Format: https://www.gov.uk/government/publications/the-uk-sanctions-list
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from xml.etree.ElementTree import Element

from .base import ORGANISATION, PERSON, PRIMARY, STRONG, VESSEL, WEAK, MalformedList, ParsedEntry
from .dates import birth_dates
from .identifiers import identifier, kind_of
from .markup import entries_of, text, texts
from .names import distinct_names
from .places import one_file
from .tables import AGAIN, MEGABYTE

KINDS = {"individual": PERSON, "entity": ORGANISATION, "ship": VESSEL}
PRIMARY_NAME = "primary name"
NAME_TYPES = (PRIMARY_NAME, "primary name variation", "alias")
ADDRESS_PARTS = (*(f"AddressLine{n}" for n in range(1, 7)), "AddressPostalCode", "AddressCountry")
#: path below a designation, and what its text is when it does not say so itself
NUMBERS = (
    (".//PassportDetails/Passport/PassportNumber", "passport"),
    (".//NationalIdentifierNumber", "national identification"),
    (".//BusinessRegistrationNumbers/BusinessRegistrationNumber", "business registration"),
    (".//IMONumbers/IMONumber", "imo"),
)
BIGGEST = 256 * MEGABYTE  # the list has 22


class UkSl:
    code = "uk_sl"
    title = "UK Sanctions List"
    max_age_hours = 48

    def read(self, place: Path, published_on: date | None = None) -> Iterator[ParsedEntry]:
        """Designated persons, entities and ships of the one XML file."""
        path = one_file(place, (".xml",))
        found = entries_of(path, root="Designations", wanted=("Designation",), biggest=BIGGEST)
        for line, element in found:
            yield _entry(path.name, line, element)


def _entry(file: str, line: int, element: Element) -> ParsedEntry:
    uid, kind = text(element, "UniqueID"), text(element, "IndividualEntityShip")
    if not uid or len(uid) > 20:
        raise MalformedList(file, line, f"has a UniqueID of {uid[:40]!r}", AGAIN)
    if kind.lower() not in KINDS:
        raise MalformedList(file, line, f"party type {kind[:40]!r} is not known", AGAIN)
    addresses = list(element.iterfind("Addresses/Address"))
    countries = [
        *texts(element, ".//Nationalities/Nationality"),
        *(text(one, "AddressCountry") for one in addresses),
        *texts(element, ".//CurrentBelievedFlagOfShips/CurrentBelievedFlagOfShip"),
    ]
    return ParsedEntry(
        uid=uid,
        kind=KINDS[kind.lower()],
        names=distinct_names(file, line, _names(file, line, element)),
        programs=tuple(texts(element, "RegimeName")),
        countries=tuple(dict.fromkeys(filter(None, countries))),
        addresses=tuple(filter(None, (_joined(one, ADDRESS_PARTS, ", ") for one in addresses))),
        remarks="; ".join(_remarks(element)),
        birth_dates=birth_dates(*texts(element, ".//DOBs/DOB")),
        identifiers=tuple(dict.fromkeys(_numbers(element))),
    )


def _names(file: str, line: int, element: Element) -> list[tuple[str, str]]:
    """All names, the primary one first. Raises MalformedList when there is none."""
    names = [_name(file, line, one) for one in element.iterfind("Names/Name")]
    names.sort(key=lambda name: name[1] != PRIMARY)
    if not any(kind == PRIMARY and name for name, kind in names):
        raise MalformedList(file, line, "has no primary name", AGAIN)
    first, *others = names
    # further primary names are other spellings of the same one
    others = [(name, STRONG if kind == PRIMARY else kind) for name, kind in others]
    original = texts(element, "NonLatinNames/NonLatinName/NameNonLatinScript")
    return [first, *others, *((name, STRONG) for name in original)]


def _name(file: str, line: int, element: Element) -> tuple[str, str]:
    kind = text(element, "NameType").lower()
    if kind not in NAME_TYPES:
        raise MalformedList(file, line, f"name type {kind[:40]!r} is not known", AGAIN)
    whole = _joined(element, tuple(f"Name{part}" for part in range(1, 7)), " ")
    if kind == PRIMARY_NAME:
        return whole, PRIMARY
    return whole, WEAK if text(element, "AliasStrength").lower().startswith("low") else STRONG


def _numbers(element: Element) -> Iterator[tuple[str, str]]:
    for path, label in NUMBERS:
        for value in texts(element, path):
            yield from identifier(value if kind_of(value) else label, value)


def _remarks(element: Element) -> Iterator[str]:
    for label, path in (
        ("UN reference", "UNReferenceNumber"),
        ("Position", ".//Positions/Position"),
        ("Sanctions", "SanctionsImposed"),
    ):
        if found := texts(element, path):
            yield f"{label}: {', '.join(found)}"
    yield from texts(element, "OtherInformation")


def _joined(element: Element, parts: tuple[str, ...], by: str) -> str:
    return by.join(filter(None, (text(element, part) for part in parts)))
