"""What every list adapter gives: parsed entries, or an error that names the file and the line."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

PERSON, ORGANISATION, VESSEL, AIRCRAFT = "person", "organisation", "vessel", "aircraft"
PRIMARY, STRONG, WEAK = "primary", "strong", "weak"


class MalformedList(Exception):
    """A list file cannot be trusted as it is. Says the file, the line and what to do."""

    def __init__(self, file: str, line: int | None, fault: str, mend: str) -> None:
        place = file if line is None else f"{file} line {line}"
        super().__init__(f"{place}: {fault}. {mend}")
        self.file, self.line = file, line


@dataclass(frozen=True, slots=True)
class ParsedEntry:
    """One listed party. `names` are (name, primary | strong | weak), the primary one first.

    `countries` are as published: names or ISO codes. `birth_dates` are in EDTF (see dates.py);
    `identifiers` are (kind, value) with the kinds of identifiers.py and the value as published.
    """

    uid: str
    kind: str
    names: tuple[tuple[str, str], ...]
    programs: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    remarks: str = ""
    birth_dates: tuple[str, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()

    @property
    def content_hash(self) -> bytes:
        """SHA-256 of all that is listed, whatever order the publisher gives aliases in."""
        content = {
            name: sorted(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).digest()


class Source(Protocol):
    code: str
    title: str
    #: past this age everything new is refused
    max_age_hours: int

    def read(self, place: Path, published_on: date | None = None) -> Iterator[ParsedEntry]:
        """Entries of the list in this file or folder that are in force on the day of the list.

        Where rows carry an end of their own they are measured against `published_on`, never
        against today; without it all count. Raises MalformedList.
        """
        ...
