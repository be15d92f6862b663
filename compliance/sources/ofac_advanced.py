"""OFAC's advanced XML (SDN_ADVANCED.XML): the SDN list with its structure kept.

Everything is told by reference: kinds, countries, places and papers stand in tables of their own
before the parties, the programs behind them. Weak aliases say LowQuality="true", birth dates are
periods, names come in parts with a type each and in several scripts. The country of an address is a
reference, or only its area is; that of a nationality is the only text of its place.
Format: ADVANCED_XML.xsd beside the file; https://ofac.treasury.gov/faqs/topic/1641
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.etree.ElementTree import Element

from .base import (
    AIRCRAFT,
    ORGANISATION,
    PERSON,
    PRIMARY,
    STRONG,
    VESSEL,
    WEAK,
    MalformedList,
    ParsedEntry,
)
from .dates import period
from .identifiers import identifier
from .markup import entries_of, text, texts
from .names import distinct_names
from .tables import AGAIN, MEGABYTE

KINDS = {"individual": PERSON, "entity": ORGANISATION, "vessel": VESSEL, "aircraft": AIRCRAFT}
TABLES = {
    "AreaCode",
    "Country",
    "DetailReference",
    "FeatureType",
    "IDRegDocType",
    "NamePartType",
    "PartySubType",
    "PartyType",
    "SanctionsType",
}
WANTED = TABLES | {"Location", "IDRegDocument", "DistinctParty", "SanctionsEntry"}
ADDRESS = "Location"
#: features whose place is a country and nothing else
COUNTRIES = (
    "Nationality Country",
    "Citizenship Country",
    "Nationality of Registration",
    "Registration Country",
)
NOWHERE = ("undetermined", "unknown")
SURNAMES = ("Last Name", "Patronymic", "Matronymic")
BIGGEST = 512 * MEGABYTE  # the list has 126


@dataclass
class _Tables:
    """What parties refer to, by the publisher's numbers."""

    words: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    #: the type of each sub-type
    types: dict[str, str] = field(default_factory=dict)
    #: the country of each area
    areas: dict[str, str] = field(default_factory=dict)
    places: dict[str, tuple[str, str]] = field(default_factory=dict)
    papers: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    programs: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def read(path: Path) -> Iterator[ParsedEntry]:
    """Entries of the file, each with its programs. Raises MalformedList."""
    tables, parties = _Tables(), list[tuple[str, ParsedEntry]]()
    for line, element in entries_of(path, root="Sanctions", wanted=WANTED, biggest=BIGGEST):
        if element.tag == "DistinctParty":
            parties.append(_party(path.name, line, element, tables))
        else:
            _learn(element, tables)
    for profile, entry in parties:
        yield replace(entry, programs=tuple(dict.fromkeys(tables.programs[profile])))


def _learn(element: Element, tables: _Tables) -> None:
    number = element.get("ID", "")
    if element.tag == "Location":
        tables.places[number] = _place(element, tables)
    elif element.tag == "IDRegDocument":
        label = tables.words["IDRegDocType"].get(element.get("IDRegDocTypeID", ""), "")
        papers = identifier(label, text(element, "IDRegistrationNo"))
        tables.papers[element.get("IdentityID", "")].extend(papers)
    elif element.tag == "SanctionsEntry":
        tables.programs[element.get("ProfileID", "")].extend(_programs(element, tables))
    else:
        tables.words[element.tag][number] = text(element, ".")
        if element.tag == "PartySubType":
            tables.types[number] = element.get("PartyTypeID", "")
        elif element.tag == "AreaCode":
            tables.areas[number] = element.get("CountryID", "")


def _place(element: Element, tables: _Tables) -> tuple[str, str]:
    """(address with country, country); either may be empty."""
    numbers = [one.get("CountryID", "") for one in element.iterfind("LocationCountry")]
    areas = (one.get("AreaCodeID", "") for one in element.iterfind("LocationAreaCode"))
    numbers += [tables.areas.get(area, "") for area in areas]
    words = (tables.words["Country"].get(number, "") for number in numbers)
    country = next((word for word in words if word and word.lower() not in NOWHERE), "")
    parts = (text(part, "LocationPartValue/Value") for part in element.iterfind("LocationPart"))
    return ", ".join(filter(None, [*parts, country])), country


def _programs(element: Element, tables: _Tables) -> Iterator[str]:
    for measure in element.iterfind("SanctionsMeasure"):
        kind = tables.words["SanctionsType"].get(measure.get("SanctionsTypeID", ""), "")
        if kind == "Program":
            yield from texts(measure, "Comment")


