"""Reading publishers' text and CSV files without believing them."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from .base import MalformedList

AGAIN = "Download it again from the publisher; nothing was imported"
MEGABYTE = 1 << 20
#: bytes, some ten times the largest real CSV file
BIGGEST = 64 * MEGABYTE
#: written by some publishers where DOS expected the end of a text
END = "\x1a"


def opened(path: Path, *, biggest: int) -> BinaryIO:
    """The file, open for reading. Raises MalformedList when it is missing or too big."""
    if not path.is_file():
        fault = f"not found in {path.parent}"
        raise MalformedList(path.name, None, fault, "Download all of its files")
    if path.stat().st_size > biggest:
        raise MalformedList(path.name, None, f"is larger than {biggest} bytes", AGAIN)
    return path.open("rb")


def text_of(path: Path, *, biggest: int = BIGGEST, utf8: bool = False) -> str:
    """The whole file as text: UTF-8 (with or without BOM) if it is that, Latin-1 otherwise.

    `utf8` takes nothing but UTF-8. Raises MalformedList when the file is missing, empty, far too
    big, or not text at all.
    """
    name = path.name
    with opened(path, biggest=biggest) as file:
        raw = file.read()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if utf8:
            line = raw.count(b"\n", 0, error.start) + 1
            raise MalformedList(name, line, "is not UTF-8 text", AGAIN) from error
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
    for line, row in _lines(path.name, text_of(path), ","):
        if len(row) != columns:
            fault = f"has {len(row)} columns where {columns} belong"
            raise MalformedList(path.name, line, fault, AGAIN)
        yield line, row


def records_of(
    path: Path, *, needed: frozenset[str], delimiter: str = ",", utf8: bool = False
) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, cells by column) of a CSV file whose first line names its columns.

    Columns beyond those needed may come and go. Raises MalformedList.
    """
    lines = _lines(path.name, text_of(path, utf8=utf8), delimiter)
    _, header = next(lines)
    if missing := sorted(needed - set(header)):
        raise MalformedList(path.name, 1, f"has no column {', '.join(missing)}", AGAIN)
    for line, row in lines:
        if len(row) != len(header):
            fault = f"has {len(row)} columns where {len(header)} belong"
            raise MalformedList(path.name, line, fault, AGAIN)
        yield line, dict(zip(header, row, strict=True))


def csv_lines(path: Path, *, biggest: int) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of a CSV file in UTF-8 of any shape, cells stripped. Raises MalformedList."""
    return _lines(path.name, text_of(path, biggest=biggest, utf8=True), ",")


def _lines(file: str, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter)
    line = 1
    try:
        for row in reader:
            yield line, [cell.strip() for cell in row]
            line = reader.line_num + 1
    except csv.Error as error:
        raise MalformedList(file, line, f"cannot be read as CSV ({error})", AGAIN) from error
