"""Lists in OFAC's format, written for one test."""

from datetime import datetime
from pathlib import Path

import pytest

from compliance import services
from compliance.models import ListSnapshot
from tests.make import NOON

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "compliance" / "data" / "sample_ofac_sdn"
REAL = ROOT.parent / "shared" / "data" / "lists"

real_lists = pytest.mark.skipif(
    not REAL.is_dir(), reason="the published lists are not on this machine (../shared/data/lists)"
)
NOTHING = ",".join(["-0- "] * 7)


def party(uid: int, name: str, kind: str = "-0- ", remarks: str = "-0- ") -> str:
    """A line of sdn.csv; `kind` is individual, vessel, aircraft or nothing for a firm."""
    quoted = [value if value == "-0- " else f'"{value}"' for value in (kind, remarks)]
    return f'{uid},"{name}",{quoted[0]},"SDGT",{NOTHING},{quoted[1]}'


def write(folder: Path, *parties: str, alt: str = "", add: str = "") -> Path:
    """A folder with the three files, each closed by OFAC's 0x1A."""
    folder.mkdir(parents=True, exist_ok=True)
    first = parties[0].split(",")[0]
    content = {
        "sdn.csv": "\r\n".join(parties),
        "alt.csv": alt or f'{first},1,"aka","ALIAS OF {first}",-0- ',
        "add.csv": add or f'{first},1,-0- ,-0- ,"Cuba",-0- ',
    }
    for name, text in content.items():
        (folder / name).write_bytes((text + "\r\n\x1a").encode("latin-1"))
    return folder


def write_cons(folder: Path, *parties: str) -> Path:
    """OFAC's consolidated list has the files of the SDN list under other names."""
    write(folder, *parties)
    for old, new in (("sdn", "cons_prim"), ("alt", "cons_alt"), ("add", "cons_add")):
        (folder / f"{old}.csv").rename(folder / f"{new}.csv")
    return folder


def numbered(count: int, *, start: int = 1) -> list[str]:
    return [
        party(uid, f"COMPANY NUMBER {uid:05} OF THE TEST") for uid in range(start, start + count)
    ]


def import_sample(*, at: datetime = NOON) -> ListSnapshot:
    return services.import_list(
        source_code="ofac_sdn", folder=SAMPLE, published_on=None, at=at, sample=True
    )
