"""What systemd is told by a service of Type=notify: sd_notify(3), without its library."""

import os
import socket
import time

#: told this many times within the watchdog's limit
OFTEN = 3


class Notifier:
    """Does nothing unless systemd started us and asked to be told."""

    def __init__(self, environment: "os._Environ[str] | dict[str, str]" = os.environ) -> None:
        self.address = environment.get("NOTIFY_SOCKET", "")
        limit_us = environment.get("WATCHDOG_USEC", "")
        limit = int(limit_us) / 1_000_000 if self.address and limit_us.isdecimal() else None
        self.every = None if limit is None else limit / OFTEN
        self.alive_at = 0.0

    def ready(self) -> None:
        self._tell("READY=1")

    def stopping(self) -> None:
        self._tell("STOPPING=1")

    def status(self, text: str) -> None:
        self._tell(f"STATUS={' '.join(text.split())}")

    def alive(self) -> None:
        """Call it often; the watchdog hears it as often as it needs to."""
        if self.every is not None and time.monotonic() - self.alive_at >= self.every:
            self.alive_at = time.monotonic()
            self._tell("WATCHDOG=1")

    def _tell(self, text: str) -> None:
        if not self.address:
            return
        # a name that begins with @ lives in the abstract namespace
        address = "\0" + self.address[1:] if self.address.startswith("@") else self.address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
                out.sendto(text.encode(), address)
        except OSError:
            # nobody listens any more: what serves must not end for that
            return
