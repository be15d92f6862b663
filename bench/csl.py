"""Names of a Consolidated Screening List file, for measuring only."""

import csv
from collections.abc import Iterator
from pathlib import Path

from compliance.matching import Listed

KINDS = {
    "individual": "person",
    "entity": "organisation",
    "vessel": "vessel",
    "aircraft": "aircraft",
}


def listed(path: Path) -> Iterator[Listed]:
    """Each name and alias; a row whose type the list leaves out has no kind."""
    with path.open(encoding="utf-8-sig", newline="") as opened:
        for row in csv.DictReader(opened):
            kind = KINDS.get(row["type"].lower(), "")
            for place, name in enumerate([row["name"], *row["alt_names"].split(";")]):
                if name.strip():
                    strength = "strong" if place else "primary"
                    yield Listed("us_csl", row["_id"], kind, "", name.strip(), strength)
