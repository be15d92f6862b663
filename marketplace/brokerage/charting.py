"""A replay as an SVG file that stands alone: pure, no script, no font but the viewer's."""

from collections.abc import Sequence
from html import escape

from .figures import Run

WIDTH, HEIGHT = 760, 250
LEFT, TOP, RIGHT = 50, 34, 16
COLOURS = ("#1b6ca8", "#c2571a", "#2e7d4f", "#7a3e9d")
LINES = 4


def chart(runs: Sequence[Run], *, title: str) -> str:
    """Busy GPUs and fragmentation over the virtual time of the replay, a line for each run."""
    parts = [
        _panel("GPUs that are lent", [(run.strategy, run.busy) for run in runs], 1),
        _panel(
            "free GPUs of no use to what is asked", [(r.strategy, r.fragmented) for r in runs], 2
        ),
    ]
    tall = 2 * HEIGHT + TOP
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {tall}" '
        f'font-family="sans-serif" font-size="12" fill="#222"><title>{escape(title)}</title>'
        f'<rect width="{WIDTH}" height="{tall}" fill="#fff"/>'
        f'<text x="{LEFT}" y="20" font-size="14">{escape(title)}</text>{"".join(parts)}</svg>\n'
    )


def _panel(name: str, series: Sequence[tuple[str, Sequence[float]]], number: int) -> str:
    top = TOP + (number - 1) * HEIGHT + 26
    high = HEIGHT - 50
    grid = "".join(_line_at(level / LINES, top, high) for level in range(LINES + 1))
    legend = "".join(
        f'<text x="{LEFT + 300 + 110 * place}" y="{top - 8}" fill="{COLOURS[place]}">'
        f"{escape(strategy)}</text>"
        for place, (strategy, _) in enumerate(series)
    )
    curves = "".join(
        f'<polyline fill="none" stroke="{COLOURS[place]}" stroke-width="1.2" '
        f'points="{_points(values, top, high)}"/>'
        for place, (_, values) in enumerate(series)
    )
    return f'<text x="{LEFT}" y="{top - 8}">{escape(name)}</text>{grid}{legend}{curves}'


def _line_at(share: float, top: int, high: int) -> str:
    y = top + high * (1 - share)
    return (
        f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#ccc"/>'
        f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{share:.0%}</text>'
    )


def _points(values: Sequence[float], top: int, high: int) -> str:
    wide = (WIDTH - LEFT - RIGHT) / max(1, len(values) - 1)
    return " ".join(
        f"{LEFT + place * wide:.1f},{top + high * (1 - value):.1f}"
        for place, value in enumerate(values)
    )
