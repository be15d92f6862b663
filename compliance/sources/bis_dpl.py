"""The BIS Denied Persons List as tab-separated text.

The list has no numbers: a party is told by its name and the day of its order, and one order often
has several rows with an address each. Who is a person and who a firm is not said, so all count as
organisations; a person asked for by that name still comes up, for review. An order whose expiration
date lies before the day the list was published binds nobody any more and is left out. That day must
be told: the file does not name it, and its own dates are not to be trusted (one real row was last
updated in 3017).
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from compliance.countries import CODES

from .base import ORGANISATION, PRIMARY, MalformedList, ParsedEntry
from .names import distinct_names
from .places import one_file
from .tables import AGAIN, records_of

ADDRESS_PARTS = ("Street_Address", "City", "State", "Country", "Postal_Code")
NEEDED = frozenset(["Name", *ADDRESS_PARTS, "Effective_Date", "Expiration_Date", "FR_Citation"])


class BisDpl:
    code = "bis_dpl"
    title = "BIS Denied Persons List"
    max_age_hours = 48

    def read(self, place: Path, published_on: date | None = None) -> Iterator[ParsedEntry]:
        """Parties under an order; expired ones too if it is not known when this was published."""
        path = one_file(place, (".txt", ".tsv"))
        orders: dict[str, list[tuple[int, dict[str, str]]]] = defaultdict(list)
        for line, row in records_of(path, needed=NEEDED, delimiter="\t"):
            ends = _expiration(path.name, line, row)
            if ends is None or published_on is None or ends >= published_on:
                orders[_uid(row)].append((line, row))
        for uid, rows in orders.items():
            yield _entry(path.name, uid, rows)


def _uid(row: dict[str, str]) -> str:
    name = " ".join(row["Name"].upper().split())
    return hashlib.sha256(f"{name}\t{row['Effective_Date']}".encode()).hexdigest()[:32]


def _expiration(file: str, line: int, row: dict[str, str]) -> date | None:
    text = row["Expiration_Date"]
    try:
        return datetime.strptime(text, "%m/%d/%Y").date() if text else None  # noqa: DTZ007  a day
    except ValueError:
        fault = f"has {text[:40]!r} for its Expiration_Date"
        raise MalformedList(file, line, fault, AGAIN) from None


def _entry(file: str, uid: str, rows: list[tuple[int, dict[str, str]]]) -> ParsedEntry:
    line, first = rows[0]
    addresses = [", ".join(filter(None, map(row.get, ADDRESS_PARTS))) for _, row in rows]
    countries = [row["Country"] for _, row in rows if row["Country"] in CODES]
    ends = first["Expiration_Date"] or "no end"
    return ParsedEntry(
        uid=uid,
        kind=ORGANISATION,
        names=distinct_names(file, line, [(first["Name"], PRIMARY)]),
        programs=("DPL",),
        countries=tuple(dict.fromkeys(countries)),
        addresses=tuple(dict.fromkeys(filter(None, addresses))),
        remarks=f"Order of {first['Effective_Date']} to {ends}; {first['FR_Citation']}",
    )
