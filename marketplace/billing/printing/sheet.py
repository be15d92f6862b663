"""A4 sheets: text blocks, a table whose head is repeated, page numbers. Knows nothing of money."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from .letters import BOLD, PLAIN, draw, width, wrap

WIDTH, HEIGHT = A4
LEFT, RIGHT, TOP, BOTTOM = 20 * mm, WIDTH - 20 * mm, HEIGHT - 20 * mm, 26 * mm
GREY: Final = 0.42
LEADING: Final = 1.35

Draw = Callable[[Any], None]


@dataclass(frozen=True)
class Column:
    """Where a column begins and ends, and whether it is of figures (set to the right)."""

    head: str
    begin: float
    end: float
    figures: bool = True


@dataclass(frozen=True)
class Cell:
    """Text of a cell, and small text below it."""

    text: str
    sub: str = ""


@dataclass
class Sheets:
    """What is drawn on each page; drawn once it is known how many there are."""

    footer: str
    pages: list[list[Draw]] = field(default_factory=lambda: [[]])
    y: float = TOP

    def text(
        self,
        text: str,
        *,
        x: float = LEFT,
        most: float = RIGHT - LEFT,
        font: str = PLAIN,
        size: float = 9,
        grey: bool = False,
    ) -> None:
        """Lines of text below what is there; `y` moves down."""
        for line in wrap(text, font, size, most):
            self.room(size * LEADING)
            self.y -= size * LEADING
            self._put(x, self.y, line, font, size, grey)

    def right(
        self, text: str, *, y: float, x: float = RIGHT, font: str = PLAIN, size: float = 9
    ) -> None:
        """One line that ends at x."""
        self._put(x - width(text, font, size), y, text, font, size, grey=False)

    def figure(self, text: str, digits: int, *, font: str = PLAIN, size: float = 9) -> None:
        """An amount beside the last line, its point in line with those of so many digits."""
        point = RIGHT - width("0" * digits, PLAIN, 9)
        self.right(
            text,
            y=self.y,
            x=min(RIGHT, point + width(text.partition(".")[2], font, size)),
            font=font,
            size=size,
        )

    def gap(self, height: float) -> None:
        self.y -= height

    def rule(self, *, begin: float = LEFT, thick: float = 0.5, grey: float = 0.7) -> None:
        """A line across at the present height."""
        y = self.y

        def stroke(canvas: Any) -> None:
            canvas.setStrokeGray(grey)
            canvas.setLineWidth(thick)
            canvas.line(begin, y, RIGHT, y)
            canvas.setStrokeGray(0)

        self.pages[-1].append(stroke)

    def room(self, height: float) -> bool:
        """Whether a new page had to be begun to have this much room."""
        if self.y - height >= BOTTOM:
            return False
        self.pages.append([])
        self.y = TOP
        return True

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> None:
        """A table; its head stands again on each page it goes on to, and no row is torn."""
        self.room(60)
        self._head(columns)
        for row in rows:
            cells = [_wrapped(cell, column) for cell, column in zip(row, columns, strict=True)]
            height = max(len(lines) * 9 + len(subs) * 7 for lines, subs in cells) * LEADING + 8
            if self.room(height):
                self._head(columns)
            self._row(columns, cells, height)

    def _head(self, columns: Sequence[Column]) -> None:
        self.y -= 10
        for column in columns:
            if column.figures:
                self.right(column.head, y=self.y, x=column.end, font=BOLD, size=8)
            else:
                self._put(column.begin, self.y, column.head, BOLD, 8, grey=False)
        self.y -= 5
        self.rule(thick=0.8, grey=0.2)

    def _row(
        self, columns: Sequence[Column], cells: Sequence[tuple[list[str], list[str]]], height: float
    ) -> None:
        top = self.y - 3
        for column, (lines, subs) in zip(columns, cells, strict=True):
            y = top
            for line in lines:
                y -= 9 * LEADING
                if column.figures:
                    self.right(line, y=y, x=column.end)
                else:
                    self._put(column.begin, y, line, PLAIN, 9, grey=False)
            for line in subs:
                y -= 7 * LEADING
                self._put(column.begin, y, line, PLAIN, 7, grey=True)
        self.y -= height
        self.rule()

    def _put(self, x: float, y: float, text: str, font: str, size: float, grey: bool) -> None:
        def put(canvas: Any) -> None:
            canvas.setFillGray(GREY if grey else 0)
            draw(canvas, x, y, text, font, size)

        self.pages[-1].append(put)

    def pdf(self, *, title: str, author: str) -> bytes:
        """All pages as one file, the same bytes for the same content."""
        out = io.BytesIO()
        canvas = Canvas(out, pagesize=A4, invariant=1, pageCompression=1)
        canvas.setTitle(title)
        canvas.setAuthor(author)
        for number, page in enumerate(self.pages, start=1):
            for one in page:
                one(canvas)
            self._foot(canvas, number)
            canvas.showPage()
        canvas.save()
        return out.getvalue()

    def _foot(self, canvas: Any, number: int) -> None:
        canvas.setFillGray(GREY)
        y = BOTTOM - 8 * mm
        told = f"Page {number} of {len(self.pages)}"
        draw(canvas, RIGHT - width(told, PLAIN, 7.5), y, told, PLAIN, 7.5)
        most = RIGHT - LEFT - 30 * mm
        for line in wrap(self.footer, PLAIN, 7.5, most)[:2]:
            draw(canvas, LEFT, y, line, PLAIN, 7.5)
            y -= 7.5 * LEADING


def _wrapped(cell: Cell, column: Column) -> tuple[list[str], list[str]]:
    most = column.end - column.begin
    return (
        wrap(cell.text, PLAIN, 9, most),
        wrap(cell.sub, PLAIN, 7, most) if cell.sub else [],
    )
