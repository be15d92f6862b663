"""Who needs the addresses of this machine to stay, and who changes them, take turns.

When an address comes or goes, as with every network of a container, Chromium fails each request of
its own that waits for a connection (net::ERR_NETWORK_CHANGED): a script of a page is then missing.
"""

import fcntl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK = Path(tempfile.gettempdir()) / "straits-network.lock"


@contextmanager
def ours() -> Iterator[None]:
    """Have the network of this machine for a while, when no other worker has it."""
    with LOCK.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
