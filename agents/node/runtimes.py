"""Which runtime serves: containers, or for a trial with simulated GPUs plain processes."""

import argparse
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

from .clock import Clock
from .containers import ContainerRuntime, service
from .containers.host import GIB, Host, Options
from .containers.record import BadRecord
from .gpu import Gpus
from .process import ProcessRuntime
from .runtime import Runtime
from .simulated import cdi

CONTAINER, PROCESS = "container", "process"
PORTS = range(1, 65_536)


class NotIsolated(Exception):
    """Plain processes on real GPUs: strangers would own the machine."""


class CannotServe(Exception):
    """Containers cannot be served here; the text says what to do."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """What a provider chooses of the leases on this machine."""
    parser.add_argument(
        "--runtime",
        choices=(CONTAINER, PROCESS),
        default=CONTAINER,
        help="process: not walled off, with simulated GPUs alone",
    )
    parser.add_argument(
        "--engine", metavar="unix://SOCKET", help="default: podman's or Docker's, whichever listens"
    )
    parser.add_argument(
        "--listen",
        default="0.0.0.0",  # noqa: S104
        metavar="ADDRESS",
        help="where renters' ports are opened",
    )
    parser.add_argument(
        "--public-host", metavar="HOST", help="what renters are told; default: the address of ours"
    )
    parser.add_argument(
        "--ports", type=_ports, metavar="LOW-HIGH", help="that a firewall lets in; default: any"
    )
    parser.add_argument(
        "--workspace-gib", type=_positive, default=50, metavar="N", help="disk for each leased GPU"
    )


def _ports(text: str) -> tuple[int, int]:
    low, _, high = text.partition("-")
    if not (low.isdecimal() and high.isdecimal()) or not 0 < int(low) <= int(high) < PORTS.stop:
        raise argparse.ArgumentTypeError("write two ports, such as 40000-40999")
    return int(low), int(high)


def _positive(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError("write a number of 1 or more")
    return int(text)


@contextmanager
def chosen(
    options: argparse.Namespace, *, state: Path, server: str, gpus: Gpus, clock: Clock
) -> Iterator[Runtime]:
    """The runtime that the options ask for. Raises NotIsolated and CannotServe."""
    folder = state / "leases"
    if options.runtime == PROCESS:
        if not gpus.simulated:
            raise NotIsolated("plain processes serve simulated GPUs only; use --runtime container")
        yield ProcessRuntime(folder)
        return
    host = Host(
        options=container_options(options, server=server),
        clock=clock,
        owner=str(state),
        gpu_count=gpus.count,
        gpu_pids=gpus.pids,
    )
    with ExitStack() as stack:
        if gpus.simulated:
            uuids = [gpu.uuid for gpu in gpus.inventory().gpus]
            stack.enter_context(cdi.described(uuids, host=uuid5(NAMESPACE_URL, str(state))))
        yield stack.enter_context(closing(_containers(folder, host)))


def _containers(folder: Path, host: Host) -> ContainerRuntime:
    try:
        return ContainerRuntime(folder, host)
    except BadRecord as error:
        raise CannotServe(str(error)) from error


def container_options(options: argparse.Namespace, *, server: str) -> Options:
    """What a person wrote, with what was left out filled in. Raises CannotServe."""
    try:
        engine = options.engine or service.listening()
    except service.NoEngine as error:
        raise CannotServe(str(error)) from error
    return Options(
        engine=engine,
        address=options.listen,
        public_host=options.public_host or _address_towards(server),
        ports=options.ports,
        workspace_bytes_per_gpu=options.workspace_gib * GIB,
    )


def _address_towards(server: str) -> str:
    """This machine's own address on the way to the marketplace; sends nothing."""
    parts = urlsplit(server)
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_DGRAM)
        family, kind, _, _, address = found[0]
        with socket.socket(family, kind) as unsent:
            unsent.connect(address)
            return str(unsent.getsockname()[0])
    except OSError as error:
        raise CannotServe(
            f"no way to {parts.hostname} ({error}); give --public-host ADDRESS"
        ) from error
