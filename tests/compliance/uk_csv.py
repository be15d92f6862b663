"""The made-up UK list as the CSV is published: a row for each combination of what is repeated."""

import csv
import io
from collections.abc import Iterator
from itertools import product
from typing import Any
from xml.etree.ElementTree import Element, fromstring

#: the 58 columns in their order
COLUMNS = (
    "Last Updated", "Unique ID", "OFSI Group ID", "UN Reference Number", "Name 6", "Name 1",
    "Name 2", "Name 3", "Name 4", "Name 5", "Name type", "Alias strength", "Title",
    "Name non-latin script", "Non-latin script type", "Non-latin script language", "Regime Name",
    "Designation Type", "Designation source", "Sanctions Imposed", "Other Information",
    "UK Statement of Reasons", "Address Line 1", "Address Line 2", "Address Line 3",
    "Address Line 4", "Address Line 5", "Address Line 6", "Address Postal Code", "Address Country",
    "Phone number", "Website", "Email address", "Date Designated", "D.O.B", "Nationality(/ies)",
    "National Identifier number", "National Identifier additional information", "Passport number",
    "Passport additional information", "Position", "Gender", "Town of birth", "Country of birth",
    "Type of entity", "Subsidiaries", "Parent company", "Business registration number (s)",
    "IMO number", "Current owner/operator (s)", "Previous owner/operator (s)",
    "Current believed flag of ship", "Previous flags", "Type of ship", "Tonnage of ship",
    "Length of ship", "Year Built", "Hull identification number (HIN)",
)  # fmt: skip
#: element of the XML that is told once, and its column
SINGLE = {
    "LastUpdated": "Last Updated", "UniqueID": "Unique ID", "OFSIGroupID": "OFSI Group ID",
    "UNReferenceNumber": "UN Reference Number", "RegimeName": "Regime Name",
    "IndividualEntityShip": "Designation Type", "DesignationSource": "Designation source",
    "SanctionsImposed": "Sanctions Imposed", "OtherInformation": "Other Information",
    "DateDesignated": "Date Designated",
}  # fmt: skip
#: path of what may be told many times, and its columns by the element below it
REPEATED: dict[str, dict[str, str]] = {
    ".//Names/Name": {
        **{f"Name{part}": f"Name {part}" for part in range(1, 7)},
        "NameType": "Name type", "AliasStrength": "Alias strength",
    },
    ".//NonLatinName": {
        "NameNonLatinScript": "Name non-latin script",
        "NonLatinScriptType": "Non-latin script type",
        "NonLatinScriptLanguage": "Non-latin script language",
    },
    ".//Addresses/Address": {
        **{f"AddressLine{line}": f"Address Line {line}" for line in range(1, 7)},
        "AddressPostalCode": "Address Postal Code", "AddressCountry": "Address Country",
    },
    ".//DOB": {".": "D.O.B"},
    ".//Nationality": {".": "Nationality(/ies)"},
    ".//NationalIdentifier": {"NationalIdentifierNumber": "National Identifier number"},
    ".//Passport": {"PassportNumber": "Passport number"},
    ".//Position": {".": "Position"},
    ".//BusinessRegistrationNumber": {".": "Business registration number (s)"},
    ".//IMONumber": {".": "IMO number"},
    ".//CurrentBelievedFlagOfShip": {".": "Current believed flag of ship"},
}  # fmt: skip


def published(xml: str, columns: tuple[str, ...] = COLUMNS) -> bytes:
    """The CSV of the same list: with a mark of its encoding, a first line apart and CRLF."""
    out = io.StringIO()
    out.write("Report Date: 20-Nov-2026\r\n")
    writer = csv.DictWriter(out, columns, restval="", extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows(xml))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def rows(xml: str) -> Iterator[dict[str, str]]:
    for party in fromstring(xml.encode()).iter("Designation"):  # noqa: S314  our own file
        once = {column: _text(party, tag) for tag, column in SINGLE.items()}
        many = [_each(party, path, columns) for path, columns in REPEATED.items()]
        for combination in product(*filter(None, many)):
            row: dict[str, Any] = dict(once)
            for told in combination:
                row |= told
            yield row


def _each(party: Element, path: str, columns: dict[str, str]) -> list[dict[str, str]]:
    return [
        {column: _text(one, tag) for tag, column in columns.items()} for one in party.iterfind(path)
    ]


def _text(element: Element, tag: str) -> str:
    return (element.text if tag == "." else element.findtext(tag)) or ""
