"""CDI descriptions of simulated GPUs, so that engines hand them out as they hand out real ones."""

import json
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from agents.node.containers.cdi import KIND

#: where engines look; of its two folders the one that a reboot empties
FOLDER = Path("/var/run/cdi")
DEVICES = Path("/dev/straits-simulated")
#: no driver answers under it: the kernel keeps it for experiments
MAJOR = 240


@contextmanager
def described(gpu_uuids: Sequence[str], *, host: UUID) -> Iterator[None]:
    """Describe these GPUs while this lasts, with device nodes that nothing answers. Needs root."""
    file, nodes = FOLDER / f"straits-simulated-{host}.json", DEVICES / host.hex[:12]
    FOLDER.mkdir(parents=True, exist_ok=True)
    nodes.mkdir(mode=0o755, parents=True, exist_ok=True)
    devices = [_device(nodes / f"nvidia{index}", gpu) for index, gpu in enumerate(gpu_uuids)]
    partial = file.with_suffix(".partial")
    partial.write_text(
        json.dumps({"cdiVersion": "0.5.0", "kind": KIND, "devices": devices}, indent=1)
    )
    partial.replace(file)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)
        for node in nodes.iterdir():
            node.unlink()
        nodes.rmdir()


def _device(node: Path, gpu_uuid: str) -> dict[str, object]:
    number = os.makedev(MAJOR, int(node.name.removeprefix("nvidia")))
    if not node.exists():
        os.mknod(node, stat.S_IFCHR | 0o666, number)
    described = {
        "path": str(node),
        "type": "c",
        "major": os.major(number),
        "minor": os.minor(number),
        "permissions": "rw",
    }
    return {"name": gpu_uuid, "containerEdits": {"deviceNodes": [described]}}
