"""OFAC's Specially Designated Nationals list, as CSV or as the advanced XML."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from . import ofac_advanced, ofac_csv
from .base import MalformedList, ParsedEntry
from .places import one_file

FILES = ofac_csv.Files("sdn.csv", "alt.csv", "add.csv", "sdn_comments.csv")


class OfacSdn:
    code = "ofac_sdn"
    title = "OFAC Specially Designated Nationals"
    max_age_hours = 24

    def read(self, place: Path, published_on: date | None = None) -> Iterator[ParsedEntry]:
        """Entries of the advanced XML, or of the folder with sdn.csv and its companions."""
        if not place.is_dir():
            is_xml = place.suffix.lower() == ".xml"
            return ofac_advanced.read(place) if is_xml else ofac_csv.read(place, FILES)
        has_xml = any(file.suffix.lower() == ".xml" for file in place.iterdir())
        if has_xml and (place / FILES.main).exists():
            fault = f"holds both {FILES.main} and XML"
            raise MalformedList(str(place), None, fault, "Name the file that is to count")
        return (
            ofac_advanced.read(one_file(place, (".xml",)))
            if has_xml
            else ofac_csv.read(place, FILES)
        )
