"""OFAC's Specially Designated Nationals list, as CSV or as the advanced XML."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from . import ofac_csv
from .base import ParsedEntry

FILES = ofac_csv.Files("sdn.csv", "alt.csv", "add.csv", "sdn_comments.csv")


class OfacSdn:
    code = "ofac_sdn"
    title = "OFAC Specially Designated Nationals"
    max_age_hours = 24

    def read(self, place: Path, published_on: date | None = None) -> Iterator[ParsedEntry]:
        """Entries of the folder with sdn.csv and its companions."""
        return ofac_csv.read(place, FILES)
