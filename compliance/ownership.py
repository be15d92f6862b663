"""Who owns and who controls a party, as far as it is recorded. Pure: edges in, findings out.

Two tests, which differ on purpose. Aggregate ownership asks whether listed parties together hold
half: an owner held by half counts in full further down (50 % of 50 % is a half, not a quarter).
Control follows the majority, owner by owner, to whoever stands at the top.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

#: shares are whole basis points
WHOLE, HALF = 10_000, 5_000

NOTHING, MINORITY, UNKNOWN, AT_LEAST_HALF = "none", "minority", "unknown", "at_least_half"
KNOWN, INCOMPLETE, CYCLIC = "known", "incomplete", "cyclic"


@dataclass(frozen=True, slots=True)
class Edge:
    """`owner` holds `share_bps` of `owned`, None when nobody knows how much."""

    owner: str
    owned: str
    share_bps: int | None
    controls: bool = False


@dataclass(frozen=True, slots=True)
class Holder:
    """`hq` is None when it is not known; `top`: nobody is said to stand above it."""

    hq: str | None
    top: bool


@dataclass(frozen=True, slots=True)
class Holding:
    """`share_bps` counts known shares only; `path`: the edges that lead there, nearest first."""

    state: str
    share_bps: int
    path: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class Control:
    """`countries`: known headquarters of all who control the target; its own is not among them."""

    state: str
    countries: tuple[str, ...]
    path: tuple[Edge, ...]


def holding(edges: Sequence[Edge], listed: Collection[str], target: str) -> Holding:
    """What the listed together hold of the target, directly and through those they hold by half.

    `unknown` when it would be half with any value in place of a share that nobody knows;
    `minority` when a listed owner stands anywhere above. That the target is listed itself is
    another question.
    """
    listed = frozenset(listed) - {target}
    surely = _held(edges, listed, unknown=0)
    perhaps = _held(edges, listed, unknown=WHOLE)
    touched = _below(edges, listed)
    if surely[target] >= HALF:
        owners = listed | {name for name, share in surely.items() if share >= HALF}
        return Holding(AT_LEAST_HALF, surely[target], _path(edges, owners, target))
    if target not in touched:
        return Holding(NOTHING, 0, ())
    state = UNKNOWN if perhaps[target] >= HALF else MINORITY
    return Holding(state, surely[target], _path(edges, listed | touched, target))


def control(edges: Sequence[Edge], holders: Mapping[str, Holder], target: str) -> Control:
    """Everyone who controls the target by majority or otherwise, up to the top.

    `incomplete` when a headquarters, the top, or a share that may be a majority is not known.
    """
    into = _into(edges)
    reached, path, complete = [target], list[Edge](), True
    for name in reached:
        ruling = _ruling(into[name])
        holder = holders.get(name, Holder(None, top=False))
        complete &= name == target or holder.hq is not None
        complete &= not _may_rule_unseen(into[name]) and (bool(ruling) or holder.top)
        path += ruling
        reached += sorted({edge.owner for edge in ruling} - set(reached))
    above = [holders[name].hq for name in reached[1:] if name in holders]
    state = CYCLIC if _circular(path) else KNOWN if complete else INCOMPLETE
    return Control(state, tuple(sorted({hq for hq in above if hq})), tuple(path))


def _held(edges: Sequence[Edge], listed: frozenset[str], *, unknown: int) -> Counter[str]:
    """Per party the share of listed and marked owners, when no further party can be marked."""
    marked = set(listed)
    while True:
        held: Counter[str] = Counter()
        for edge in edges:
            if edge.owner in marked:
                held[edge.owned] += unknown if edge.share_bps is None else edge.share_bps
        more = {name for name, share in held.items() if share >= HALF} - marked
        if not more:
            return held
        marked |= more


def _below(edges: Sequence[Edge], listed: frozenset[str]) -> frozenset[str]:
    """All in which a listed party has any interest, through however many hands."""
    found: set[str] = set()
    while True:
        more = {edge.owned for edge in edges if edge.owner in listed | found} - found
        if not more:
            return frozenset(found)
        found |= more


def _path(edges: Sequence[Edge], owners: frozenset[str], target: str) -> tuple[Edge, ...]:
    into = _into(edges)
    reached, path = [target], list[Edge]()
    for name in reached:
        found = [edge for edge in into[name] if edge.owner in owners]
        path += found
        reached += sorted({edge.owner for edge in found} - set(reached))
    return tuple(path)


def _into(edges: Iterable[Edge]) -> defaultdict[str, list[Edge]]:
    into: defaultdict[str, list[Edge]] = defaultdict(list)
    for edge in sorted(edges, key=lambda one: (one.owned, one.owner, one.share_bps or -1)):
        into[edge.owned].append(edge)
    return into


def _ruling(into: Sequence[Edge]) -> list[Edge]:
    shares: Counter[str] = Counter()
    for edge in into:
        shares[edge.owner] += edge.share_bps or 0
    ruling = {edge.owner for edge in into if edge.controls or shares[edge.owner] >= HALF}
    return [edge for edge in into if edge.owner in ruling]


def _may_rule_unseen(into: Sequence[Edge]) -> bool:
    """Whether an owner of unknown share has room for a majority beside the known shares."""
    known = sum(edge.share_bps or 0 for edge in into)
    hidden = any(edge.share_bps is None and not edge.controls for edge in into)
    return hidden and WHOLE - known >= HALF


def _circular(path: Iterable[Edge]) -> bool:
    """Whether the edges hold a circle: taking away whoever has no owner never empties them."""
    left = list(path)
    while left:
        owned = {edge.owned for edge in left}
        fewer = [edge for edge in left if edge.owner in owned]
        if len(fewer) == len(left):
            return True
        left = fewer
    return False
