"""Where what the rows say and what machines report differ: values in, values out.

One look proves nothing, because the two are not read at the same instant and news is on its way in
both directions; a difference counts once it has stood for SURE_AFTER, see `services.drifting`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Kind(StrEnum):
    MISSING = "missing"  # should run now, and its machine has nothing of it
    UNKNOWN = "unknown"  # a machine runs what no row of it knows
    UNWANTED = "unwanted"  # a machine runs what is over, or went to another machine
    GPUS = "gpus"  # a machine runs it on other GPUs
    END = "end"  # a machine will stop it at another moment
    GENERATION = "generation"  # a machine acts on an older wish, or on one never made
    STATE = "state"  # a machine's last word on it is not in the rows
    STUCK = "stuck"  # a row is in a state longer than anything may be


#: what mends a kind by itself; empty: nothing does, so it is for people
MENDED_BY: Mapping[Kind, str] = {
    # the answer to a full heartbeat lists it, and a node starts what it is told and does not have
    Kind.MISSING: "agents.gateway.services.heartbeat",
    # a node stops what it is not told of
    Kind.UNKNOWN: "agents.node.reconcile",
    Kind.UNWANTED: "agents.node.reconcile",
    # nothing moves what runs to other GPUs
    Kind.GPUS: "",
    Kind.END: "agents.gateway.tasks.follow",
    Kind.GENERATION: "agents.gateway.tasks.follow",
    # every full heartbeat says it again
    Kind.STATE: "agents.gateway.services.heartbeat",
    Kind.STUCK: "",  # each stuck row names its own
}


@dataclass(frozen=True, slots=True)
class Part:
    """What the rows say of a reservation's part on a machine."""

    assignment: UUID
    machine: int
    reservation: int
    generation: int
    observed: str
    run: bool
    withdrawn: bool
    start: datetime
    end: datetime
    gpus: frozenset[str]

    def wanted(self, at: datetime) -> bool:
        return self.run and not self.withdrawn and self.start <= at < self.end


@dataclass(frozen=True, slots=True)
class Said:
    """What a machine last said of one assignment; None is what its agent does not tell."""

    assignment: UUID
    generation: int
    state: str
    gpus: frozenset[str] | None
    end: datetime | None

    @property
    def runs(self) -> bool:
        return self.state in ("starting", "running")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it ought to be; `subject` is an assignment's, or a reservation's."""

    kind: Kind
    subject: UUID
    machine: int
    reservation: int | None
    ought: str
    found: str
    mended_by: str

    @property
    def key(self) -> tuple[str, UUID, int]:
        return self.kind, self.subject, self.machine


def compare(
    parts: Iterable[Part], said: Mapping[int, Iterable[Said]], at: datetime
) -> Iterator[Difference]:
    """Both ways, for the machines in `said`; `parts` are all that they name or should run."""
    known = {(part.machine, part.assignment): part for part in parts}
    told = {(machine, one.assignment) for machine, all_ in said.items() for one in all_}
    for machine, reports in said.items():
        for one in reports:
            yield from _reported(machine, one, known.get((machine, one.assignment)), at)
    for key, part in known.items():
        if key not in told and part.machine in said and part.wanted(at):
            yield _differ(Kind.MISSING, part, part.observed, "nothing")


def _reported(machine: int, one: Said, part: Part | None, at: datetime) -> Iterator[Difference]:
    if part is None:
        if one.runs:
            by = MENDED_BY[Kind.UNKNOWN]
            found = f"{one.state}, generation {one.generation}"
            yield Difference(Kind.UNKNOWN, one.assignment, machine, None, "nothing", found, by)
    elif one.runs and (not part.run or part.withdrawn or at >= part.end):
        yield _differ(Kind.UNWANTED, part, "not to run", one.state)
    elif not part.withdrawn:
        yield from _details(one, part)


def _details(one: Said, part: Part) -> Iterator[Difference]:
    if one.state != part.observed:
        yield _differ(Kind.STATE, part, part.observed, one.state)
    if not one.runs:
        return
    if one.gpus is not None and one.gpus != part.gpus:
        yield _differ(Kind.GPUS, part, _listed(part.gpus), _listed(one.gpus))
    if one.end is not None and one.end != part.end:
        yield _differ(Kind.END, part, part.end.isoformat(), one.end.isoformat())
    if one.generation != part.generation:
        yield _differ(Kind.GENERATION, part, str(part.generation), str(one.generation))


def _differ(kind: Kind, part: Part, ought: str, found: str) -> Difference:
    where = (part.assignment, part.machine, part.reservation)
    return Difference(kind, *where, ought, found, MENDED_BY[kind])


def _listed(gpus: Iterable[str]) -> str:
    return ", ".join(sorted(gpus)) or "none"
