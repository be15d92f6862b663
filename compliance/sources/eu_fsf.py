"""The EU's consolidated financial sanctions list as XML (FSF, version 1.1).

Everything stands in attributes; a name is repeated for each language, and weak aliases say
strong="false". Format: the schema beside the file in the Financial Sanctions Database.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from xml.etree.ElementTree import Element

from .base import ORGANISATION, PERSON, PRIMARY, STRONG, WEAK, MalformedList, ParsedEntry
from .dates import between, birth_date
from .identifiers import identifier, kind_of
from .markup import entries_of, texts
from .names import distinct_names
from .places import one_file
from .tables import AGAIN, MEGABYTE

KINDS = {"person": PERSON, "enterprise": ORGANISATION}
ADDRESS_PARTS = ("street", "poBox", "zipCode", "city", "place", "region", "countryDescription")
NO_COUNTRY = ("", "00")
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
        remarks="; ".join([element.get("euReferenceNumber", ""), *texts(element, "remark")]),
        birth_dates=tuple(dict.fromkeys(filter(None, map(_birth, element.iterfind("birthdate"))))),
        identifiers=tuple(dict.fromkeys(_identifications(element))),
    )


def _names(element: Element) -> Iterator[tuple[str, str]]:
    """The first strong name leads; a list of weak ones alone is led by the first of these."""
    aliases = [
        (_whole(alias), alias.get("strong") != "false") for alias in element.iterfind("nameAlias")
    ]
    aliases = sorted(filter(lambda alias: alias[0], aliases), key=lambda alias: not alias[1])
    for place, (name, strong) in enumerate(aliases):
        yield name, (STRONG if strong else WEAK) if place else PRIMARY


def _whole(alias: Element) -> str:
    parts = (alias.get(part, "") for part in ("firstName", "middleName", "lastName"))
    return alias.get("wholeName", "").strip() or " ".join(filter(None, parts))


def _countries(element: Element) -> Iterator[str]:
    for tag in ("citizenship", "address"):
        for one in element.iterfind(tag):
            if (code := one.get("countryIso2Code", "")) not in NO_COUNTRY:
                yield code


def _address(element: Element) -> str:
    parts = (" ".join(element.get(part, "").split()) for part in ADDRESS_PARTS)
    return ", ".join(part for part in parts if part and part != "UNKNOWN")


def _birth(element: Element) -> str:
    day = birth_date(element.get("birthdate", ""))
    if not day:
        year, month = element.get("year", ""), element.get("monthOfYear", "")
        day = birth_date(f"{year}-{month.zfill(2)}") or birth_date(year)
    if not day:
        return between(element.get("yearRangeFrom", ""), element.get("yearRangeTo", ""))
    return f"{day}~" if element.get("circa") == "true" else day


def _identifications(element: Element) -> Iterator[tuple[str, str]]:
    for one in element.iterfind("identification"):
        code = one.get("identificationTypeCode", "")
        label = code if kind_of(code) else one.get("identificationTypeDescription", "")
        yield from identifier(label, one.get("number", "") or one.get("latinNumber", ""))


def _attributes(element: Element, tag: str, name: str) -> tuple[str, ...]:
    found = (one.get(name, "").strip() for one in element.iterfind(tag))
    return tuple(dict.fromkeys(filter(None, found)))
