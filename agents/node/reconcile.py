"""What to do, given what the marketplace wants and what is here: values in, values out."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from uuid import UUID

from agents.protocol.messages import Desired


class Phase(Enum):
    """Of an assignment on this machine. One that was never here has none."""

    STARTING = auto()
    RUNNING = auto()
    STOPPING = auto()
    ENDED = auto()

    @property
    def goes_on(self) -> bool:
        """Whether it would run on if nobody stopped it."""
        return self in (Phase.STARTING, Phase.RUNNING)


@dataclass(frozen=True)
class Observed:
    phase: Phase
    gpu_uuids: tuple[str, ...] = ()
    #: when it gives way, as its workload was told
    told: datetime | None = None


@dataclass(frozen=True)
class Start:
    desired: Desired


@dataclass(frozen=True)
class Stop:
    assignment: UUID
    reason: str


@dataclass(frozen=True)
class Skip:
    """Never start it: it is over before it began."""

    desired: Desired
    reason: str


@dataclass(frozen=True)
class Tell:
    """It gives way to another then; its workload should know."""

    assignment: UUID
    evict_at: datetime


@dataclass(frozen=True)
class Remove:
    """It ended and nobody asks for it any more: wipe what it left."""

    assignment: UUID


Action = Start | Stop | Skip | Tell | Remove


def take_over(known: Mapping[UUID, Desired], told: Iterable[Desired]) -> dict[UUID, Desired]:
    """Replace what we knew by the full set that we were told; an older generation is ignored."""
    taken: dict[UUID, Desired] = {}
    for each in told:
        newest = taken.get(each.assignment) or known.get(each.assignment)
        newer = newest is None or each.generation >= newest.generation
        taken[each.assignment] = each if newer or newest is None else newest
    return taken


def reconcile(
    desired: Mapping[UUID, Desired], observed: Mapping[UUID, Observed], at: datetime
) -> list[Action]:
    """Give the actions that are due at `at`; after they are done there are none.

    A wanted assignment runs within its window [start, end) once its GPUs are free of others. It is
    never started twice. What is not wanted, or not known, is stopped.
    """
    busy = {
        gpu for seen in observed.values() if seen.phase is not Phase.ENDED for gpu in seen.gpu_uuids
    }
    actions: list[Action] = list(_unknown(desired, observed))
    for each in desired.values():
        seen = observed.get(each.assignment)
        action = _new(each, busy, at) if seen is None else _old(each, seen, at)
        if isinstance(action, Start):
            busy |= set(each.gpu_uuids)
        if action is not None:
            actions.append(action)
    return actions


def _unknown(
    desired: Mapping[UUID, Desired], observed: Mapping[UUID, Observed]
) -> Iterator[Action]:
    for assignment, seen in observed.items():
        if assignment in desired:
            continue
        if seen.phase.goes_on:
            yield Stop(assignment, "the marketplace does not list it")
        elif seen.phase is Phase.ENDED:
            yield Remove(assignment)


def _new(each: Desired, busy: set[str], at: datetime) -> Action | None:
    reason = _over(each, at)
    if reason:
        return Skip(each, f"never started: {reason}")
    if at < each.start or busy & set(each.gpu_uuids):
        return None
    return Start(each)


def _old(each: Desired, seen: Observed, at: datetime) -> Action | None:
    if not seen.phase.goes_on:
        return None
    if reason := _over(each, at):
        return Stop(each.assignment, reason)
    if each.evict_at and seen.phase is Phase.RUNNING and seen.told != each.evict_at:
        return Tell(each.assignment, each.evict_at)
    return None


def _over(each: Desired, at: datetime) -> str:
    if not each.run:
        return "the marketplace wants it stopped"
    return "its window is over" if at >= each.end else ""


def next_edge(desired: Iterable[Desired], at: datetime) -> datetime | None:
    """When the next window begins or ends, if any does."""
    edges = [edge for each in desired for edge in (each.start, each.end) if edge > at]
    return min(edges, default=None)
