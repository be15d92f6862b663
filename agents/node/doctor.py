"""Is this machine fit to serve? One finding per line, each failure with its mend."""

from argparse import Namespace
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx

from agents.protocol.signing import CLOCK_WINDOW

from . import gpu, identity, runtimes
from .client import HEARTBEAT, TIMEOUT
from .containers import checks
from .finding import Finding


def examine(*, state: Path, options: Namespace) -> Iterator[Finding]:
    """Look at everything that the agent needs, in the order in which it is set up."""
    uuids: list[str] = []
    yield from _gpus(uuids)
    if options.runtime == runtimes.CONTAINER:
        yield from checks.examine(state=state, options=options, gpu_uuids=uuids)
    yield from _folder(state)
    yield from _marketplace(state)


def _gpus(uuids: list[str]) -> Iterator[Finding]:
    shadow = gpu.shadow()
    yield Finding(
        "python binding",
        not shadow,
        f"the old package pynvml hides nvidia-ml-py ({shadow}): pip uninstall pynvml"
        if shadow
        else "nvidia-ml-py",
    )
    try:
        gpus = gpu.Gpus()
    except gpu.NoGpus as error:
        yield Finding("NVML", False, str(error))
        return
    try:
        kind = "simulated, " if gpus.simulated else ""
        yield Finding("NVML", True, f"{kind}driver {gpus.driver_version}, CUDA {gpus.cuda_version}")
        found = gpus.inventory().gpus
        uuids += [each.uuid for each in found]
        mend = "no GPU answers; look for Xid errors in dmesg, then reset the GPUs or reboot"
        yield Finding("GPUs", bool(found), ", ".join(each.name for each in found) or mend)
    finally:
        gpus.close()


def _folder(state: Path) -> Iterator[Finding]:
    if not state.is_dir():
        yield Finding("state folder", False, f"{state} is missing; enrol makes it")
        return
    loose = [
        f"chmod {wanted:o} {path}" for path, mode, wanted in identity.modes(state) if mode & ~wanted
    ]
    said = f"others may read it; run: {' && '.join(loose)}" if loose else str(state)
    yield Finding("state folder", not loose, said)


def _marketplace(state: Path) -> Iterator[Finding]:
    try:
        who = identity.read(state)
    except identity.NotEnrolled as error:
        yield Finding("enrolled", False, str(error))
        return
    yield Finding("enrolled", True, f"node {who.node}")
    try:
        answer = httpx.get(who.server + HEARTBEAT, timeout=TIMEOUT)
    except httpx.HTTPError as error:
        mend = "check the network, DNS and any firewall"
        yield Finding("marketplace", False, f"{who.server} does not answer ({error}); {mend}")
        return
    yield Finding("marketplace", True, who.server)
    yield _clock(answer)


def _clock(answer: httpx.Response) -> Finding:
    try:
        theirs = parsedate_to_datetime(answer.headers["Date"])
        offset = (datetime.now(UTC) - theirs).total_seconds()
    except (KeyError, ValueError, TypeError):
        return Finding("clock", False, "the marketplace does not say its time; check the address")
    said = f"off by {offset:.0f} s"
    if abs(offset) > CLOCK_WINDOW.total_seconds():
        return Finding("clock", False, f"{said}; switch time synchronisation on (timedatectl)")
    return Finding("clock", True, said)
