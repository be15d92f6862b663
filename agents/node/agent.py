"""The loop: one thread, no hurry. Local duties every fifth of a second, the marketplace per beat.

The marketplace is told and asked in one message, the heartbeat. When it cannot be reached, what it
last said goes on: leases start and stop on time, and usage waits in the spool.
"""

import logging
import random
import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Protocol

from agents.protocol.messages import (
    Heartbeat,
    HeartbeatReply,
    InventoryReport,
    inventory_digest,
)

from . import __version__, meter, usage
from .client import HEARTBEAT, TIMEOUT, Client, Refused, Unreachable
from .health import Health
from .leases import Leases
from .listening import Ear
from .reconcile import next_edge
from .spool import Spool

log = logging.getLogger(__name__)

TICK = 0.2
LONGEST_BACKOFF = 60.0
#: what we allow the marketplace to ask for, in seconds
BEATS = (0.2, 3600.0)
#: beats come this much early at random, so that a thousand nodes do not come together
JITTER = 0.1
LONGEST_SEGMENT = timedelta(seconds=30)
#: on the way out: for workloads to end by themselves, for all to be gone, for the last messages
EXIT_GRACE, EXIT_GONE, EXIT_TIMEOUT = 2.0, 3.0, 1.0

Failure = Refused | Unreachable | sqlite3.Error


class GpuReader(Protocol):
    def inventory(self) -> InventoryReport: ...


class Agent:
    """Joins GPUs, leases, spool and marketplace; `stop` may be called from a signal handler."""

    def __init__(
        self,
        *,
        gpus: GpuReader,
        leases: Leases,
        spool: Spool,
        client: Client,
        health: Health,
        ear: Ear | None = None,
        turned: Callable[["Agent"], None] = lambda _: None,
    ) -> None:
        """`turned` is called after each round."""
        self.gpus, self.leases, self.spool, self.client = gpus, leases, spool, client
        self.health, self.turned = health, turned
        #: hears of news between beats; without it they come with the next beat
        self.ear = ear
        #: of what the marketplace wants, as far as it was taken over whole
        self.version: int | None = None
        self.stopping = False
        self.every = 1.0
        self.next_beat = time.monotonic()
        self.failures = 0
        self.acknowledged = ""
        #: how often it spoke, when the marketplace last answered, and why not since
        self.beats = 0
        self.last_beat: datetime | None = None
        self.said = ""
        self.recommended = ""

    def stop(self) -> None:
        self.stopping = True

    def run(self, *, stop_leases: bool) -> None:
        """Serve until stopped; then stop the leases too, or leave them to the next agent."""
        self.leases.resume()
        while not self.stopping:
            self.turn()
            self.turned(self)
            time.sleep(self._rest())
        if stop_leases:
            self._stop_leases()
        else:
            self.leases.pause()

    def turn(self) -> None:
        """One round: local duties, and the marketplace when it is time or there is news."""
        self.leases.step()
        self._attempt(self.health.collect)
        told = self.leases.news or self.health.news or (self.ear and self.ear.news)
        if told and not self.failures:
            self.next_beat = time.monotonic()
        if time.monotonic() >= self.next_beat:
            self.talk(timeout=self._patience())
            self.leases.step()

    def talk(self, *, timeout: float) -> None:
        """Exchange a heartbeat, then send what there is to tell; set the time of the next beat."""
        self.health.lease(meter.running(self.leases.facts.values()))
        self.health.look()
        failure = self._attempt(partial(self._beat, timeout))
        for send in (self._send, self._tell_health):
            if not isinstance(failure, Unreachable):
                failure = self._attempt(partial(send, timeout)) or failure
        self._plan(failure)

    def _attempt(self, call: Callable[[], None]) -> Failure | None:
        try:
            call()
        except Unreachable as error:
            log.warning("%s", error)
            return error
        except sqlite3.Error as error:
            log.error("the spool cannot be written, trying again: %s", error)
            return error
        except Refused as error:
            log.error("the marketplace refuses: %s", error)
            return error
        return None

    def _plan(self, failure: Failure | None) -> None:
        """Set the time of the next beat: on failure later and later, anywhere up to a limit."""
        self.beats += 1
        self.said = str(failure or "")
        if failure is None:
            self.failures = 0
            delay = self.every * random.uniform(1 - JITTER, 1)  # noqa: S311  not a secret
        else:
            self.failures += 1
            limit = min(LONGEST_BACKOFF, 2.0 ** min(self.failures, 10))
            delay = random.uniform(TICK, limit)  # noqa: S311  not a secret
            if isinstance(failure, Unreachable):
                delay = max(delay, failure.retry_after)
        self.next_beat = time.monotonic() + delay

    def _beat(self, timeout: float) -> None:
        inventory = self.gpus.inventory()
        self.leases.present = {gpu.uuid for gpu in inventory.gpus}
        digest, clock = inventory_digest(inventory), self.client.clock
        message = Heartbeat(
            boot_id=self.spool.boot_id,
            seq=clock.mono_ms(clock.now()),  # rises also over restarts of the agent
            agent_version=__version__,
            inventory_digest=digest,
            inventory=inventory if digest != self.acknowledged else None,
            assignments=self.leases.reports(),
            refused=self.leases.grants.reports(),
            desired_version=None if self.leases.grants.refused else self.version,
            telemetry=self.health.samples(),
        )
        reply = self.client.post(HEARTBEAT, message, HeartbeatReply, timeout=timeout)
        self.last_beat = datetime.now(UTC)
        self.acknowledged = "" if reply.want_inventory else digest
        self.leases.news = reply.want_inventory and message.inventory is None
        self._obey(reply)

    def _obey(self, reply: HeartbeatReply) -> None:
        if reply.recommended_version not in ("", __version__, self.recommended):
            self.recommended = reply.recommended_version
            log.warning("version %s is recommended; this is %s", self.recommended, __version__)
        self.every = min(max(reply.next_heartbeat_s, BEATS[0]), BEATS[1])
        self.leases.period = min(LONGEST_SEGMENT, timedelta(seconds=self.every))
        self.leases.grants.follow(reply.grant_key, reply.grant_key_changes)
        if reply.desired is not None:
            self.leases.take_over(reply.desired)
            self.leases.news = self.leases.news or self.leases.grants.news
            self.version = reply.desired_version
            if self.ear:
                self.ear.note(reply.desired_version)
        self.spool.note_clock(self.client.clock.base)

    def _send(self, timeout: float) -> None:
        usage.send(spool=self.spool, client=self.client, timeout=timeout)

    def _tell_health(self, timeout: float) -> None:
        if self.health.due(every=timedelta(seconds=self.every)):
            self.health.send(client=self.client, timeout=timeout)

    def _until_edge(self) -> float:
        """Seconds until something must start or stop."""
        now = self.client.clock.now()
        edge = next_edge(self.leases.desired.values(), now)
        return (edge - now).total_seconds() if edge else LONGEST_BACKOFF

    def _patience(self) -> float:
        """How long to wait for an answer: not so long that a window's edge is missed by much."""
        return min(TIMEOUT, max(1.0, self._until_edge() / 2))

    def _rest(self) -> float:
        return max(0.01, min(TICK, self._until_edge(), self.next_beat - time.monotonic()))

    def _stop_leases(self) -> None:
        gone = time.monotonic() + EXIT_GONE
        while not self.leases.stop_all(grace=EXIT_GRACE, reason="the agent was stopped"):
            if time.monotonic() > gone:
                log.error("some workloads did not end")
                break
            time.sleep(TICK / 2)
            self.leases.step()
        self.leases.step()
        self.talk(timeout=EXIT_TIMEOUT)
