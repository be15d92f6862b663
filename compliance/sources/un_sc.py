"""The UN Security Council Consolidated List as XML.

Names come in up to four parts in their natural order and once more in the original script. Aliases
are `Good`, `Low`, `a.k.a.` or `f.k.a.`; some hold several names parted by semicolons.
Format: https://www.un.org/sc/resources/sc-sanctions.xsd
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from xml.etree.ElementTree import Element

from .base import ORGANISATION, PERSON, PRIMARY, STRONG, WEAK, MalformedList, ParsedEntry
from .dates import UNREADABLE, between, birth_date
from .identifiers import identifier, kind_of
from .markup import entries_of, text, texts
from .names import distinct_names
from .places import one_file
from .tables import AGAIN, MEGABYTE

KINDS = {"INDIVIDUAL": PERSON, "ENTITY": ORGANISATION}
QUALITIES = {"Good": STRONG, "a.k.a.": STRONG, "f.k.a.": STRONG, "": STRONG, "Low": WEAK}
NAME_PARTS = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
ADDRESS_PARTS = ("STREET", "CITY", "STATE_PROVINCE", "ZIP_CODE", "COUNTRY", "NOTE")
BIGGEST = 32 * MEGABYTE  # the list has 2
BORN = ("DATE", "YEAR", "FROM_YEAR", "TO_YEAR")


class UnSc:
    code = "un_sc"
    title = "UN Security Council Consolidated List"
    max_age_hours = 48

    def read(self, place: Path, published_on: date | None = None) -> Iterator[ParsedEntry]:
        """Persons and entities of the one XML file."""
        path = one_file(place, (".xml",))
        found = entries_of(path, root="CONSOLIDATED_LIST", wanted=KINDS, biggest=BIGGEST)
        for line, element in found:
            yield _entry(path.name, line, element)


def _entry(file: str, line: int, element: Element) -> ParsedEntry:
    uid, kind = text(element, "DATAID"), element.tag
    if not uid.isdecimal() or len(uid) > 20:
        raise MalformedList(file, line, f"has a DATAID of {uid[:40]!r}, no number", AGAIN)
    addresses = list(element.iterfind(f"{kind}_ADDRESS"))
    countries = [*texts(element, "NATIONALITY/VALUE"), *(text(one, "COUNTRY") for one in addresses)]
    return ParsedEntry(
        uid=uid,
        kind=KINDS[kind],
        names=distinct_names(file, line, _names(file, line, element)),
        programs=tuple(texts(element, "UN_LIST_TYPE")),
        countries=tuple(dict.fromkeys(filter(None, countries))),
        addresses=tuple(filter(None, (_joined(one, ADDRESS_PARTS, ", ") for one in addresses))),
        remarks="; ".join(_remarks(element)),
        birth_dates=tuple(dict.fromkeys(filter(None, _births(element)))),
        identifiers=tuple(dict.fromkeys(_documents(element))),
    )


def _names(file: str, line: int, element: Element) -> Iterator[tuple[str, str]]:
    primary = _joined(element, NAME_PARTS, " ")
    if not primary:
        raise MalformedList(file, line, "has no name", AGAIN)
    yield primary, PRIMARY
    yield text(element, "NAME_ORIGINAL_SCRIPT"), STRONG
    for alias in element.iterfind(f"{element.tag}_ALIAS"):
        quality = text(alias, "QUALITY")
        if quality not in QUALITIES:
            fault = f"alias quality {quality[:40]!r} is not known"
            raise MalformedList(file, line, fault, AGAIN)
        for name in text(alias, "ALIAS_NAME").split(";"):
            yield name, QUALITIES[quality]


def _births(element: Element) -> Iterator[str]:
    for born in element.iterfind("INDIVIDUAL_DATE_OF_BIRTH"):
        day = birth_date(text(born, "DATE") or text(born, "YEAR"))
        if not day:
            day = between(text(born, "FROM_YEAR"), text(born, "TO_YEAR"))
        if not day and any(text(born, part) for part in BORN):
            day = UNREADABLE
        about = (
            text(born, "TYPE_OF_DATE") == "APPROXIMATELY" and day[:4].isdigit() and "/" not in day
        )
        yield f"{day}~" if about else day


def _documents(element: Element) -> Iterator[tuple[str, str]]:
    for document in element.iterfind("INDIVIDUAL_DOCUMENT"):
        exact, rough = text(document, "TYPE_OF_DOCUMENT2"), text(document, "TYPE_OF_DOCUMENT")
        label = exact if kind_of(exact) else rough
        yield from identifier(label, text(document, "NUMBER"))


def _remarks(element: Element) -> Iterator[str]:
    for label, path in (
        ("Reference", "REFERENCE_NUMBER"),
        ("Title", "TITLE/VALUE"),
        ("Designation", "DESIGNATION/VALUE"),
    ):
        if found := texts(element, path):
            yield f"{label}: {', '.join(found)}"
    yield from texts(element, "COMMENTS1")


def _joined(element: Element, parts: tuple[str, ...], by: str) -> str:
    return by.join(filter(None, (text(element, part) for part in parts)))
