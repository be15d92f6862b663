"""GPUs as the Container Device Interface describes them: which device nodes belong to which."""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FOLDERS = (Path("/etc/cdi"), Path("/var/run/cdi"))
KIND = "nvidia.com/gpu"
MEND = (
    "run: nvidia-ctk cdi generate --device-name-strategy=uuid --output=/etc/cdi/nvidia.yaml, "
    "again after every change of the driver"
)


class BadSpec(Exception):
    """A description cannot be read or names no device nodes; the text says which and the mend."""


@dataclass(frozen=True)
class Node:
    """A character device as a container sees it."""

    path: str
    major: int
    minor: int


def name(gpu_uuid: str) -> str:
    """The name under which an engine is asked for this GPU."""
    return f"{KIND}={gpu_uuid}"


def described(folders: Sequence[Path] = FOLDERS) -> dict[str, frozenset[Node]]:
    """Every GPU that is described by its UUID, with its own device nodes. Raises BadSpec."""
    found: dict[str, frozenset[Node]] = {}
    for file in _files(folders):
        try:
            found.update(_read(file, file.stat().st_mtime_ns))
        except (OSError, ValueError, TypeError, KeyError, yaml.YAMLError) as error:
            reason = " ".join(str(error).split())
            raise BadSpec(f"{file} cannot be read ({reason}); {MEND}") from error
    return found


def require(gpu_uuids: Sequence[str], known: dict[str, frozenset[Node]]) -> None:
    """Raises BadSpec unless each of these GPUs is described with nodes of its own."""
    for gpu_uuid in gpu_uuids:
        if not known.get(gpu_uuid):
            raise BadSpec(f"no CDI description names {gpu_uuid} with device nodes; {MEND}")


def _files(folders: Sequence[Path]) -> Iterator[Path]:
    for folder in folders:
        if folder.is_dir():
            yield from sorted(
                file for file in folder.iterdir() if file.suffix in (".json", ".yaml", ".yml")
            )


@lru_cache(maxsize=32)
def _read(file: Path, changed: int) -> dict[str, frozenset[Node]]:
    """Of one file, as it was when `changed`: it is asked for every second."""
    spec = yaml.safe_load(file.read_text())
    if spec["kind"] != KIND:
        return {}
    return {
        str(device["name"]): frozenset(
            map(_node, device.get("containerEdits", {}).get("deviceNodes", []))
        )
        for device in spec["devices"]
        if str(device["name"]).startswith(("GPU-", "MIG-"))
    }


def _node(given: dict[str, Any]) -> Node:
    if "major" in given:
        return Node(given["path"], int(given["major"]), int(given["minor"]))
    seen = os.stat(given.get("hostPath") or given["path"])
    if not stat.S_ISCHR(seen.st_mode):
        raise ValueError(f"{given['path']} is no character device")
    return Node(given["path"], os.major(seen.st_rdev), os.minor(seen.st_rdev))
