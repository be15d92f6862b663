"""Signed requests to the marketplace, and what can come back instead of an answer."""

import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TypeVar

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import ValidationError

from agents.protocol.messages import Message, Problem
from agents.protocol.signing import sign

from . import __version__
from .clock import Clock

log = logging.getLogger(__name__)

ENROL, HEARTBEAT, USAGE = "/agent/v1/enrol", "/agent/v1/heartbeat", "/agent/v1/usage"
ROTATE, LISTEN, HEALTH = "/agent/v1/rotate-key", "/agent/v1/desired", "/agent/v1/health"
#: the key id of the one request that is sent before we have a name
ENROL_KEY = "enrol"
TIMEOUT = 5.0
LONGEST_WAIT = 600.0
TOO_MANY = 429

Reply = TypeVar("Reply", bound=Message)


class Unreachable(Exception):
    """No answer, or one that says: later. `retry_after` is in seconds."""

    def __init__(self, text: str, *, retry_after: float = 0.0) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class Refused(Exception):
    """The marketplace understood the request and will not do it."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.title}: {problem.detail}")
        self.problem = problem


Key = Ed25519PrivateKey


def no_others() -> Iterable[Key]:
    return ()


class Client:
    """Speaks to one marketplace as one node; follows its clock, and a change of the node's key.

    `others` gives keys that may be the node's too; `settle` is told which of them was the one.
    """

    def __init__(
        self,
        *,
        server: str,
        key: Key,
        key_id: str,
        clock: Clock,
        others: Callable[[], Iterable[Key]] = no_others,
        settle: Callable[[Key], None] = lambda key: None,
    ) -> None:
        self.server, self.key, self.key_id, self.clock = server, key, key_id, clock
        self.others, self.settle = others, settle
        self.http = httpx.Client(
            headers={"User-Agent": f"straits-node/{__version__}"}, follow_redirects=False
        )

    def towards(self, server: str) -> "Client":
        """The same node and clock, speaking to another server of the marketplace."""
        return Client(
            server=server, key=self.key, key_id=self.key_id, clock=self.clock, others=self.others
        )

    def close(self) -> None:
        self.http.close()

    def post(
        self, path: str, message: Message, reply: type[Reply], *, timeout: float = TIMEOUT
    ) -> Reply:
        """Send a message and read the reply; once more if only our clock or our key was wrong.

        `timeout` is in seconds and holds for connecting and for each wait. Raises Unreachable and
        Refused.
        """
        body = message.model_dump_json().encode()
        try:
            return self._on_time(path, body, reply, timeout)
        except Refused as refused:
            # usage is signed inside, too: it waits until a heartbeat has found the right key
            if path == USAGE or not refused.problem.type.endswith("bad-signature"):
                raise
            return self._with_another_key(path, body, reply, timeout, refused)

    def _with_another_key(
        self, path: str, body: bytes, reply: type[Reply], timeout: float, refused: Refused
    ) -> Reply:
        before = self.key
        try:
            for other in self.others():
                if other.private_bytes_raw() == before.private_bytes_raw():
                    continue
                self.key = other
                with suppress(Refused):
                    said = self._on_time(path, body, reply, timeout)
                    self.settle(other)
                    before = other
                    return said
            raise refused
        finally:
            self.key = before

    def _on_time(self, path: str, body: bytes, reply: type[Reply], timeout: float) -> Reply:
        try:
            return self._once(path, body, reply, timeout)
        except Refused as refused:
            problem = refused.problem
            if not problem.type.endswith("clock-skew") or problem.server_time is None:
                raise
            log.warning("this machine's clock is off by %.1f s", self.clock.offset())
            return self._once(path, body, reply, timeout)

    def _once(self, path: str, body: bytes, reply: type[Reply], timeout: float) -> Reply:
        url = self.server + path
        signed = sign(
            method="POST",
            url=url,
            body=body,
            key=self.key,
            key_id=self.key_id,
            at=self.clock.now(),
        )
        headers = {**signed, "Content-Type": "application/json"}
        sent = self.clock.boot()
        try:
            answer = self.http.post(url, content=body, headers=headers, timeout=timeout)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unreachable(
                f"{self.server} does not answer: {str(error) or repr(error)}"
            ) from error
        received = self.clock.boot()
        said = self._read(answer, reply)
        server_time = getattr(said, "server_time", None)
        if server_time is not None:
            self.clock.learn(server_time, sent=sent, received=received)
        if isinstance(said, Problem):
            raise Refused(said)
        return said

    def _read(self, answer: httpx.Response, reply: type[Reply]) -> Reply | Problem:
        if answer.status_code == TOO_MANY or answer.status_code >= 500:
            raise Unreachable(
                f"{self.server} answers {answer.status_code}: later", retry_after=_wait(answer)
            )
        expected: type[Reply] | type[Problem] = reply if answer.is_success else Problem
        try:
            return expected.model_validate_json(answer.content)
        except ValidationError:
            raise Unreachable(
                f"{self.server} answers {answer.status_code} with something that is not of "
                "Straits; check the address"
            ) from None


def _wait(answer: httpx.Response) -> float:
    given = answer.headers.get("Retry-After", "")
    return min(float(given), LONGEST_WAIT) if given.isdecimal() else 0.0
