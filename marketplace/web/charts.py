"""Plots as inline SVG: pure, no style attribute, no script, no id, so that a strict CSP holds.

A plot fills its box and holds no text; the words of its axes are HTML beside it and keep their
size. Colours come from classes of straits.css. The label says what a reader would see.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

TIDE_HEIGHT, TIDE_TOP = 24.0, 5.0
WIDTH, HEIGHT, SPAN_HEIGHT = 400.0, 100.0, 20.0
GRID_ROWS = 4


class Spread(NamedTuple):
    """What several showed in one step of time, each from 0 to 1."""

    least: float
    mean: float
    most: float


def tide(
    levels: Sequence[float],
    label: str,
    *,
    window: tuple[int, int] | None = None,
    midnight: int | None = None,
    kind: str = "tide",
) -> SafeString:
    """What is free as a water level: one step an hour, from 0 (nothing) to 1 (all).

    `window` (first hour, one past the last) is drawn full, the rest paler; `midnight` is the first
    hour at which a day begins, None for no day marks.
    """
    begin, end = window or (0, len(levels))
    days = [] if midnight is None else range(midnight or 24, len(levels), 24)
    inside = [level if begin <= hour < end else 0 for hour, level in enumerate(levels)]
    outside = [0 if begin <= hour < end else level for hour, level in enumerate(levels)]
    parts = [
        _path("c-day", "".join(f"M{hour} {_n(TIDE_TOP)}V{_n(TIDE_HEIGHT)}" for hour in days)),
        _path("c-free-dim", _water(outside)),
        _path("c-free", _water(inside)),
        _path("c-base", f"M0 {_n(TIDE_HEIGHT)}H{len(levels)}"),
        _path("c-window", f"M{begin} 1.5H{end}" if window else ""),
    ]
    return _plot(parts, len(levels), TIDE_HEIGHT, label, kind)


def price_steps(
    points: Sequence[tuple[float, int]], label: str, *, least: int, most: int
) -> SafeString:
    """A price over time: (place from 0 to 1, price), each holding until the next; the last to 1."""
    spots = [
        (place * WIDTH, HEIGHT - (price - least) / (most - least) * HEIGHT)
        for place, price in points
    ]
    line = "M" + "H".join(
        f"{_n(x)} {_n(y)}" if not at else f"{_n(x)}V{_n(y)}" for at, (x, y) in enumerate(spots)
    )
    last = spots[-1][1]
    grid = "".join(f"M0 {_n(HEIGHT * row / GRID_ROWS)}H{_n(WIDTH)}" for row in range(GRID_ROWS + 1))
    parts = [
        _path("c-grid", grid),
        _path("c-line", f"{line}H{_n(WIDTH)}"),
        # a line of no length with a round cap: a dot that stays round however the plot is stretched
        _path("c-dot", f"M{_n(WIDTH)} {_n(last)}h.001"),
    ]
    return _plot(parts, WIDTH, HEIGHT, label, "lg")


def band(spreads: Sequence[Spread | None], label: str, *, kind: str = "lg") -> SafeString:
    """A measured value over time, even steps from the left: the mean as a line over its area, and
    around it a band from the least to the greatest. Where nothing was measured it is broken.
    """
    step = WIDTH / len(spreads)
    grid = "".join(f"M0 {_n(HEIGHT * row / GRID_ROWS)}H{_n(WIDTH)}" for row in range(GRID_ROWS + 1))
    runs = list(_runs(spreads))
    lines = [_steps(begin, [one.mean for one in run], step) for begin, run in runs]
    areas = [
        f"M{_n(begin * step)} {_n(HEIGHT)}L{line[1:]}V{_n(HEIGHT)}Z"
        for (begin, run), line in zip(runs, lines, strict=True)
    ]
    bands = [_ring(begin, run, step) for begin, run in runs if any(x.least < x.most for x in run)]
    last = spreads[-1]
    dot = f"M{_n(WIDTH)} {_n(_y(last.mean))}h.001" if last else ""
    parts = [
        _path("c-grid", grid if kind == "lg" else f"M0 {_n(HEIGHT)}H{_n(WIDTH)}"),
        _path("c-area", "".join(areas)),
        _path("c-band", "".join(bands)),
        _path("c-line", "".join(lines)),
        _path("c-dot", dot),
    ]
    return _plot(parts, WIDTH, HEIGHT, label, kind)


def spans(stretches: Sequence[tuple[float, float, bool]], label: str, *, days: int) -> SafeString:
    """What is taken of the days ahead: (begin, end, whether it is booked for good), from 0 to 1."""
    marks = "".join(f"M{_n(WIDTH * day / days)} 0V{_n(SPAN_HEIGHT)}" for day in range(days + 1))
    booked = [(begin, end) for begin, end, sure in stretches if sure]
    held = [(begin, end) for begin, end, sure in stretches if not sure]
    parts = [
        _path("c-day", marks),
        _path("c-booked", "".join(_bar(*one, 2) for one in booked)),
        _path("c-held", "".join(_bar(*one, 4) for one in held)),
    ]
    return _plot(parts, WIDTH, SPAN_HEIGHT, label, "span")


def _bar(begin: float, end: float, off: float) -> str:
    # a stretch of minutes is still to be seen
    width = max(1.5, (end - begin) * WIDTH - 0.6)
    return f"M{_n(begin * WIDTH)} {_n(off)}h{_n(width)}V{_n(SPAN_HEIGHT - off)}h{_n(-width)}Z"


def _runs(spreads: Sequence[Spread | None]) -> Iterator[tuple[int, list[Spread]]]:
    """Unbroken stretches: where each begins, and what was measured in it."""
    run: list[Spread] = []
    for place, one in enumerate([*spreads, None]):
        if one is not None:
            run.append(one)
        elif run:
            yield place - len(run), run
            run = []


def _steps(begin: int, levels: Sequence[float], step: float) -> str:
    """A line through the middle of each step, from the edge of the first to that of the last."""
    spots = [((begin + place + 0.5) * step, _y(level)) for place, level in enumerate(levels)]
    ends = [(begin * step, spots[0][1]), *spots, ((begin + len(levels)) * step, spots[-1][1])]
    return "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in ends)


def _ring(begin: int, run: Sequence[Spread], step: float) -> str:
    """The outline between the greatest and the least."""
    top = _steps(begin, [one.most for one in run], step)
    spots = _steps(begin, [one.least for one in run], step)[1:].split("L")
    return f"{top}L{'L'.join(reversed(spots))}Z"


def _y(level: float) -> float:
    return HEIGHT - min(1.0, max(0.0, level)) * HEIGHT


def bars(
    amounts: Sequence[float], label: str, *, most: float, last_open: bool = True
) -> SafeString:
    """One bar a day, from 0 to `most`; the last, when it is today's, is open: it still grows.

    What is below nothing is drawn as nothing; the label and the table beside it say so.
    """
    top = most or 1
    shapes = [
        format_html(
            '<rect class="{}" x="{}" y="{}" width=".72" height="{}"/>',
            "c-bar c-bar--open" if last_open and place == len(amounts) - 1 else "c-bar",
            _n(place + 0.14),
            _n(HEIGHT - height),
            _n(height),
        )
        for place, amount in enumerate(amounts)
        if (height := max(0.0, min(amount, top)) / top * HEIGHT)
    ]
    grid = "".join(f"M0 {_n(HEIGHT * row / 2)}H{len(amounts)}" for row in range(3))
    return _plot([_path("c-grid", grid), *shapes], len(amounts), HEIGHT, label, "md")


def _water(levels: Sequence[float]) -> str:
    """The outline of each unbroken stretch of one level."""
    return "".join(
        f"M{begin} {_n(TIDE_HEIGHT)}V{_n(TIDE_HEIGHT - level * (TIDE_HEIGHT - TIDE_TOP))}"
        f"H{end}V{_n(TIDE_HEIGHT)}Z"
        for begin, end, level in _stretches(levels)
        if level
    )


def _stretches(levels: Sequence[float]) -> Iterator[tuple[int, int, float]]:
    begin = 0
    for place in range(1, len(levels) + 1):
        if place == len(levels) or levels[place] != levels[begin]:
            yield begin, place, levels[begin]
            begin = place


def _path(kind: str, outline: str) -> str:
    return f'<path class="{kind}" d="{outline}"/>' if outline else ""


def _plot(parts: Sequence[str], width: float, height: float, label: str, kind: str) -> SafeString:
    return format_html(
        '<svg class="plot plot--{}" viewBox="0 0 {} {}" preserveAspectRatio="none"'
        ' role="img" aria-label="{}" focusable="false">{}</svg>',
        kind,
        _n(width),
        _n(height),
        label,
        mark_safe("".join(parts)),  # noqa: S308  classes and numbers of this module only
    )


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
