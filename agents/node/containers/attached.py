"""Which GPUs a running container really has: by the kernel, not by what an engine was asked."""

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from .cdi import Node

CGROUPS = Path("/sys/fs/cgroup")


class WrongGpus(Exception):
    """The container has other GPUs than those of its lease."""


def require_exactly(
    gpu_uuids: Sequence[str], known: Mapping[str, frozenset[Node]], pid: int
) -> None:
    """Raises WrongGpus unless the container of `pid` has these GPUs, usable, and no others.

    Raises OSError when the process is gone.
    """
    have, leased = attached(known, nodes_of(pid)), set(gpu_uuids)
    if have != leased:
        missing, others = sorted(leased - have), sorted(have - leased)
        said = [f"{missing[0]} is not attached"] if missing else []
        said += [f"{others[0]} is attached and not part of the lease"] if others else []
        raise WrongGpus("; ".join(said))
    for gpu_uuid in gpu_uuids:
        for node in known[gpu_uuid]:
            if not _permitted(node, pid):
                raise WrongGpus(f"the container may no longer use {gpu_uuid}")


def attached(known: Mapping[str, frozenset[Node]], nodes: frozenset[Node]) -> set[str]:
    """The GPUs all of whose nodes are there; one that lies within a larger one is part of that."""
    there = {gpu for gpu, own in known.items() if own and own <= nodes}
    return {gpu for gpu in there if not any(known[gpu] < known[other] for other in there)}


def nodes_of(pid: int) -> frozenset[Node]:
    """Every character device below /dev in the process's view; follows no link out of it."""
    root = Path(f"/proc/{pid}/root")
    return frozenset(_walk(root / "dev", root))


def _walk(folder: Path, root: Path) -> Iterator[Node]:
    # a link to elsewhere would be followed in our own view: only the first step leads into theirs
    if folder.is_symlink():
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(Path(entry.path), root)
                continue
            seen = entry.stat(follow_symlinks=False)
            if stat.S_ISCHR(seen.st_mode):
                path = f"/{Path(entry.path).relative_to(root)}"
                yield Node(path, os.major(seen.st_rdev), os.minor(seen.st_rdev))


def _permitted(node: Node, pid: int) -> bool:
    """Whether the device controller lets it be opened; version 2 of cgroups does not tell."""
    for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if "devices" in controllers.split(","):
            return _listed(node, CGROUPS / "devices" / path.lstrip("/") / "devices.list")
    return True


def _listed(node: Node, file: Path) -> bool:
    if not file.exists():
        return True
    which = {f"{node.major}:{node.minor}", f"{node.major}:*", "*:*"}
    rules = (line.split() for line in file.read_text().splitlines())
    return any(
        rule[0] in ("a", "c") and rule[1] in which and {"r", "w"} <= set(rule[2]) for rule in rules
    )
