"""Where the boxes and lines of an ownership graph stand: owners above, the party below. Pure.

Whole pixels only, so that no locale writes them otherwise. A line that passes a row goes through a
gap of its own there; a line of a circle, which must lead up again, is told by `back`.
"""

import textwrap
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .ownership import Edge

BOX, GAP, LANE, HIGH, PITCH = 168, 24, 24, 62, 126
LETTERS, LINES = 21, 2


@dataclass(frozen=True, slots=True)
class Node:
    """`kind`: party, listed, like (a possible match), person, or empty."""

    name: str
    told: str
    kind: str = ""


class Text(NamedTuple):
    x: int
    y: int
    text: str
    name: bool


class Box(NamedTuple):
    x: int
    y: int
    round: int
    kind: str
    texts: list[Text]


class Arrow(NamedTuple):
    """`line` and `head` are outlines of SVG paths; the label stands in the middle of its ground,
    `ground_x` from the left and `label_width` wide.
    """

    line: str
    head: str
    label: str
    label_x: int
    label_y: int
    ground_x: int
    label_width: int
    marked: bool
    back: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """`columns` is how many boxes stand beside each other at most."""

    width: int
    height: int
    columns: int
    boxes: list[Box]
    arrows: list[Arrow]


Place = tuple[int, int]
#: what stands in a row: a node's key, or a lane that an edge (by its number) goes through
Slot = str | tuple[int, int]


def chart(
    nodes: Mapping[str, Node], edges: Sequence[Edge], target: str, marked: Collection[Edge] = ()
) -> Chart:
    """Everybody from whom a line of shares leads to the target. `marked` lines are drawn strong."""
    reached = _reached(edges, target)
    lines = [edge for edge in edges if edge.owned in reached and edge.owner in nodes]
    depth = _depths(lines, target, reached)
    rows = _rows(lines, depth)
    places, width = _places(rows)
    bottom = max(rows) * PITCH
    at = {slot: (x, bottom - row * PITCH) for slot, (x, row) in places.items()}
    boxes = [_box(nodes[key], *at[key]) for key in depth]
    arrows = _arrows(lines, depth, at, marked)
    columns = max(sum(isinstance(slot, str) for slot in row) for row in rows.values())
    return Chart(width, bottom + HIGH + 2, columns, boxes, arrows)


def _reached(edges: Sequence[Edge], target: str) -> list[str]:
    found = [target]
    for name in found:
        more = {edge.owner for edge in edges if edge.owned == name}
        found += sorted(more - set(found))
    return found


def _depths(edges: Sequence[Edge], target: str, reached: Sequence[str]) -> dict[str, int]:
    """Each owner one row above the highest that it owns; a circle is cut at its nearest member."""
    owns = defaultdict(set)
    for edge in edges:
        owns[edge.owner].add(edge.owned)
    depth, left = {target: 0}, [name for name in reached if name != target]
    while left:
        ready = [name for name in left if owns[name] <= depth.keys()]
        for name in ready or [next(one for one in left if owns[one] & depth.keys())]:
            depth[name] = 1 + max(depth[owned] for owned in owns[name] & depth.keys())
            left.remove(name)
    return depth


def _rows(edges: Sequence[Edge], depth: Mapping[str, int]) -> dict[int, list[Slot]]:
    rows: dict[int, list[Slot]] = {row: [] for row in range(max(depth.values()) + 1)}
    for name, row in depth.items():
        rows[row].append(name)
    for number, edge in enumerate(edges):
        for row in range(depth[edge.owned] + 1, depth[edge.owner]):
            rows[row].append((number, row))
    return rows


def _places(rows: Mapping[int, Sequence[Slot]]) -> tuple[dict[Slot, Place], int]:
    """The left edge of each slot, every row in the middle, and how wide all is."""
    wide = {row: sum(_wide(slot) + GAP for slot in slots) - GAP for row, slots in rows.items()}
    width = max(wide.values()) + 4
    found: dict[Slot, Place] = {}
    for row, slots in rows.items():
        x = (width - wide[row]) // 2
        for slot in slots:
            found[slot] = (x, row)
            x += _wide(slot) + GAP
    return found, width


def _wide(slot: Slot) -> int:
    return BOX if isinstance(slot, str) else LANE


def _box(node: Node, x: int, y: int) -> Box:
    lines = textwrap.wrap(node.name, LETTERS, max_lines=LINES, placeholder=" …")
    top = y + 1 + (HIGH - 15 * (len(lines) + 1)) // 2
    written = [*lines, textwrap.shorten(node.told, LETTERS + 4, placeholder=" …")]
    texts = [
        Text(x + BOX // 2, top + 11 + 15 * place, line, place < len(lines))
        for place, line in enumerate(written)
    ]
    rounded = HIGH // 2 if node.kind == "person" else 4
    return Box(x, y + 1, rounded, node.kind, texts)


def _arrows(
    edges: Sequence[Edge],
    depth: Mapping[str, int],
    at: Mapping[Slot, Place],
    marked: Collection[Edge],
) -> list[Arrow]:
    leaves = _spread((edge.owner for edge in edges), BOX)
    enters = _spread((edge.owned for edge in edges), BOX)
    found = []
    for number, edge in enumerate(edges):
        from_x, from_y = at[edge.owner][0] + leaves[number], at[edge.owner][1] + HIGH
        to_x, to_y = at[edge.owned][0] + enters[number], at[edge.owned][1]
        lanes = [at[number, row] for row in range(depth[edge.owner] - 1, depth[edge.owned], -1)]
        line = f"M{from_x} {from_y}"
        for x, y in lanes:
            line += f"V{y - 22}H{x + LANE // 2}V{y + HIGH}"
        line += f"V{to_y - 22}H{to_x}V{to_y}"
        label = _share(edge)
        wide = len(label) * 7 + 8
        head = f"M{to_x - 4} {to_y - 6}L{to_x} {to_y}L{to_x + 4} {to_y - 6}Z"
        back = depth[edge.owner] <= depth[edge.owned]
        strong = edge in marked
        found.append(
            Arrow(line, head, label, from_x, from_y + 21, from_x - wide // 2, wide, strong, back)
        )
    return found


def _spread(names: Iterable[str], width: int) -> dict[int, int]:
    """By the number of an edge: where along its box the line begins or ends."""
    of: dict[str, list[int]] = defaultdict(list)
    for number, name in enumerate(names):
        of[name].append(number)
    return {
        number: width * (place + 1) // (len(numbers) + 1)
        for numbers in of.values()
        for place, number in enumerate(numbers)
    }


def _share(edge: Edge) -> str:
    share = "?" if edge.share_bps is None else f"{edge.share_bps / 100:g} %"
    return f"{share}, controls" if edge.controls else share
