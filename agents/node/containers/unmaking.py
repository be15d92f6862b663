"""The steps back from a container, and the proof that nothing is left. Each may be done again."""

import time

from . import firewall, forwarding
from .engine import Engine
from .host import Host
from .record import Record

#: how often the engine is asked for an exit code that it does not know yet, and after how long
EXIT_TRIES, SOON = 25, 0.2


class Left(Exception):
    """Something of it is still there; trying again may help."""


def exit_code(record: Record, engine: Engine) -> int | None:
    """Of one that ran: the engine learns of the end a moment after the kernel."""
    for _ in range(EXIT_TRIES):
        found = engine.find(record.container)
        if found is None:
            return None
        if found.status in ("exited", "dead", "stopped"):
            return found.exit_code
        time.sleep(SOON)
    return None


def remove_network(record: Record, engine: Engine) -> None:
    engine.remove_network(record.bridge)
    forwarding.remove(record.bridge)
    firewall.remove_bridge(record.bridge)
    firewall.remove(record.bridge)


def require_nothing(record: Record, engine: Engine) -> None:
    """Of all but its workspace. Raises Left."""
    for what, there in (
        ("the container", engine.find(record.container) is not None),
        ("the network", engine.network(record.bridge)),
        ("a forwarded port", bool(forwarding.rules(record.bridge))),
        ("the bridge", firewall.has_bridge(record.bridge)),
        ("the firewall", firewall.stands(record.bridge)),
    ):
        if there:
            raise Left(f"{what} is still there")


def require_unused(record: Record, on: Host) -> None:
    """No process that came with it is on its GPUs. Raises Left."""
    users = on.gpu_pids(record.gpu_uuids) - record.foreign_pids
    if users:
        raise Left(f"process {min(users)} still uses the GPUs")
