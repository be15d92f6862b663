"""The local duties, which go on without the marketplace: start, stop, notice the end, meter."""

import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from agents.protocol.messages import (
    MAX_REPORTS,
    AssignmentReport,
    Desired,
    SegmentReport,
    State,
)

from . import meter, reporting
from .clock import Clock
from .granting import Grants
from .reconcile import (
    Action,
    Keep,
    Observed,
    Phase,
    Remove,
    Skip,
    Start,
    Stop,
    Tell,
    Wipe,
    reconcile,
    staying,
    take_over,
)
from .runtime import CannotStart, Runtime, Sighting
from .spool import Fact, Spool

log = logging.getLogger(__name__)

#: seconds that a workload gets to end by itself
GRACE = 10.0
MAX_DETAIL = 500


class Leases:
    """Everything that runs here, what is wanted, and what of it is written down."""

    def __init__(
        self,
        *,
        runtime: Runtime,
        spool: Spool,
        clock: Clock,
        energy: Callable[[], dict[str, int]],
        grants: Grants,
    ) -> None:
        self.runtime, self.spool, self.clock, self.energy = runtime, spool, clock, energy
        self.grants = grants
        self.facts = spool.facts()
        self.desired = spool.desired()
        #: GPUs that answer; None until they were read for the first time
        self.present: set[str] | None = None
        #: something happened that the marketplace should hear of at once
        self.news = False
        self.period = timedelta(seconds=30)
        #: as of the last look
        self.seen: dict[UUID, Sighting] = {}

    def resume(self) -> None:
        """Find what ran before: adopt what still runs, close what ended while we were away."""
        self._look()
        for each in self.seen.values():
            self._find(each)
        for fact in list(self.facts.values()):
            seen = self.seen.get(fact.assignment)
            if not fact.live or (seen is not None and seen.never_ran):
                continue  # the first step says why it never did
            if seen is None or seen.phase is Phase.ENDED:
                self._close(fact, meter.last(fact), None, "it ended while the agent was away")
            else:
                log.info("assignment %s still runs; taking care of it", fact.assignment)
                # while nobody looked, nobody verified
                self.facts[fact.assignment] = _changed(fact, verified_since=self._sound_since(fact))

    def step(self) -> None:
        """Do everything that is due now. A full disk delays notes, never a stop."""
        at = self.clock.now()
        self._look()
        for each in self.seen.values():
            with self._noting():
                self._take(each, at)
        for action in reconcile(self.desired, self._observed(), at):
            with self._noting():
                self._act(action, at)
        with self._noting():
            for fact in list(self.facts.values()):
                to = self._verified(fact, at)
                if fact.live and meter.due(fact, at=to, period=self.period):
                    self._write(*self._cut(fact, to))

    def take_over(self, told: Iterable[Desired]) -> None:
        """Take over the full set that the marketplace wants; it is kept for when we are cut off.

        What its key did not grant to us is not taken over; it is reported.
        """
        granted = self.grants.admitted(told, self.desired, self.clock.now())
        self.desired = take_over(self.desired, granted)
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
        # if there are too many, then not those that run
        told.sort(key=lambda each: not each.live)
        kept = {each.assignment for each in self.kept()}
        reports = (
            *(reporting.of(each, self.seen.get(each.assignment), kept) for each in told),
            *map(reporting.stray, self._strays()),
        )
        return reports[:MAX_REPORTS]

    def kept(self) -> Iterator[Sighting]:
        """Those that are over and whose workspaces lie here and stay."""
        stay = staying(self.desired, self._observed(), self.clock.now())
        for each in self.seen.values():
            if each.kept and each.assignment in stay:
                yield each

    def _strays(self) -> Iterator[Sighting]:
        """What runs though nothing is written down of it; it is being stopped."""
        for each in self.seen.values():
            if each.phase.goes_on and each.assignment not in self.facts:
                yield each

    def stop_all(self, *, grace: float, reason: str) -> bool:
        """Stop everything; True once nothing is left. Call it again, with `step`, until then."""
        self._look()
        alive = [each for each in self.seen.values() if each.phase is not Phase.ENDED]
        for each in alive:
            self._stop(each.assignment, reason, grace)
        return not alive

    def pause(self) -> None:
        """Write down what ran until now; it runs on without us."""
        at = self.clock.now()
        for fact in list(self.facts.values()):
            to = self._verified(fact, at)
            if fact.live and fact.metered_to is not None and to > fact.metered_to:
                self._write(*self._cut(fact, to))

    @contextmanager
    def _noting(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            log.error("the spool cannot be written, trying again: %s", error)

    def _look(self) -> None:
        self.seen = {each.assignment: each for each in self.runtime.observe()}

    def _verified(self, fact: Fact, at: datetime) -> datetime:
        """Up to when its GPUs are known to be its own, not after `at`."""
        seen = self.seen.get(fact.assignment)
        known = seen.verified_to if seen is not None else None
        return at if known is None else min(at, max(known, fact.metered_to or known))

    def _take(self, seen: Sighting, at: datetime) -> None:
        """Take over how far one is."""
        fact = self._find(seen)
        if fact is None or not fact.live or seen.phase is not Phase.ENDED:
            return
        if fact.metered_to is None:
            self._fail(fact, seen, at)
            return
        end = self._verified(fact, at)
        fact, segment = self._cut(fact, end, final=True)
        self._close(fact, segment, seen.exit_code, _detail(fact, seen), end)

    def _find(self, seen: Sighting) -> Fact | None:
        """Note one that is on its way, also one started just before an agent died; or that runs."""
        fact, wanted = self.facts.get(seen.assignment), self.desired.get(seen.assignment)
        if fact is None and wanted is not None:
            fact = _new(wanted, "starting")
        if fact is not None and fact.state == "starting" and seen.started_at is not None:
            return self._begin(fact, seen.started_at)
        if fact is not None and fact.assignment not in self.facts:
            self._tell(fact)
        return fact

    def _observed(self) -> dict[UUID, Observed]:
        ended = Observed(Phase.ENDED)
        past = {each: ended for each in self.desired if each in self.facts}
        now = {
            name: Observed(
                phase=each.phase,
                gpu_uuids=each.gpu_uuids,
                told=each.told,
                keep_until=each.keep_until,
                kept=each.kept,
                resumes=each.resumes,
            )
            for name, each in self.seen.items()
        }
        return past | now

    def _act(self, action: Action, at: datetime) -> None:
        match action:
            case Start(desired):
                self._start(desired, at)
            case Stop(assignment, reason):
                self._stop(assignment, reason, GRACE)
            case Skip(desired, reason):
                self._never(desired, "stopped", reason, at)
            case Tell(assignment, evict_at):
                log.info("assignment %s gives way at %s", assignment, evict_at)
                self.runtime.tell(assignment=assignment, evict_at=evict_at)
            case Keep(assignment, until):
                self.runtime.keep(assignment=assignment, until=until)
            case Wipe(assignment):
                self.runtime.wipe(assignment=assignment)
            case Remove(assignment):
                self.runtime.remove(assignment=assignment)

    def _start(self, desired: Desired, at: datetime) -> None:
        if not self.grants.allows(desired, None, at):
            return  # what lay in the spool was changed, or is too old; the marketplace is asked
        try:
            self._require_gpus(desired)
            self.runtime.start(wanted=desired, at=at)
        except CannotStart as error:
            self._never(desired, "failed", str(error), at)
            return
        self._look()
        self._find(self.seen[desired.assignment])

    def _require_gpus(self, desired: Desired) -> None:
        if self.present is None:
            return
        missing = sorted(set(desired.gpu_uuids) - self.present)
        if missing:
            raise CannotStart(f"{missing[0]} does not answer on this machine")

    def _begin(self, fact: Fact, started_at: datetime) -> Fact:
        log.info("assignment %s runs on %s", fact.assignment, ", ".join(fact.gpu_uuids))
        running = _changed(
            fact,
            state="running",
            started_at=started_at,
            metered_to=started_at,
            metered_mono_ms=max(0, self.clock.mono_ms(started_at)),
            verified_since=self._sound_since(fact),
            energy_mj=meter.of(fact.gpu_uuids, self.energy()),
        )
        self._tell(running)
        return running

    def _tell(self, fact: Fact) -> None:
        self._write(fact)
        self.news = True

    def _never(self, desired: Desired, state: State, detail: str, at: datetime) -> None:
        log.warning("assignment %s %s: %s", desired.assignment, state, detail)
        self._tell(_new(desired, state, stopped_at=at, detail=detail[:MAX_DETAIL]))

    def _fail(self, fact: Fact, seen: Sighting, at: datetime) -> None:
        """It ended before its GPUs were verified: nothing of it is metered."""
        detail = _detail(fact, seen)
        log.warning("assignment %s never ran: %s", fact.assignment, detail)
        state = "failed" if seen.failure else "stopped"
        self._tell(_changed(fact, state=state, stopped_at=at, detail=detail[:MAX_DETAIL]))

    def _stop(self, assignment: UUID, reason: str, grace: float) -> None:
        self.runtime.stop(assignment=assignment, grace=grace)
        fact = self.facts.get(assignment)
        if fact is not None and fact.live and not fact.detail:
            log.info("stopping assignment %s: %s", assignment, reason)
            self._write(_changed(fact, detail=reason))

    def _close(
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
            detail=detail[:MAX_DETAIL],
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


def _detail(fact: Fact, seen: Sighting) -> str:
    """Why it ended, and what is left of it if the runtime says so."""
    why = seen.failure or fact.detail or "the workload ended by itself"
    return "; ".join(filter(None, (why, seen.progress)))


def _changed(fact: Fact, **values: Any) -> Fact:
    return fact.model_copy(update=values)


def _new(desired: Desired, state: State, **facts: Any) -> Fact:
    return Fact(
        assignment=desired.assignment,
        generation=desired.generation,
        state=state,
        gpu_uuids=desired.gpu_uuids,
        until=desired.end,
        **facts,
    )
