"""Processes as /proc shows them: which one a pid really is, and who belongs to its session."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

PROC = Path("/proc")
KERNEL_BOOT = PROC / "sys/kernel/random/boot_id"
#: positions after the name in /proc/PID/stat
STATE, SESSION, START = 0, 3, 19
GONE = ("Z", "X")


@dataclass(frozen=True)
class Process:
    """`start` counts clock ticks since boot: with the pid it names one process for ever."""

    pid: int
    session: int
    start: int


def look(pid: int) -> Process | None:
    """Read a process; None when there is none or only its exit status is left."""
    try:
        text = (PROC / str(pid) / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # the name stands in brackets and may hold anything, brackets too
    fields = text[text.rindex(")") + 2 :].split()
    if fields[STATE] in GONE:
        return None
    return Process(pid, int(fields[SESSION]), int(fields[START]))


def runs(pid: int, program: str) -> bool:
    """Whether this word stands in its command line."""
    try:
        return program.encode() in (PROC / str(pid) / "cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return False


def session(leader: int) -> Iterator[int]:
    """The pids of everything that lives in the session of this leader."""
    for entry in os.scandir(PROC):
        if entry.name.isdecimal():
            found = look(int(entry.name))
            if found is not None and found.session == leader:
                yield found.pid


def send(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def kernel_boot_id() -> UUID:
    """The kernel's name of this boot."""
    return UUID(KERNEL_BOOT.read_text().strip())
