"""Small made-up lists in every publisher's format, written for one test."""

import csv
import io
import json
from pathlib import Path

from compliance.sources import csl_rows

DATA = Path(__file__).parent / "data"
CSL_COLUMNS = [
    *csl_rows.SINGLE, "_id", "ids", *csl_rows.LISTS, "title", "federal_register_notice",
]  # fmt: skip
CSL_ROWS = [
    {
        "_id": "7001",
        "source": "Specially Designated Nationals (SDN) - Treasury Department",
        "entity_number": "7001",
        "type": "Individual",
        "programs": "SDGT; NPWMD",
        "name": "QUILLFEATHER, Ambrose",
        "alt_names": "QUILL, Amby; @quill_bot",
        "addresses": "1 Pier Road, Farhaven, CU; Nowhere",
        "nationalities": "CU",
        "dates_of_birth": "1971-02-03; 1970; circa 1969",
        "ids": "CU, 2014-08-30, K475336, Passport; Male, Gender; 991, Tax ID No.",
        "remarks": "(Linked To: PELAGIC DAWN)",
    },
    {
        "_id": "a" * 56,
        "source": "Entity List (EL) - Bureau of Industry and Security",
        "name": "=Meridia Foundry",
        "alt_names": "MF Works; and Meridia Works",
        "addresses": "9 Forge Lane, Meridia, CN",
        "ids": "Registration ID, C122790; Website, www.example.test",
    },
    {
        "_id": "b" * 40,
        "source": "Denied Persons List (DPL) - Bureau of Industry and Security",
        "name": "Late Order",
        "end_date": "2026-05-16",
    },
]
DPL = "\n".join(
    "\t".join(f'"{cell}"' for cell in row)
    for row in (
        (
            "Name", "Street_Address", "City", "State", "Country", "Postal_Code", "Effective_Date",
            "Expiration_Date", "Standard_Order", "Last_Update", "Action", "FR_Citation",
        ),
        ("AMBROSE QUILLFEATHER", "1 PIER ROAD", "FARHAVEN", "", "CU", "", "06/19/2003",
         "06/29/2056", "Y", "2007-01-31", "F.R. NOTICE ADDED", "68 F.R. 1"),
        ("AMBROSE  QUILLFEATHER", "2 QUAY", "ELKTON", "MD", "US", "21921", "06/19/2003",
         "06/29/2056", "Y", "3017-01-31", "F.R. NOTICE ADDED", "68 F.R. 1"),
        ("MERIDIA FOUNDRY", "9 FORGE LANE", "MERIDIA", "", "", "", "05/16/2020",
         "05/16/2026", "Y", "2020-06-01", "F.R. NOTICE ADDED", "85 F.R. 2"),
    )
)  # fmt: skip


def csl_csv(*, rows: list[dict[str, str]] = CSL_ROWS, columns: list[str] = CSL_COLUMNS) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def csl_json() -> str:
    """The same parties as in the CSV, as the publisher writes JSON."""
    person, firm, late = CSL_ROWS
    results = [
        {
            **person,
            "id": person["_id"],
            "entity_number": 7001,
            "programs": ["SDGT", "NPWMD"],
            "alt_names": ["QUILL, Amby", "@quill_bot"],
            "addresses": [
                {"address": "1 Pier Road", "city": "Farhaven", "country": "CU"},
                {"city": "Nowhere"},
            ],
            "nationalities": ["CU"],
            "dates_of_birth": ["1971-02-03", "1970", "circa 1969"],
            "ids": [
                {"type": "Passport", "number": "K475336", "country": "CU"},
                {"type": "Gender", "number": "Male", "country": None},
                {"type": "Tax ID No.", "number": "991", "country": None},
            ],
        },
        {
            **firm,
            "type": None,
            "alt_names": ["MF Works", "Meridia Works"],
            "addresses": [{"address": "9 Forge Lane", "city": "Meridia", "country": "CN"}],
            "ids": [{"type": "Registration ID", "number": "C122790"}],
        },
        {**late, "alt_names": []},
    ]
    return json.dumps({"results": results})


FILES = {
    "us_csl": ("consolidated.csv", csl_csv()),
    "un_sc": ("un.xml", (DATA / "un.xml").read_text()),
    "eu_fsf": ("eu.xml", (DATA / "eu.xml").read_text()),
    "uk_sl": ("uk.xml", (DATA / "uk.xml").read_text()),
    "bis_dpl": ("dpl.txt", DPL),
}


def write(folder: Path, code: str, content: str | bytes | None = None) -> Path:
    """The file of a source in the folder, made of `content` or of the list above."""
    folder.mkdir(parents=True, exist_ok=True)
    name, text = FILES[code]
    content = text if content is None else content
    raw = content.encode() if isinstance(content, str) else content
    (folder / name).write_bytes(raw)
    return folder / name
