"""Plots as inline SVG: pure, no style attribute, no script, no id, so that a strict CSP holds.

A plot fills its box and holds no text; the words of its axes are HTML beside it and keep their
size. Colours come from classes of straits.css. The label says what a reader would see.
"""

from collections.abc import Iterator, Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

TIDE_HEIGHT, TIDE_TOP = 24.0, 5.0
WIDTH, HEIGHT = 400.0, 100.0
GRID_ROWS = 4


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
