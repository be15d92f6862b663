"""One request to an endpoint of somebody else's: to a public address, in time, read in part."""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from .addresses import Forbidden, Target, resolve

#: seconds for all of it, however slowly the other side speaks
PATIENCE: Final = 10.0
#: bytes of the answer that are read
MOST_READ: Final = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` is None where nobody answered; then `error` says why."""

    status: int | None
    text: str
    error: str
    took_ms: int


class _Pinned(http.client.HTTPConnection):
    """Connects to the address that was looked at, and checks the certificate of the name."""

    def __init__(self, to: Target, address: str, patience: float) -> None:
        super().__init__(to.host, to.port, timeout=patience)
        self.to, self.address, self.late = to, address, False

    def connect(self) -> None:
        self.sock = socket.create_connection((self.address, self.port), self.timeout)
        if self.to.secure:
            context = ssl.create_default_context()
            # where the clock can cut it, and only then
            self.sock = context.wrap_socket(
                self.sock, server_hostname=self.to.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()


def post(
    to: Target, body: bytes, headers: Mapping[str, str], *, patience: float = PATIENCE
) -> Answer:
    """POST and read how the answer begins. No redirect is followed; nothing is raised.

    A name is resolved with the system's own patience, which we cannot shorten.
    """
    began = time.monotonic()
    try:
        status, text = _ask(_Pinned(to, resolve(to), patience), body, headers, patience)
    except Forbidden as error:
        return Answer(None, "", str(error), _since(began))
    except ssl.SSLError as error:
        return Answer(None, "", f"TLS: {error.reason or 'failed'}"[:200], _since(began))
    except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:
        # the last two: a connection that was cut while TLS was reading
        late = time.monotonic() - began >= patience
        why = f"no answer within {patience:g} s" if late else type(error).__name__
        return Answer(None, "", why[:200], _since(began))
    return Answer(status, text, "", _since(began))


def _ask(
    link: _Pinned, body: bytes, headers: Mapping[str, str], patience: float
) -> tuple[int, str]:
    """A clock beside the sockets' own: those begin anew with every byte that comes."""
    clock = threading.Timer(patience, _cut, [link])
    clock.daemon = True
    clock.start()
    try:
        link.request("POST", link.to.path, body, {"Host": link.to.name, **headers})
        answer = link.getresponse()
        text = _text(answer.read(MOST_READ))
        if link.late:  # what was cut reads like an answer that is over
            raise TimeoutError
        return answer.status, text
    finally:
        clock.cancel()
        link.close()


def _cut(link: _Pinned) -> None:
    link.late = True
    if link.sock is not None:
        try:
            link.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            link.close()


def _text(begins: bytes) -> str:
    """For people to read: no zero bytes, which the database does not keep."""
    return begins.decode("utf-8", "replace").replace("\x00", "�")[:MOST_READ]


def _since(began: float) -> int:
    return int((time.monotonic() - began) * 1000)
