"""Text in any name's letters, with the fonts that reportlab brings along.

Vera is embedded and has the letters of Western Europe. What it lacks of the other Latin alphabets,
Vietnamese above all, is put together from a letter that it has and marks that are drawn. Chinese,
Japanese and Korean letters are named from a standard font of PDF readers and not embedded, since no
embeddable one comes with the library. Of all other scripts, such as Thai, Arabic and Cyrillic, each
letter is told in Latin ones.
"""

import unicodedata
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from anyascii import anyascii
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont

from .marks import BAR, draw_mark

PLAIN: Final = "Vera"
BOLD: Final = "VeraBd"
CHINESE: Final = "STSong-Light"
#: what no font has and nobody has put into Latin letters
UNKNOWN: Final = "?"
#: what is no letter of anybody's: for private use, or not given out
NOBODYS: Final = {"Co", "Cn", "Cs"}


class Piece(NamedTuple):
    """Text in one font, and the marks that are drawn on its (single) letter."""

    font: str
    text: str
    marks: tuple[str, ...] = ()


def _register() -> None:
    for name in (PLAIN, BOLD):
        pdfmetrics.registerFont(TTFont(name, f"{name}.ttf"))
    pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))


_register()
_KNOWN: Final = {
    name: frozenset(
        letter for letter, glyph in pdfmetrics.getFont(name).face.charToGlyph.items() if glyph
    )
    for name in (PLAIN, BOLD)
}


def pieces(text: str, font: str) -> Iterator[Piece]:
    """The text cut where the font changes or marks are to be drawn."""
    run = ""
    for letter in unicodedata.normalize("NFC", text):
        if ord(letter) in _KNOWN[font]:
            run += letter
            continue
        if run:
            yield Piece(font, run)
            run = ""
        yield _other(letter, font)
    if run:
        yield Piece(font, run)


def _other(letter: str, font: str) -> Piece:
    if letter == "\u0110":  # D with a stroke does not come apart in Unicode
        return Piece(font, "D", (BAR,))
    base, *marks = list(unicodedata.normalize("NFD", letter))
    while marks and ord(joined := unicodedata.normalize("NFC", base + marks[0])) in _KNOWN[font]:
        base = joined
        marks.pop(0)
    if marks and ord(base) in _KNOWN[font]:
        return Piece(font, base, tuple(marks))
    if unicodedata.east_asian_width(letter) in "WF":
        return Piece(CHINESE, letter)
    return Piece(font, _latin(letter, font))


def _latin(letter: str, font: str) -> str:
    if letter.isspace() or unicodedata.category(letter) == "Cc":
        return " "
    told = anyascii(letter)
    if unicodedata.category(letter) in NOBODYS or any(ord(one) not in _KNOWN[font] for one in told):
        return UNKNOWN
    return told  # of marks and of some vowels, nothing


def in_latin(text: str) -> str:
    """Text whose letters a reader's machine may lack, once more in Latin ones; "" for other text"""
    wide = any(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return anyascii(text) if wide else ""


def width(text: str, font: str, size: float) -> float:
    """Width of the text in points."""
    wide = (pdfmetrics.stringWidth(one.text, one.font, size) for one in pieces(text, font))
    return float(sum(wide))


def draw(canvas: Any, x: float, y: float, text: str, font: str, size: float) -> None:
    """Draw the text with its baseline beginning at (x, y)."""
    for piece in pieces(text, font):
        canvas.setFont(piece.font, size)
        canvas.drawString(x, y, piece.text)
        wide = pdfmetrics.stringWidth(piece.text, piece.font, size)
        for place, mark in enumerate(piece.marks):
            draw_mark(canvas, mark, x, y, wide, size, piece, place)
        x += wide


def wrap(text: str, font: str, size: float, most: float) -> list[str]:
    """The text in lines no wider than `most`; words too long for a line are cut."""
    lines: list[str] = []
    for paragraph in text.splitlines() or [""]:
        line = ""
        for word in _words(paragraph):
            if line and width(line + word.rstrip(), font, size) > most:
                lines.append(line.rstrip())
                line = ""
            line += word
            while width(line.rstrip(), font, size) > most:
                fits = _fitting(line, font, size, most)
                lines.append(line[:fits])
                line = line[fits:]
        lines.append(line.rstrip())
    return lines


def _words(text: str) -> Iterator[str]:
    """Words with the space after them; wide letters stand alone, since they break anywhere."""
    word = ""
    for letter in text:
        if unicodedata.east_asian_width(letter) in "WF":
            if word:
                yield word
                word = ""
            yield letter
            continue
        word += letter
        if letter == " ":
            yield word
            word = ""
    if word:
        yield word


def _fitting(line: str, font: str, size: float, most: float) -> int:
    fits = 1
    while fits < len(line) and width(line[: fits + 1], font, size) <= most:
        fits += 1
    return fits
