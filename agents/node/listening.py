"""The long poll: hears at once that the marketplace wants something else than it did.

A thread of its own, since it only waits. It hears a number and nothing more; what is wanted comes
with the heartbeat that the agent then sends. Without it everything comes with the next heartbeat.
"""

import logging
import random
import threading
import time

from agents.protocol.messages import Heard, Listen

from .client import LISTEN, Client, Refused, Unreachable

log = logging.getLogger(__name__)

#: seconds: how long one poll waits, and how much longer for its answer
WAIT, MORE = 25.0, 10.0
#: seconds until the next poll when the marketplace answers without waiting
PAUSE = 10.0
LONGEST_BACKOFF = 60.0


class Ear:
    """Listens from `start` to `close` for versions later than the one that the agent has."""

    def __init__(self, client: Client, *, pause: float = PAUSE) -> None:
        self.client, self.pause = client, pause
        self.known: int | None = None
        self.heard: int | None = None
        self.failures = 0
        self.stopped, self.moved = threading.Event(), threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._run, daemon=True, name="ear").start()

    def close(self) -> None:
        self.stopped.set()
        self.moved.set()
        self.client.close()

    def note(self, version: int) -> None:
        """The agent has this version now."""
        self.known = version
        self.moved.set()

    @property
    def news(self) -> bool:
        """Whether there is a later version than the agent's."""
        return self.heard is not None and self.known is not None and self.heard > self.known

    def _run(self) -> None:
        while not self.stopped.is_set():
            self.moved.wait(LONGEST_BACKOFF)
            self.moved.clear()
            while self.known is not None and not (self.news or self.stopped.is_set()):
                self.stopped.wait(self._poll(self.known))

    def _poll(self, known: int) -> float:
        """Wait for one answer; give the seconds until the next try."""
        asked = time.monotonic()
        message = Listen(desired_version=known, wait_s=WAIT)
        try:
            reply = self.client.post(LISTEN, message, Heard, timeout=WAIT + MORE)
        except (Unreachable, Refused) as error:
            # the heartbeat says it aloud; this is only the quicker way
            log.debug("not listening: %s", error)
            self.failures += 1
            limit = min(LONGEST_BACKOFF, 2.0 ** min(self.failures, 10))
            return random.uniform(1, 1 + limit)  # noqa: S311  not a secret
        self.failures, self.heard = 0, reply.desired_version
        waited = time.monotonic() - asked
        return 0.0 if self.news or waited > 1 else self.pause
