"""The local duties, which go on without the marketplace: start, stop, notice the end, meter."""

import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from agents.protocol.messages import MAX_REPORTS, AssignmentReport, Desired, SegmentReport

from . import meter
from .clock import Clock
from .reconcile import Action, Observed, Phase, Remove, Skip, Start, Stop, reconcile, take_over
from .runtime import CannotStart, Runtime, Sighting
from .spool import Fact, Spool

log = logging.getLogger(__name__)

#: seconds that a workload gets to end by itself
GRACE = 10.0
MAX_DETAIL = 500


class Leases:
    """Everything that runs here, what is wanted, and what of it is written down."""

    def __init__(
        self, *, runtime: Runtime, spool: Spool, clock: Clock, energy: Callable[[], dict[str, int]]
    ) -> None:
        self.runtime, self.spool, self.clock, self.energy = runtime, spool, clock, energy
        self.facts = spool.facts()
        self.desired = spool.desired()
        #: GPUs that answer; None until they were read for the first time
        self.present: set[str] | None = None
        #: something happened that the marketplace should hear of at once
        self.news = False
        self.period = timedelta(seconds=30)

    def resume(self) -> None:
        """Find what ran before: adopt what still runs, close what ended while we were away."""
        sightings = {each.assignment: each for each in self.runtime.observe()}
        self._find(sightings.values())
        for fact in list(self.facts.values()):
            seen = sightings.get(fact.assignment)
            if not fact.live:
                continue
            if seen is None or seen.phase is Phase.ENDED:
                self._ended(fact, meter.last(fact), None, "it ended while the agent was away")
            else:
                log.info("assignment %s still runs; taking care of it", fact.assignment)
                # while nobody looked, nobody verified
                self.facts[fact.assignment] = _changed(fact, verified_since=self._sound_since(fact))

    def step(self) -> None:
        """Do everything that is due now. A full disk delays notes, never a stop."""
        at = self.clock.now()
        sightings = self.runtime.observe()
        with self._noting():
            self._find(sightings)
            self._notice(sightings, at)
        for action in reconcile(self.desired, self._observed(sightings), at):
            with self._noting():
                self._act(action, at)
        with self._noting():
            for fact in list(self.facts.values()):
                if fact.live and meter.due(fact, at=at, period=self.period):
                    self._write(*self._cut(fact, at))

    def take_over(self, told: Iterable[Desired]) -> None:
        """Take over the full set that the marketplace wants; it is kept for when we are cut off."""
        self.desired = take_over(self.desired, told)
        self.spool.note_desired(self.desired.values())
        for each in self.desired.values():
            fact = self.facts.get(each.assignment)
            if fact and fact.live and (fact.generation, fact.until) != (each.generation, each.end):
                self._write(_changed(fact, generation=each.generation, until=each.end))

    def reports(self) -> tuple[AssignmentReport, ...]:
        """What runs, and what ended and is still asked for."""
        told = [
            each for each in self.facts.values() if each.live or each.assignment in self.desired
        ]
        return tuple(map(self._report, told[:MAX_REPORTS]))

    def stop_all(self, *, grace: float, reason: str) -> bool:
        """Stop everything; True once nothing is left. Call it again, with `step`, until then."""
        alive = [each for each in self.runtime.observe() if each.phase is not Phase.ENDED]
        for each in alive:
            self._stop(each.assignment, reason, grace)
        return not alive

    def pause(self) -> None:
        """Write down what ran until now; it runs on without us."""
        at = self.clock.now()
        for fact in list(self.facts.values()):
            if fact.live:
                self._write(*self._cut(fact, at))

    @contextmanager
    def _noting(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            log.error("the spool cannot be written, trying again: %s", error)

    def _find(self, sightings: Iterable[Sighting]) -> None:
        """Note what was started just before an agent died."""
        for each in sightings:
            wanted = self.desired.get(each.assignment)
            if wanted is not None and each.assignment not in self.facts:
                self._begin(wanted, each.started_at)

    def _notice(self, sightings: Iterable[Sighting], at: datetime) -> None:
        for each in sightings:
            fact = self.facts.get(each.assignment)
            if fact is not None and fact.live and each.phase is Phase.ENDED:
                fact, segment = self._cut(fact, at, final=True)
                self._ended(fact, segment, each.exit_code, fact.detail, at)

    def _observed(self, sightings: Iterable[Sighting]) -> dict[UUID, Observed]:
        ended = Observed(Phase.ENDED)
        past = {each: ended for each in self.desired if each in self.facts}
        now = {each.assignment: Observed(each.phase, each.gpu_uuids) for each in sightings}
        return past | now

    def _act(self, action: Action, at: datetime) -> None:
        match action:
            case Start(desired):
                self._start(desired, at)
            case Stop(assignment, reason):
                self._stop(assignment, reason, GRACE)
            case Skip(desired, reason):
                self._never(desired, "stopped", reason, at)
            case Remove(assignment):
                self.runtime.remove(assignment=assignment)

    def _start(self, desired: Desired, at: datetime) -> None:
        try:
            self._require_gpus(desired)
            self.runtime.start(
                assignment=desired.assignment,
                command=desired.command,
                environment=desired.environment,
                gpu_uuids=desired.gpu_uuids,
                at=at,
            )
        except CannotStart as error:
            self._never(desired, "failed", str(error), at)
        else:
            self._begin(desired, at)

    def _require_gpus(self, desired: Desired) -> None:
        if self.present is None:
            return
        missing = sorted(set(desired.gpu_uuids) - self.present)
        if missing:
            raise CannotStart(f"{missing[0]} does not answer on this machine")

    def _begin(self, desired: Desired, started_at: datetime) -> None:
        log.info("assignment %s runs on %s", desired.assignment, ", ".join(desired.gpu_uuids))
        self._write(
            Fact(
                assignment=desired.assignment,
                generation=desired.generation,
                state="running",
                gpu_uuids=desired.gpu_uuids,
                until=desired.end,
                started_at=started_at,
                metered_to=started_at,
                metered_mono_ms=max(0, self.clock.mono_ms(started_at)),
                verified_since=self._sound_since(desired),
                energy_mj=meter.of(desired.gpu_uuids, self.energy()),
            )
        )
        self.news = True

    def _never(self, desired: Desired, state: Any, detail: str, at: datetime) -> None:
        log.warning("assignment %s %s: %s", desired.assignment, state, detail)
        self._write(
            Fact(
                assignment=desired.assignment,
                generation=desired.generation,
                state=state,
                gpu_uuids=desired.gpu_uuids,
                until=desired.end,
                stopped_at=at,
                detail=detail[:MAX_DETAIL],
            )
        )
        self.news = True

    def _stop(self, assignment: UUID, reason: str, grace: float) -> None:
        self.runtime.stop(assignment=assignment, grace=grace)
        fact = self.facts.get(assignment)
        if fact is not None and fact.live and not fact.detail:
            log.info("stopping assignment %s: %s", assignment, reason)
            self._write(_changed(fact, detail=reason))

    def _ended(
        self,
        fact: Fact,
        segment: SegmentReport,
        exit_code: int | None,
        detail: str,
        at: datetime | None = None,
    ) -> None:
        log.info("assignment %s ended with exit code %s", fact.assignment, exit_code)
        ended = _changed(
            fact,
            state="stopped",
            stopped_at=at or segment.end,
            exit_code=exit_code,
            detail=detail or "the workload ended by itself",
        )
        self._write(ended, segment)
        self.news = True

    def _sound_since(self, one: Fact | Desired) -> datetime | None:
        """From when on its GPUs are known to answer: now, or not yet."""
        return self.clock.now() if meter.sound(one.gpu_uuids, self.energy()) else None

    def _cut(self, fact: Fact, at: datetime, *, final: bool = False) -> tuple[Fact, SegmentReport]:
        mono_ms, energy = self.clock.mono_ms(at), self.energy()
        return meter.cut(fact, at=at, mono_ms=mono_ms, energy_mj=energy, final=final)

    def _write(self, fact: Fact, segment: SegmentReport | None = None) -> None:
        self.spool.note(fact, segment)
        self.facts[fact.assignment] = fact

    def _report(self, fact: Fact) -> AssignmentReport:
        return AssignmentReport(
            assignment=fact.assignment,
            generation=fact.generation,
            state=fact.state,
            started_at=fact.started_at,
            stopped_at=fact.stopped_at,
            exit_code=fact.exit_code,
            detail=fact.detail,
        )


def _changed(fact: Fact, **values: Any) -> Fact:
    return fact.model_copy(update=values)
