"""OFAC's consolidated list: everyone on its lists other than the SDN list (SSI, CAPTA, CMIC...)."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from . import ofac_csv
from .base import ParsedEntry

FILES = ofac_csv.Files("cons_prim.csv", "cons_alt.csv", "cons_add.csv", "cons_comments.csv")


class OfacCons:
    code = "ofac_cons"
    title = "OFAC Consolidated (non-SDN) Sanctions"
    max_age_hours = 24

    def read(self, place: Path, published_on: date | None = None) -> Iterator[ParsedEntry]:
        """Entries in the order of cons_prim.csv; `place` is its folder."""
        return ofac_csv.read(place, FILES)
