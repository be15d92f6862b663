"""Marks above and below letters, drawn as strokes; sizes are parts of the font's size."""

import unicodedata
from typing import Any, Final, Protocol

#: where marks begin above small and capital letters, and above a letter that has one already
SMALL, CAPITAL, HIGHER = 0.60, 0.78, 0.20
STROKE: Final = {"Vera": 0.055, "VeraBd": 0.085}

Point = tuple[float, float]

#: polylines and, of seven or more numbers, curves: around the middle of the letter, upwards
LINES: Final[dict[str, list[list[Point]]]] = {
    "\u0300": [[(-0.10, 0.15), (0.04, 0.02)]],  # grave
    "\u0301": [[(-0.04, 0.02), (0.10, 0.15)]],  # acute
    "\u0302": [[(-0.12, 0.02), (0.0, 0.13), (0.12, 0.02)]],  # circumflex
    "\u0304": [[(-0.13, 0.07), (0.13, 0.07)]],  # macron
    "\u030b": [[(-0.12, 0.02), (-0.03, 0.15)], [(0.04, 0.02), (0.13, 0.15)]],  # double acute
    "\u030c": [[(-0.12, 0.13), (0.0, 0.02), (0.12, 0.13)]],  # caron
}
CURVES: Final[dict[str, list[tuple[Point, Point, Point, Point]]]] = {
    "\u0303": [  # tilde
        ((-0.14, 0.04), (-0.09, 0.16), (-0.04, 0.12), (0.0, 0.08)),
        ((0.0, 0.08), (0.05, 0.03), (0.09, 0.02), (0.14, 0.12)),
    ],
    "\u0306": [((-0.13, 0.13), (-0.10, 0.0), (0.10, 0.0), (0.13, 0.13))],  # breve
    "\u0309": [  # hook above
        ((-0.06, 0.14), (0.02, 0.20), (0.12, 0.14), (0.05, 0.09)),
        ((0.05, 0.09), (0.0, 0.06), (0.0, 0.04), (0.0, 0.01)),
    ],
}
DOTS: Final[dict[str, Point]] = {"\u0307": (0.0, 0.08)}
BELOW: Final = {"\u0323", "\u0326", "\u0327", "\u0328"}
HORN: Final = "\u031b"
#: through the stem of a capital D
BAR: Final = "\u0335"


class Letter(Protocol):
    """The letter that is marked."""

    @property
    def font(self) -> str: ...
    @property
    def text(self) -> str: ...


def draw_mark(
    canvas: Any, mark: str, x: float, y: float, wide: float, size: float, on: Letter, place: int
) -> None:
    """Draw a mark on the letter that begins at (x, y); what is not known here is left out."""
    canvas.saveState()
    canvas.setLineWidth(STROKE[on.font] * size)
    canvas.setLineCap(1)
    top = (CAPITAL if on.text.isupper() else SMALL) + HIGHER * _marked(on.text, place)
    middle = x + wide / 2
    if mark == BAR:
        canvas.line(x - 0.01 * size, y + 0.37 * size, x + 0.3 * size, y + 0.37 * size)
    elif mark == HORN:
        _horn(canvas, x + wide, y, size, capital=on.text.isupper())
    elif mark in BELOW:
        _below(canvas, mark, middle, y, size)
    else:
        _above(canvas, mark, middle, y + top * size, size)
    canvas.restoreState()


def _marked(text: str, place: int) -> int:
    """How many marks stand above the letter already."""
    before = [mark for mark in unicodedata.normalize("NFD", text)[1:] if mark not in BELOW]
    return len(before) + (place if not before else 0)


def _above(canvas: Any, mark: str, x: float, y: float, size: float) -> None:
    for points in LINES.get(mark, []):
        path = canvas.beginPath()
        path.moveTo(x + points[0][0] * size, y + points[0][1] * size)
        for right, up in points[1:]:
            path.lineTo(x + right * size, y + up * size)
        canvas.drawPath(path)
    for curve in CURVES.get(mark, []):
        canvas.bezier(*(part for right, up in curve for part in (x + right * size, y + up * size)))
    if mark in DOTS:
        right, up = DOTS[mark]
        canvas.circle(x + right * size, y + up * size, 0.055 * size, stroke=0, fill=1)


def _below(canvas: Any, mark: str, x: float, y: float, size: float) -> None:
    if mark == "\u0323":  # dot
        canvas.circle(x, y - 0.14 * size, 0.06 * size, stroke=0, fill=1)
    elif mark == "\u0328":  # ogonek
        canvas.bezier(
            *(x + 0.10 * size, y, x, y - 0.08 * size),
            *(x + 0.02 * size, y - 0.2 * size, x + 0.16 * size, y - 0.18 * size),
        )
    else:  # comma, cedilla
        canvas.line(x + 0.03 * size, y - 0.08 * size, x - 0.03 * size, y - 0.2 * size)


def _horn(canvas: Any, x: float, y: float, size: float, *, capital: bool) -> None:
    top = y + (0.62 if capital else 0.44) * size
    canvas.bezier(
        *(x - 0.10 * size, top, x + 0.02 * size, top),
        *(x + 0.07 * size, top + 0.08 * size, x + 0.04 * size, top + 0.16 * size),
    )
