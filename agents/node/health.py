"""Looks at the GPUs, remembers what must be told, and tells it: regularly, and at once on news.

XID events are in the spool before they are sent, so that none is lost to an outage or a crash.
"""

import logging
from collections import deque
from datetime import datetime, timedelta
from typing import Protocol

from agents.protocol.health import HealthReply, HealthReport, Reading, XidEvent
from agents.protocol.messages import Sample

from .averages import Averages
from .client import HEALTH, Client
from .clock import Clock
from .proc import kernel_boot_id
from .spool import Spool

log = logging.getLogger(__name__)

#: a report is due after so many beats, and never later than this
BEATS, LATEST = 10, timedelta(minutes=5)
BATCH = 200
#: the same XID on the same GPU is written down once in so long: applications can cause storms
STORM = timedelta(minutes=1)


class Reader(Protocol):
    def readings(self) -> tuple[Reading, ...]: ...


class Health:
    """`news`: something should be told at once. `told` alone may be called by another thread."""

    def __init__(self, *, gpus: Reader, spool: Spool, clock: Clock) -> None:
        self.gpus, self.spool, self.clock = gpus, spool, clock
        self.kernel_boot = kernel_boot_id()
        self.coming: deque[tuple[str, int, datetime]] = deque()
        self.news = False
        self.latest: tuple[Reading, ...] = ()
        self.averages = Averages()
        #: what the marketplace knows of the signs, and the last look that found just these
        self.told_signs: tuple[object, ...] | None = None
        self.sound_at: datetime | None = None
        self.reported_at: datetime | None = None
        #: GPUs on which a lease runs, and whether these are others than when we last told
        self.leased: frozenset[str] = frozenset()
        self.turned = False
        #: XIDs by GPU and number since this start, for metrics
        self.xids: dict[tuple[str, int], int] = {}
        self._written: dict[tuple[str, int], datetime] = {}

    def told(self, uuid: str, xid: int) -> None:
        """The driver reports an error; called from the thread that waits for them."""
        self.coming.append((uuid, xid, self.clock.now()))

    def collect(self) -> None:
        """Write down the events that came. Raises sqlite3.Error; then they are kept for later."""
        while self.coming:
            uuid, xid, at = self.coming[0]
            last = self._written.get((uuid, xid))
            if last is None or at - last >= STORM:
                self.spool.note_event(uuid=uuid, xid=xid, at=at)
                self._written[uuid, xid] = at
                self.news = True
                log.warning("XID %d on %s", xid, uuid)
            self.coming.popleft()
            self.xids[uuid, xid] = self.xids.get((uuid, xid), 0) + 1

    def look(self) -> None:
        """Read every GPU."""
        at = self.clock.now()
        self.latest = self.gpus.readings()
        self.averages.add(self.latest, at)
        if _signs(self.latest) != self.told_signs:
            self.news = True
        elif not (self.news or self.coming):
            self.sound_at = at

    def lease(self, uuids: frozenset[str]) -> None:
        """Leases run on these GPUs: what is averaged of one lease is not mixed with another's."""
        if uuids != self.leased:
            self.leased, self.turned = uuids, True

    def samples(self) -> tuple[Sample, ...]:
        """What was last read of the GPUs on which a lease runs."""
        return tuple(
            Sample(
                uuid=each.uuid,
                gpu_percent=each.gpu_percent,
                memory_used_bytes=each.memory_used_bytes,
                power_mw=each.power_mw,
                temperature_c=each.temperature_c,
            )
            for each in self.latest
            if each.uuid in self.leased and not (each.lost or each.silent)
        )

    def due(self, *, every: timedelta) -> bool:
        """Whether a report should be sent; `every` is the time between two beats."""
        if self.news or self.turned or self.reported_at is None:
            return True
        return self.clock.now() - self.reported_at >= min(LATEST, BEATS * every)

    def send(self, *, client: Client, timeout: float) -> None:
        """Tell how the GPUs are, and every event that is not known yet.

        Raises Unreachable and Refused; then all of it is told again.
        """
        while True:
            events = self.spool.unsent_events(limit=BATCH)
            report = self._report(events)
            client.post(HEALTH, report, HealthReply, timeout=timeout)
            self.spool.note_events_told([event.seq for event in events])
            if len(events) < BATCH:
                break
        self.told_signs, self.reported_at, self.news = _signs(report.gpus), report.read_at, False
        self.turned = False
        self.averages.begin(report.read_at)

    def _report(self, events: list[XidEvent]) -> HealthReport:
        return HealthReport(
            kernel_boot=self.kernel_boot,
            read_at=self.clock.now(),
            before=self.sound_at,
            gpus=self.latest,
            events=tuple(events),
            since=self.averages.since,
            averages=self.averages.means(),
        )


def _signs(readings: tuple[Reading, ...]) -> tuple[object, ...]:
    """What of the readings may be a fault; load and heat come and go."""
    return tuple(
        (
            each.uuid,
            each.lost,
            each.silent,
            each.ecc_uncorrected,
            each.rows_pending,
            each.rows_failed,
            each.recovery_action,
        )
        for each in readings
    )
