"""The catalogue of real cards: what a GPU of a name is like. Data with sources; see its README."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "data" / "cards.json"
GB, GIB = 10**9, 2**30
#: of the memory on the card, part is reserved, and vendors mean GB or GiB
LEAST = Fraction(88, 100)


class MalformedCards(Exception):
    """The file of cards cannot be used; names the row and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Card:
    """One card by the name that NVML gives it; None is not known and is not compared."""

    name: str
    pci_devices: frozenset[str]
    compute_capability: str
    memory_gb: int
    bus_width_bits: int | None
    power_w: tuple[int, int] | None
    sources: tuple[str, ...]
    verified: bool

    @property
    def memory_bytes(self) -> tuple[int, int]:
        """The least and the most that NVML may report as total memory."""
        return int(self.memory_gb * GB * LEAST), self.memory_gb * GIB


@cache
def cards() -> Mapping[str, Card]:
    """By name. Raises MalformedCards."""
    return read(json.loads(FILE.read_text()))


def read(rows: Any) -> dict[str, Card]:
    """Cards from rows of JSON. Raises MalformedCards."""
    found: dict[str, Card] = {}
    for place, row in enumerate(rows):
        where = f"card {place} ({row.get('name', 'without a name')})"
        try:
            card = _card(row)
        except (LookupError, TypeError, ValueError) as error:
            raise MalformedCards(f"{where}: {type(error).__name__} {error}") from error
        if not card.sources or not card.pci_devices:
            raise MalformedCards(f"{where}: needs pci_devices and sources")
        if card.name in found:
            raise MalformedCards(f"{where}: stands twice")
        found[card.name] = card
    return found


def _card(row: Mapping[str, Any]) -> Card:
    power = row["power_w"]
    return Card(
        name=str(row["name"]),
        pci_devices=frozenset(map(str, row["pci_devices"])),
        compute_capability=str(row["compute_capability"]),
        memory_gb=int(row["memory_gb"]),
        bus_width_bits=None if row["bus_width_bits"] is None else int(row["bus_width_bits"]),
        power_w=None if power is None else (int(power[0]), int(power[1])),
        sources=tuple(map(str, row["sources"])),
        verified=bool(row["verified"]),
    )
