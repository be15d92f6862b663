"""The loop: one thread, no hurry. Local duties every fifth of a second, the marketplace per beat.

The marketplace is told and asked in one message, the heartbeat. When it cannot be reached, what it
last said goes on: leases start and stop on time, and usage waits in the spool.
"""

import logging
import random
import sqlite3
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Protocol

from agents.protocol.messages import (
    Heartbeat,
    HeartbeatReply,
    InventoryReport,
    inventory_digest,
)

from . import __version__, usage
from .client import HEARTBEAT, TIMEOUT, Client, Refused, Unreachable
from .leases import Leases
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

    def __init__(self, *, gpus: GpuReader, leases: Leases, spool: Spool, client: Client) -> None:
        self.gpus, self.leases, self.spool, self.client = gpus, leases, spool, client
        self.stopping = False
        self.every = 1.0
        self.next_beat = time.monotonic()
        self.failures = 0
        self.acknowledged = ""

    def stop(self) -> None:
        self.stopping = True

    def run(self, *, stop_leases: bool) -> None:
        """Serve until stopped; then stop the leases too, or leave them to the next agent."""
        self.leases.resume()
        while not self.stopping:
            self.turn()
            time.sleep(self._rest())
        if stop_leases:
            self._stop_leases()
        else:
            self.leases.pause()

    def turn(self) -> None:
        """One round: local duties, and the marketplace when it is time or there is news."""
        self.leases.step()
        if self.leases.news and not self.failures:
            self.next_beat = time.monotonic()
        if time.monotonic() >= self.next_beat:
            self.talk(timeout=self._patience())
            self.leases.step()

    def talk(self, *, timeout: float) -> None:
        """Exchange a heartbeat, then send what usage there is; set the time of the next beat."""
        failure = self._attempt(partial(self._beat, timeout))
        if not isinstance(failure, Unreachable):
            failure = self._attempt(partial(self._send, timeout)) or failure
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
        )
        reply = self.client.post(HEARTBEAT, message, HeartbeatReply, timeout=timeout)
        self.acknowledged = "" if reply.want_inventory else digest
        self.leases.news = reply.want_inventory and message.inventory is None
        self._obey(reply)

    def _obey(self, reply: HeartbeatReply) -> None:
        self.every = min(max(reply.next_heartbeat_s, BEATS[0]), BEATS[1])
        self.leases.period = min(LONGEST_SEGMENT, timedelta(seconds=self.every))
        self.leases.take_over(reply.desired)
        self.spool.note_clock(self.client.clock.base)

    def _send(self, timeout: float) -> None:
        usage.send(spool=self.spool, client=self.client, timeout=timeout)

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