def _party(file: str, line: int, element: Element, tables: _Tables) -> tuple[str, ParsedEntry]:
    """The number of the profile and the party, still without programs."""
    uid, profile = element.get("FixedRef", ""), element.find("Profile")
    if not uid.isdecimal() or len(uid) > 20 or profile is None:
        raise MalformedList(
            file, line, f"has a party {uid[:40]!r} without number or profile", AGAIN
        )
    kind = _kind(profile, tables)
    if kind not in KINDS:
        raise MalformedList(file, line, f"party type {kind[:40]!r} is not known", AGAIN)
    identities = sorted(profile.iterfind("Identity"), key=lambda one: one.get("Primary") != "true")
    papers = [paper for one in identities for paper in tables.papers[one.get("ID", "")]]
    features = list(_features(profile, tables))
    places = list(_places(profile, tables))
    entry = ParsedEntry(
        uid=uid,
        kind=KINDS[kind],
        names=distinct_names(file, line, _names(identities, tables)),
        countries=tuple(dict.fromkeys(filter(None, (country for _, _, country in places)))),
        addresses=tuple(
            dict.fromkeys(whole for name, whole, _ in places if name == ADDRESS and whole)
        ),
        remarks="; ".join(f"{name} {value}" for name, value in features),
        birth_dates=tuple(dict.fromkeys(filter(None, _births(profile, tables)))),
        identifiers=tuple(
            dict.fromkeys(papers + [one for pair in features for one in identifier(*pair)])
        ),
    )
    return profile.get("ID", ""), entry


def _kind(profile: Element, tables: _Tables) -> str:
    """Ships and aircraft are sub-types; persons and entities are types with no sub-type."""
    number = profile.get("PartySubTypeID", "")
    words = tables.words["PartySubType"].get(number, "").lower()
    if words in KINDS:
        return words
    return tables.words["PartyType"].get(tables.types.get(number, ""), "").lower()


def _names(identities: list[Element], tables: _Tables) -> list[tuple[str, str]]:
    """Every name in every script, the primary alias of the primary identity first."""
    names = [
        (_whole(name, identity, tables), alias.get("Primary") == "true", alias.get("LowQuality"))
        for identity in identities
        for alias in identity.iterfind("Alias")
        for name in sorted(alias.iterfind("DocumentedName"), key=_is_other)
    ]
    names.sort(key=lambda name: not name[1])
    kinds = (WEAK if low == "true" else STRONG for _, _, low in names)
    told = [(name, kind) for (name, _, _), kind in zip(names, kinds, strict=True)]
    return [(told[0][0], PRIMARY), *told[1:]] if told else []


def _is_other(name: Element) -> bool:
    """Whether it is another writing of the name that OFAC gives in Latin letters."""
    return name.get("DocNameStatusID", "1") != "1"


def _whole(name: Element, identity: Element, tables: _Tables) -> str:
    """`SURNAME, Given` as in OFAC's other files; what has no surname in the order given."""
    types = {
        group.get("ID", ""): tables.words["NamePartType"].get(group.get("NamePartTypeID", ""), "")
        for group in identity.iterfind("NamePartGroups/MasterNamePartGroup/NamePartGroup")
    }
    surname, given = list[str](), list[str]()
    for part in name.iterfind("DocumentedNamePart/NamePartValue"):
        last = types.get(part.get("NamePartGroupID", "")) in SURNAMES
        (surname if last else given).append(text(part, "."))
    return ", ".join(filter(None, (" ".join(surname), " ".join(given))))


def _versions(profile: Element, tables: _Tables) -> Iterator[tuple[str, Element]]:
    for feature in profile.iterfind("Feature"):
        name = tables.words["FeatureType"].get(feature.get("FeatureTypeID", ""), "")
        for version in feature.iterfind("FeatureVersion"):
            yield name, version


def _places(profile: Element, tables: _Tables) -> Iterator[tuple[str, str, str]]:
    """(what the place is to the party, the whole of it, its country)"""
    for name, version in _versions(profile, tables):
        for one in version.iterfind("VersionLocation"):
            whole, country = tables.places.get(one.get("LocationID", ""), ("", ""))
            if name == ADDRESS:
                yield name, whole, country
            elif name in COUNTRIES:
                yield name, whole, country or whole


def _features(profile: Element, tables: _Tables) -> Iterator[tuple[str, str]]:
    for name, version in _versions(profile, tables):
        for detail in version.iterfind("VersionDetail"):
            number = detail.get("DetailReferenceID", "")
            if told := text(detail, ".") or tables.words["DetailReference"].get(number, ""):
                yield name, told


def _births(profile: Element, tables: _Tables) -> Iterator[str]:
    for name, version in _versions(profile, tables):
        for one in version.iterfind("DatePeriod") if name == "Birthdate" else ():
            first, last = _day(one, "Start/From"), _day(one, "End/To")
            about = any(edge.get("Approximate") == "true" for edge in one)
            yield period(first, last if last[0] else first, about=about)


def _day(element: Element, path: str) -> tuple[str, str, str]:
    year, month, day = (text(element, f"{path}/{part}") for part in ("Year", "Month", "Day"))
    return year, month, day
