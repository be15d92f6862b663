"""Which engine to speak to: the one that listens, or a podman of our own for a while."""

import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from . import tools
from .engine import Engine, EngineDown

SOCKETS = (Path("/run/podman/podman.sock"), Path("/var/run/docker.sock"))
#: what a host with version 1 of cgroups and no systemd needs
OLD_HOST = ("--runtime", "runc", "--cgroup-manager", "cgroupfs", "--events-backend", "file")
UNIFIED = Path("/sys/fs/cgroup/cgroup.controllers")
STARTS_WITHIN = 20.0


class NoEngine(Exception):
    """There is no container engine; the text says what to do."""


MEND = "install podman and run: systemctl enable --now podman.socket; or install Docker"


def listening() -> str:
    """The address of the engine of this machine. Raises NoEngine."""
    for socket in SOCKETS:
        if socket.exists():
            return f"unix://{socket}"
    raise NoEngine(f"no container engine listens on {' or '.join(map(str, SOCKETS))}: {MEND}")


def podman(*more: str) -> list[str]:
    """How podman is called on this machine. Raises NoEngine."""
    program = tools.find("podman")
    if program is None:
        raise NoEngine(f"no program podman on this machine: {MEND}")
    return [program, *(() if UNIFIED.exists() else OLD_HOST), *more]


@contextmanager
def own_podman(folder: Path, *, storage: Sequence[str] = ()) -> Iterator[str]:
    """Serve podman's API on a socket in `folder`; what runs in it outlives it. Raises NoEngine."""
    socket = folder / "podman.sock"
    socket.unlink(missing_ok=True)
    url = f"unix://{socket}"
    with (folder / "podman.log").open("ab") as log:
        service = subprocess.Popen(  # noqa: S603  our own words, no shell
            [*podman(*storage), "system", "service", "--time=0", url],
            stdout=log,
            stderr=log,
            env=os.environ,
        )
    try:
        _await(url, service)
        yield url
    finally:
        service.terminate()
        service.wait()


def _await(url: str, service: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline and service.poll() is None:
        with closing(Engine(url)) as engine, suppress(EngineDown):
            engine.info()
            return
        time.sleep(0.1)
    raise NoEngine("podman does not serve its API; its log lies beside the socket")
