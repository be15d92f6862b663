"""After every turn of the loop: systemd hears that we live, metrics and status are renewed."""

import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from . import __version__, status
from .agent import Agent
from .containers.host import GIB
from .gpu import Gpus
from .leases import Leases
from .metrics import Metrics, Snapshot, Unit
from .systemd import Notifier


class Watcher:
    """Called by the agent from its own thread."""

    def __init__(self, *, state: Path, gpus: Gpus, metrics: Metrics, notifier: Notifier) -> None:
        self.state, self.gpus, self.metrics, self.notifier = state, gpus, metrics, notifier
        self.started_at = datetime.now(UTC)
        self.beats = -1

    def __call__(self, agent: Agent) -> None:
        self.notifier.alive()
        self.gpus.draining = status.is_draining(self.state)
        if agent.beats == self.beats:
            return
        first, self.beats = self.beats < 0, agent.beats
        told = self._status(agent)
        status.write(self.state, told)
        self.metrics.now = self._snapshot(agent, told)
        if first:
            self.notifier.ready()
        self.notifier.status(told.said or f"serves {told.gpus} GPUs, {len(told.leases)} leases")

    def _status(self, agent: Agent) -> status.Status:
        seen = agent.leases.seen
        doing = {
            str(fact.assignment): f"{fact.state}, until {fact.until:%Y-%m-%d %H:%M:%SZ}"
            + (f", {seen[fact.assignment].progress}" if fact.assignment in seen else "")
            for fact in agent.leases.facts.values()
            if fact.live
        }
        return status.Status(
            pid=os.getpid(),
            version=__version__,
            started_at=self.started_at,
            last_beat=agent.last_beat,
            every_s=agent.every,
            failures=agent.failures,
            said=agent.said,
            gpus=len(agent.leases.present or ()),
            unsent_segments=agent.spool.unsent_count(),
            leases=doing,
            kept=dict(_kept(agent.leases)),
        )

    def _snapshot(self, agent: Agent, told: status.Status) -> Snapshot:
        inventory, energy = self.gpus.inventory(), self.gpus.energy()
        known = {gpu.uuid: gpu for gpu in inventory.gpus}
        leased = {
            gpu: str(fact.assignment)
            for fact in agent.leases.facts.values()
            if fact.live
            for gpu in fact.gpu_uuids
        }
        units = []
        for reading in agent.health.latest:
            gpu = known.get(reading.uuid)
            units.append(
                Unit(
                    reading=reading,
                    index=gpu.index if gpu else -1,
                    model=gpu.name if gpu else "",
                    lease=leased.get(reading.uuid, ""),
                    memory_bytes=gpu.memory_bytes if gpu else 0,
                    energy_mj=energy.get(reading.uuid),
                )
            )
        return Snapshot(
            version=__version__,
            simulated=inventory.simulated,
            units=tuple(units),
            xids=dict(agent.health.xids),
            leases=Counter(fact.state for fact in agent.leases.facts.values() if fact.live),
            unsent_segments=told.unsent_segments,
            last_beat=agent.last_beat.timestamp() if agent.last_beat else 0.0,
            failures=agent.failures,
            clock_offset=agent.client.clock.offset(),
            draining=self.gpus.draining,
        )


def _kept(leases: Leases) -> Iterator[tuple[str, str]]:
    for each in leases.kept():
        wanted = leases.desired.get(each.assignment)
        until = wanted.keep_until if wanted is not None else None
        till = f"until {until:%Y-%m-%d %H:%M:%SZ}" if until else "for another lease"
        yield str(each.assignment), f"{(each.workspace_bytes or 0) / GIB:.0f} GiB, {till}"
