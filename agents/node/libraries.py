"""Which files of the driver this process has loaded, by what they hold."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from agents.protocol.hardware import Library

MAPS = Path("/proc/self/maps")
PRELOAD = Path("/etc/ld.so.preload")
NAMES: tuple[Literal["libnvidia-ml.so.1", "libcuda.so.1"], ...] = (
    "libnvidia-ml.so.1",
    "libcuda.so.1",
)
FOLDERS = (
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/lib64",
    "/usr/lib",
    "/usr/lib/wsl/lib",
)
MAX_TEXT = 200


def digests() -> tuple[Library, ...]:
    """SHA-256 of each library of the driver: of the file that is mapped here, or would be."""
    mapped = list(_mapped())
    found = ((name, _file(name, mapped)) for name in NAMES)
    return tuple(
        Library(name=name, sha256=_sha256(file)) for name, file in found if file is not None
    )


def preload() -> str:
    """What is loaded before all libraries, and so could answer in their place."""
    try:
        everywhere = " ".join(PRELOAD.read_text().split())
    except OSError:
        everywhere = ""
    return " ".join(filter(None, (os.environ.get("LD_PRELOAD", ""), everywhere)))[:MAX_TEXT]


def _mapped() -> Iterator[Path]:
    for line in MAPS.read_text().splitlines():
        place = line.partition("/")[2]
        if place:
            yield Path("/" + place.removesuffix(" (deleted)"))


def _file(name: str, mapped: list[Path]) -> Path | None:
    stem = name.removesuffix("1")
    places = [*mapped, *(Path(folder) / name for folder in FOLDERS)]
    fits = (place for place in places if place.name.startswith(stem) and place.is_file())
    return next(fits, None)


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
