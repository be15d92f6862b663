"""Reading publishers' CSV files without believing them."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from .base import MalformedList

AGAIN = "Download it again from the publisher; nothing was imported"
BIGGEST = 512 * 1024 * 1024  # bytes; the largest real file has about 20 MB
#: written by some publishers where DOS expected the end of a text
END = "\x1a"


def text_of(path: Path) -> str:
    """The whole file as text: UTF-8 (with or without BOM) if it is that, Latin-1 otherwise.

    Raises MalformedList when the file is missing, empty, far too big, or not text at all.
    """
    name = path.name
    if not path.is_file():
        raise MalformedList(name, None, f"not found in {path.parent}", "Download all of its files")
    if path.stat().st_size > BIGGEST:
        raise MalformedList(name, None, f"is larger than {BIGGEST} bytes", AGAIN)
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    text = text.rstrip("\r\n " + END)
    if not text.strip():
        raise MalformedList(name, None, "is empty", AGAIN)
    for line, content in enumerate(text.split("\n"), start=1):
        if any(char < " " and char not in "\t\r" for char in content):
            raise MalformedList(name, line, "holds bytes that are not text", AGAIN)
    return text


def rows_of(path: Path, *, columns: int) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of a CSV file, cells stripped. Raises MalformedList on any other shape."""
    reader = csv.reader(io.StringIO(text_of(path), newline=""), strict=True)
    line = 1
    try:
        for row in reader:
            if len(row) != columns:
                fault = f"has {len(row)} columns where {columns} belong"
                raise MalformedList(path.name, line, fault, AGAIN)
            yield line, [cell.strip() for cell in row]
            line = reader.line_num + 1
    except csv.Error as error:
        raise MalformedList(path.name, line, f"cannot be read as CSV ({error})", AGAIN) from error
