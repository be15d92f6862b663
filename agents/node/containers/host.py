"""What a lease needs of the machine that it runs on."""

import os
import resource
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from agents.node.clock import Clock
from agents.node.runtime import CannotStart

from . import cdi, templates
from .engine import Engine
from .spec import Limits
from .templates import Template

GIB = 1 << 30
#: of memory and processors, what stays with the host
KEPT = 0.1
PIDS_PER_GPU = 4096
OPEN_FILES = 1 << 20


@dataclass(frozen=True)
class Options:
    """What the provider chose. `public_host` is what renters are told; ports are LOW..HIGH."""

    engine: str
    address: str = "0.0.0.0"  # noqa: S104  renters come from outside; the bridge is walled off
    public_host: str = "127.0.0.1"
    ports: tuple[int, int] | None = None
    workspace_bytes_per_gpu: int = 50 * GIB
    templates: Mapping[str, Template] = field(default_factory=templates.shipped)
    cdi_folders: Sequence[Path] = cdi.FOLDERS

    def connect(self) -> Engine:
        return Engine(self.engine)


@dataclass(frozen=True)
class Host:
    """`owner` names this agent among others on the same engine; `gpu_count` is of the machine."""

    options: Options
    clock: Clock
    owner: str
    gpu_count: Callable[[], int]
    gpu_pids: Callable[[Sequence[str]], frozenset[int]]


def limits(*, gpus: int, of: int) -> Limits:
    """The share of a lease of `gpus` GPUs on a machine that has `of`."""
    share = (1 - KEPT) * gpus / max(gpus, of)
    memory = int(_memory() * share)
    files, processes = (
        resource.getrlimit(which)[1] for which in (resource.RLIMIT_NOFILE, resource.RLIMIT_NPROC)
    )
    return Limits(
        memory=memory,
        cpus=max(0.1, (os.cpu_count() or 1) * share),
        pids=_least(PIDS_PER_GPU * gpus, processes),
        shared_memory=memory // 4,
        open_files=_least(OPEN_FILES, files),
    )


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _least(wanted: int, allowed: int) -> int:
    return wanted if allowed == resource.RLIM_INFINITY else min(wanted, allowed)


def free_ports(count: int, *, among: tuple[int, int] | None, address: str) -> list[int]:
    """Ports that nobody listens on; 0 stands for any. Raises CannotStart when they run out."""
    if among is None:
        return [0] * count
    found = [port for port in range(among[0], among[1] + 1) if _is_free(address, port)]
    if len(found) < count:
        raise CannotStart(f"no free port from {among[0]} to {among[1]} on this machine")
    return found[:count]


def _is_free(address: str, port: int) -> bool:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((address, port))
        except OSError:
            return False
    return True
