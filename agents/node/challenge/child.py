"""The proving program as the agent runs it: started, asked, listened to, ended in time."""

import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from agents.protocol.challenge import Challenge, Commitment, CommitmentReply, Reveal

log = logging.getLogger(__name__)


class NoProof(Exception):
    """The program ended without an answer; says what it said."""


class Child:
    """One run of the program; see `prove`."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def roots(self, question: Challenge) -> Commitment:
        """What all GPUs computed. Raises NoProof."""
        self._tell(question.model_dump_json())
        return Commitment.model_validate_json(self._hear())

    def reveals(self, reply: CommitmentReply) -> Iterator[Reveal]:
        """What each GPU shows. Raises NoProof."""
        self._tell(reply.model_dump_json())
        for _ in reply.openings:
            yield Reveal.model_validate_json(self._hear())

    def _tell(self, line: str) -> None:
        assert self.process.stdin is not None  # noqa: S101  a pipe
        try:
            self.process.stdin.write(f"{line}\n")
            self.process.stdin.flush()
        except OSError as error:
            raise NoProof(f"the proving program is gone: {self._last_words()}") from error

    def _hear(self) -> str:
        assert self.process.stdout is not None  # noqa: S101  a pipe
        line = self.process.stdout.readline()
        if not line:
            raise NoProof(f"the proving program ended: {self._last_words()}")
        return line

    def _last_words(self) -> str:
        assert self.process.stderr is not None  # noqa: S101  a pipe
        said = self.process.stderr.read().strip().splitlines()
        return said[-1] if said else f"exit code {self.process.wait()}"


@contextmanager
def proving(device: str, *, seconds: float) -> Iterator[Child]:
    """Start the program for this device; whatever happens it is gone afterwards, and after so long.

    GPU memory goes with it: nothing of a challenge is left for the renter who comes next.
    """
    command = [sys.executable, "-m", "agents.node.challenge.prove", device]
    with subprocess.Popen(  # noqa: S603  our own program
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        alarm = threading.Timer(seconds, process.kill)
        alarm.start()
        try:
            yield Child(process)
        finally:
            alarm.cancel()
            process.kill()
