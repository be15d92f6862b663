"""The published lists to measure on, by the name that SET gives; the sample without them."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from bench import csl
from compliance.matching import Listed
from compliance.sources.base import ParsedEntry
from compliance.sources.ofac_sdn import OfacSdn
from compliance.sources.un_sc import UnSc

ROOT = Path(__file__).resolve().parents[1]
LISTS = ROOT.parent / "shared" / "data" / "lists"
SAMPLE = ROOT / "compliance" / "data" / "sample_ofac_sdn"
FILES = {
    "csl": LISTS / "csl" / "consolidated_2022-05.csv",
    "ofac": LISTS / "ofac_2024-06" / "sdn.csv",
    "un": LISTS / "un",
}
_ALIAS = re.compile(r"[af]\.k\.a\. '([^']{3,})'")


def chosen(name: str) -> list[Listed]:
    """Every name of that list. `KeyError` for a name that is not in FILES."""
    place = FILES[name]
    if not place.exists():
        return list(_parsed("ofac_sdn", OfacSdn().read(SAMPLE)))
    readers = {"csl": csl.listed, "ofac": _ofac, "un": _un}
    return list(readers[name](place))


def _parsed(source: str, entries: Iterator[ParsedEntry]) -> Iterator[Listed]:
    for entry in entries:
        for name, kind in entry.names:
            yield Listed(source, entry.uid, entry.kind, "", name, kind)


def _un(place: Path) -> Iterator[Listed]:
    """As the list spells them in Latin letters; those of other scripts are asked, not listed."""
    return (one for one in _parsed("un_sc", UnSc().read(place)) if latin(one.name))


def latin(name: str) -> bool:
    return all(ord(char) < 0x370 or not char.isalpha() for char in name)


def _ofac(path: Path) -> Iterator[Listed]:
    """The main file alone, which has the aliases of some entries in its remarks."""
    with path.open(encoding="latin-1", newline="") as opened:
        for row in csv.DictReader(opened):
            if not row["SDN_name"]:
                continue  # the file ends with a mark of its own
            kind = row["SDN_type"].strip()
            kind = {"individual": "person", "-0-": "organisation"}.get(kind, kind)
            names = [(row["SDN_name"], "primary")]
            names += [(alias, "strong") for alias in _ALIAS.findall(row["Remarks"] or "")]
            for name, strength in names:
                yield Listed("ofac_sdn", row["ent_num"].strip(), kind, "", name, strength)
