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
    #: until when its workspace is to outlive it, as its runtime was told
    keep_until: datetime | None = None
    #: it is over, and its workspace lies here
    kept: bool = False
    #: whose workspace it goes on with, as long as that is not its own yet
    resumes: UUID | None = None


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
class Keep:
    """Its workspace is to outlive it, or, with None, is not."""

    assignment: UUID
    until: datetime | None


@dataclass(frozen=True)
class Wipe:
    """It ended, and its workspace is kept no longer; it is still asked for."""

    assignment: UUID


@dataclass(frozen=True)
class Remove:
    """It ended and nobody asks for it any more: wipe what it left."""

    assignment: UUID


Action = Start | Stop | Skip | Tell | Keep | Wipe | Remove


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

    A wanted assignment runs within its window [start, end) once its GPUs are free of others, and so
    is the workspace that it goes on with. It is never started twice. What is not wanted, or not
    known, is stopped. A kept workspace that does not stay is wiped.
    """
    busy = {
        thing
        for assignment, seen in observed.items()
        if seen.phase is not Phase.ENDED
        for thing in (*seen.gpu_uuids, assignment, seen.resumes)
    }
    stay = staying(desired, observed, at)
    actions: list[Action] = list(_unknown(desired, observed, stay))
    for each in desired.values():
        if (seen := observed.get(each.assignment)) is not None:
            actions += _old(each, seen, stay, at)
            continue
        action = _new(each, busy, at)
        if isinstance(action, Start):
            busy |= _needs(each)
        if action is not None:
            actions.append(action)
    return actions


def staying(
    desired: Mapping[UUID, Desired], observed: Mapping[UUID, Observed], at: datetime
) -> set[UUID | None]:
    """Whose workspaces stay once they are over: until their time, and for who goes on with one.

    For that one it stays also past its time, and until that one is gone.
    """
    in_time = {each.assignment for each in desired.values() if _keeps(each, at)}
    wanted = {each.resume for each in desired.values()}
    held = {seen.resumes for seen in observed.values() if seen.phase is not Phase.ENDED}
    return in_time | wanted | held


def _keeps(each: Desired, at: datetime) -> bool:
    return each.keep_until is not None and at < each.keep_until


def _unknown(
    desired: Mapping[UUID, Desired], observed: Mapping[UUID, Observed], stay: set[UUID | None]
) -> Iterator[Action]:
    for assignment, seen in observed.items():
        if assignment in desired:
            continue
        if seen.phase.goes_on:
            yield Stop(assignment, "the marketplace does not list it")
        elif seen.phase is Phase.ENDED and not (seen.kept and assignment in stay):
            yield Remove(assignment)


def _new(each: Desired, busy: set[str | UUID | None], at: datetime) -> Action | None:
    reason = _over(each, at)
    if reason:
        return Skip(each, f"never started: {reason}")
    if at < each.start or busy & _needs(each):
        return None
    return Start(each)


def _needs(each: Desired) -> set[str | UUID | None]:
    """What nobody else may have meanwhile."""
    return {*each.gpu_uuids, *([each.resume] if each.resume else [])}


def _old(each: Desired, seen: Observed, stay: set[UUID | None], at: datetime) -> Iterator[Action]:
    if seen.kept and each.assignment not in stay:
        yield Wipe(each.assignment)
    # before it is stopped: on its way out it is too late
    if seen.phase is not Phase.ENDED and seen.keep_until != each.keep_until:
        yield Keep(each.assignment, each.keep_until)
    if not seen.phase.goes_on:
        return
    if reason := _over(each, at):
        yield Stop(each.assignment, reason)
    elif each.evict_at and seen.phase is Phase.RUNNING and seen.told != each.evict_at:
        yield Tell(each.assignment, each.evict_at)


def _over(each: Desired, at: datetime) -> str:
    if not each.run:
        return "the marketplace wants it stopped"
    return "its window is over" if at >= each.end else ""


def next_edge(desired: Iterable[Desired], at: datetime) -> datetime | None:
    """When the next window begins or ends, if any does."""
    edges = [edge for each in desired for edge in (each.start, each.end) if edge > at]
    return min(edges, default=None)
