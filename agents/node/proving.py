"""Beside the loop of leases: what the machine shows of itself, and the proofs it is asked for.

In a thread of its own, since computing takes seconds and leases must not wait. Nothing here is
needed for serving: when it fails, leases run on, and the machine is trusted less.
"""

import logging
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from agents.protocol.challenge import (
    Challenge,
    ChallengeAsk,
    ChallengeReply,
    CommitmentReply,
    RevealReply,
)
from agents.protocol.hardware import HardwareReply, HardwareReport, report_digest

from .attesting import Evidence, be_attested, not_offered
from .challenge.child import NoProof, proving
from .client import Client, Refused, Unreachable
from .probing import be_measured

log = logging.getLogger(__name__)

HARDWARE, CHALLENGE = "/agent/v1/hardware", "/agent/v1/challenge"
COMMIT, REVEAL = "/agent/v1/challenge/commit", "/agent/v1/challenge/reveal"
#: how long one waits after the start, and after a failure, in seconds; up to twice as long
PAUSE = 5.0
LONGEST_PAUSE = 600.0
#: what we allow the marketplace to ask for
ASKS = (0.1, 3600.0)
REPORTS = (1.0, 86_400.0)
#: for starting the program and for showing, beside the time for computing
SHOWING = 300.0
#: on the way out, for a request that is under way
LAST_WORDS = 1.0


class Prover(threading.Thread):
    """Reports hardware when it changed or is due, and answers challenges with `device`.

    `device` is None where none can be had; `reason` says why then. With each report of hardware the
    GPUs sign a nonce, if `evidence` of that can be had.
    """

    def __init__(
        self,
        *,
        client: Client,
        hardware: Callable[[], HardwareReport],
        device: str | None,
        reason: str = "",
        evidence: Evidence = not_offered,
    ) -> None:
        super().__init__(name="prover", daemon=True)
        self.client, self.hardware, self.evidence = client, hardware, evidence
        self.question = ChallengeAsk.model_validate({"device": device, "reason": reason[:200]})
        self.over = threading.Event()
        self.reported, self.report_at = "", 0.0
        self.failures = 0

    def stop(self) -> None:
        self.over.set()

    def run(self) -> None:
        pause = PAUSE
        while not self.over.wait(pause):
            pause = self._attempt()

    def turn(self) -> float:
        """Report, ask, answer; returns after how many seconds to come again.

        Raises Unreachable, Refused and NoProof.
        """
        self._report()
        reply = self.client.post(CHALLENGE, self.question, ChallengeReply)
        if reply.challenge is not None:
            self._answer(reply.challenge)
        return min(max(reply.next_ask_s, ASKS[0]), ASKS[1])

    def _attempt(self) -> float:
        try:
            pause = self.turn()
        except (Unreachable, Refused, NoProof) as error:
            log.warning("this machine could not prove itself: %s", error)
            self.failures += 1
            pause = min(LONGEST_PAUSE, PAUSE * 2.0 ** min(self.failures, 10))
        except Exception:
            # this thread must not end for good over one odd answer of a driver
            log.exception("this machine could not prove itself")
            pause = LONGEST_PAUSE
        else:
            self.failures = 0
        return pause * random.uniform(1, 2) if self.failures else pause  # noqa: S311  not a secret

    def _report(self) -> None:
        report = self.hardware()
        digest = report_digest(report)
        if digest == self.reported and time.monotonic() < self.report_at:
            return
        reply = self.client.post(HARDWARE, report, HardwareReply)
        self.reported = digest
        self.report_at = time.monotonic() + min(max(reply.next_report_s, REPORTS[0]), REPORTS[1])
        log.info("the marketplace holds this machine for %s", reply.tier)
        for lack in reply.missing:
            log.info("for more: %s", lack)
        for url in reply.probes:
            self._go_to(url)
        log.info("%s", be_attested(self.client, self.evidence))

    def _go_to(self, url: str) -> None:
        """Be measured by a probe; one that does not answer costs nothing but its evidence."""
        try:
            with closing(self.client.towards(url)) as client:
                be_measured(client)
        except (Unreachable, Refused) as error:
            log.warning("the probe %s did not measure this machine: %s", url, error)

    def _answer(self, question: Challenge) -> None:
        began = time.monotonic()
        seconds = question.within_ms / 1000 + SHOWING
        with proving(str(self.question.device), seconds=seconds) as child:
            roots = child.roots(question)
            reply = self.client.post(COMMIT, roots, CommitmentReply)
            log.info("a challenge was answered after %.1f s", time.monotonic() - began)
            for reveal in child.reveals(reply):
                self.client.post(REVEAL, reveal, RevealReply, timeout=30.0)


@contextmanager
def beside(prover: Prover) -> Iterator[None]:
    """Let it run while the agent does."""
    prover.start()
    try:
        yield
    finally:
        prover.stop()
        prover.join(LAST_WORDS)


def device_for(*, simulated: bool) -> tuple[str | None, str]:
    """Which device computes here, or None and why there is none."""
    if simulated:
        return None, "simulated GPUs compute nothing"
    from .challenge.cuda import Cuda, CudaError  # loads the driver's library

    try:
        Cuda()
    except CudaError as error:
        return None, str(error)
    return "cuda", ""
