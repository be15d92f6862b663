"""What every list adapter gives: parsed entries, or an error that names the file and the line."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
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
    """One listed party. `names` are (name, primary | strong | weak), the primary one first."""

    uid: str
    kind: str
    names: tuple[tuple[str, str], ...]
    programs: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    remarks: str = ""

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

    def read(self, place: Path) -> Iterator[ParsedEntry]:
        """Entries of the list in this file or folder. Raises MalformedList."""
        ...
