"""The UK Sanctions List as XML: one element a party."""

from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

from .markup import entries_of, text, texts
from .uk_said import FIELDS, Said

NAMES = tuple(f"Name{part}" for part in range(1, 7))
ADDRESS_LINES = (*(f"AddressLine{line}" for line in range(1, 7)), "AddressPostalCode")


def read(path: Path, *, biggest: int) -> Iterator[Said]:
    """Every party of the file. Raises MalformedList."""
    found = entries_of(path, root="Designations", wanted=("Designation",), biggest=biggest)
    for line, element in found:
        yield _said(line, element)


def _said(line: int, element: Element) -> Said:
    one = Said(line, text(element, "UniqueID"), text(element, "IndividualEntityShip"))
    for name in element.iterfind("Names/Name"):
        parts = [text(name, part) for part in NAMES]
        one.add_name(parts, text(name, "NameType"), text(name, "AliasStrength"))
    for address in element.iterfind("Addresses/Address"):
        lines = [text(address, part) for part in ADDRESS_LINES]
        one.add_address(lines, text(address, "AddressCountry"))
    for what, (path, _) in FIELDS.items():
        for words in texts(element, path):
            one.add(what, words)
    return one
