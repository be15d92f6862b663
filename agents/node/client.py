"""Signed requests to the marketplace, and what can come back instead of an answer."""

import logging
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


class Client:
    """Speaks to one marketplace as one key; follows its clock."""

    def __init__(self, *, server: str, key: Ed25519PrivateKey, key_id: str, clock: Clock) -> None:
        self.server, self.key, self.key_id, self.clock = server, key, key_id, clock
        self.http = httpx.Client(
            headers={"User-Agent": f"straits-node/{__version__}"}, follow_redirects=False
        )

    def close(self) -> None:
        self.http.close()

    def post(
        self, path: str, message: Message, reply: type[Reply], *, timeout: float = TIMEOUT
    ) -> Reply:
        """Send a message and read the reply; once more if only our clock was wrong.

        `timeout` is in seconds and holds for connecting and for each wait. Raises Unreachable and
        Refused.
        """
        body = message.model_dump_json().encode()
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
