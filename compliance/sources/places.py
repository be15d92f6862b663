"""Finding a list's file from the file or folder that a person named."""

from collections.abc import Sequence
from pathlib import Path

from .base import MalformedList


def one_file(place: Path, endings: Sequence[str]) -> Path:
    """`place` itself, or the one file in it with such an ending. Raises MalformedList."""
    wanted = " or ".join(f"*{ending}" for ending in endings)
    if not place.is_dir():
        if place.suffix.lower() not in endings:
            raise MalformedList(place.name, None, f"is not {wanted}", "Name the publisher's file")
        return place
    fitting = sorted(
        file for file in place.iterdir() if file.is_file() and file.suffix.lower() in endings
    )
    if len(fitting) != 1:
        fault = f"holds {len(fitting)} files {wanted} where one belongs"
        raise MalformedList(str(place), None, fault, "Name the file instead of its folder")
    return fitting[0]
