"""The EU's consolidated financial sanctions list as XML (FSF, version 1.1).

Everything stands in attributes, and what is not known as an empty one, as country 00 or UNKNOWN.
A name is repeated for each language, none is the official one. A weak alias says strong="false" by
the schema; in the list as published every name is strong, and a remark on it says how good it is.
Format: the schema beside the file in the Financial Sanctions Database.
"""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from xml.etree.ElementTree import Element

from .base import ORGANISATION, PERSON, PRIMARY, STRONG, WEAK, MalformedList, ParsedEntry
from .dates import OPEN, UNREADABLE, between, birth_date
from .identifiers import kind_of, value_of
from .markup import entries_of, texts
from .names import distinct_names
from .places import one_file
from .tables import AGAIN, MEGABYTE

KINDS = {"person": PERSON, "enterprise": ORGANISATION}
ADDRESS_PARTS = ("street", "poBox", "zipCode", "city", "place", "region", "countryDescription")
NO_COUNTRY = ("", "00")
NOTHING = ("", "-", "UNKNOWN")
#: what the list calls papers and numbers; `other` is whatever the party has
PAPERS = {
    **dict.fromkeys(
        ("id", "ssn", "birthcert", "nationcert", "travelcardid", "electionid", "residentperm"),
        "national_id",
    ),
    **dict.fromkeys(("drivinglicence", "NRN"), "national_id"),
    "passport": "passport",
    "tradelic": "registration",
    "regnumber": "registration",
    "fiscalcode": "tax",
    "swiftbic": "swift",
    "imo": "imo",
}
OTHER = {PERSON: "national_id", ORGANISATION: "registration"}
#: as it is written, with the slips that are in the list
_WEAK = re.compile(r"\(?lo(?:w)? quality", re.IGNORECASE)
BIGGEST = 256 * MEGABYTE  # the list has 25


class EuFsf:
    code = "eu_fsf"
    title = "EU Consolidated Financial Sanctions"
    max_age_hours = 48

    def read(self, place: Path, published_on: date | None = None) -> Iterator[ParsedEntry]:
        """Sanctioned persons and enterprises of the one XML file."""
        path = one_file(place, (".xml",))
        found = entries_of(path, root="export", wanted=("sanctionEntity",), biggest=BIGGEST)
        for line, element in found:
            yield _entry(path.name, line, element)


def _entry(file: str, line: int, element: Element) -> ParsedEntry:
    uid = element.get("logicalId", "")
    if not uid.isdecimal() or len(uid) > 20:
        raise MalformedList(file, line, f"has a logicalId of {uid[:40]!r}, no number", AGAIN)
    subject = element.find("subjectType")
    kind = "" if subject is None else subject.get("code", "")
    if kind not in KINDS:
        raise MalformedList(file, line, f"subject type {kind[:40]!r} is not known", AGAIN)
    return ParsedEntry(
        uid=uid,
        kind=KINDS[kind],
        names=distinct_names(file, line, _names(element)),
        programs=_attributes(element, "regulation", "programme"),
        countries=tuple(dict.fromkeys(_countries(element))),
        addresses=tuple(dict.fromkeys(filter(None, map(_address, element.iterfind("address"))))),
        remarks="; ".join(filter(None, _remarks(element))),
        birth_dates=tuple(dict.fromkeys(filter(None, map(_birth, element.iterfind("birthdate"))))),
        identifiers=tuple(dict.fromkeys(_identifications(element, KINDS[kind]))),
    )


def _remarks(element: Element) -> Iterator[str]:
    yield element.get("euReferenceNumber", "")
    yield from texts(element, "remark")
    yield element.get("designationDetails", "").strip()


def _names(element: Element) -> Iterator[tuple[str, str]]:
    """The first strong name leads; a list of weak ones alone is led by the first of these."""
    aliases = [(_whole(alias), _is_weak(alias)) for alias in element.iterfind("nameAlias")]
    aliases = sorted(filter(lambda alias: alias[0], aliases), key=lambda alias: alias[1])
    for place, (name, weak) in enumerate(aliases):
        yield name, (WEAK if weak else STRONG) if place else PRIMARY


def _whole(alias: Element) -> str:
    parts = (alias.get(part, "") for part in ("firstName", "middleName", "lastName"))
    return alias.get("wholeName", "").strip() or " ".join(filter(None, parts))


def _is_weak(alias: Element) -> bool:
    """A remark is about the alias only where it begins with that; it may be about anybody."""
    return alias.get("strong") == "false" or any(map(_WEAK.match, texts(alias, "remark")))


def _countries(element: Element) -> Iterator[str]:
    for tag in ("citizenship", "address"):
        for one in element.iterfind(tag):
            if (code := one.get("countryIso2Code", "")) not in NO_COUNTRY:
                yield code


def _address(element: Element) -> str:
    parts = (" ".join(element.get(part, "").split()) for part in ADDRESS_PARTS)
    return ", ".join(part for part in parts if part not in NOTHING)


def _birth(element: Element) -> str:
    """Nothing where only a place is given. A day of another calendar is not read as one of ours."""
    day = birth_date(element.get("birthdate", ""))
    year, month = element.get("year", ""), element.get("monthOfYear", "")
    first, last = element.get("yearRangeFrom", ""), element.get("yearRangeTo", "")
    if not day and element.get("calendarType", "GREGORIAN") != "GREGORIAN":
        return UNREADABLE if year or first or last else ""
    day = day or birth_date(f"{year}-{month.zfill(2)}") or birth_date(year)
    if day:
        return f"{day}~" if element.get("circa") == "true" else day
    if first and last:
        return between(first, last) or UNREADABLE
    return f"{first or OPEN}/{last or OPEN}" if first or last else ""


def _identifications(element: Element, party: str) -> Iterator[tuple[str, str]]:
    for one in element.iterfind("identification"):
        code = one.get("identificationTypeCode", "")
        kind = PAPERS.get(code) or (OTHER[party] if code == "other" else kind_of(code))
        kind = kind or kind_of(one.get("identificationTypeDescription", ""))
        for number in (one.get("number", ""), one.get("latinNumber", "")):
            yield from value_of(kind, number)


def _attributes(element: Element, tag: str, name: str) -> tuple[str, ...]:
    found = (one.get(name, "").strip() for one in element.iterfind(tag))
    return tuple(dict.fromkeys(filter(None, found)))
