"""One plain process per assignment, in a session of its own, with nothing of the agent's in it.

Not isolated: it runs as the agent's user. For trials with simulated GPUs alone.

A workload that goes on with a kept work folder begins in it where it lies. Who it is is written
down, then the folder becomes its own, then it is let go, then that is written down too. An agent
that is killed before the last leaves a record that names the folder's owner: if its workload does
not live, the next one gives the folder back.
"""

import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError

from agents.protocol.messages import Desired

from . import launch, notice, proc
from .files import remove_tree, write_whole
from .reconcile import Phase
from .runtime import NOT_KEPT, CannotStart, Sighting

log = logging.getLogger(__name__)

RECORD, OUTPUT, WORK = "process.json", "output.log", "work"
#: what a workspace counts for, as nothing here is set aside
WORK_BYTES = 1 << 30
#: when the agent was started without a PATH
SEARCH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Record(BaseModel):
    """What DIR/leases/ASSIGNMENT/process.json holds: enough to find the process again.

    `resumes` is whose work folder it took, until it was let go.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    pid: int
    start: int
    boot: UUID
    started_at: datetime
    gpu_uuids: tuple[str, ...]
    keep_until: datetime | None = None
    resumes: UUID | None = None


@dataclass
class Running:
    """One that we look after. `child` is None when an agent before us started it."""

    record: Record
    child: "subprocess.Popen[bytes] | None" = None
    kill_at: float | None = None
    ended: bool = False
    told: datetime | None = None
    #: why it never ran, though it was written down
    failure: str = ""


class ProcessRuntime:
    """Implements `Runtime`; finds what ran before in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self.boot = proc.kernel_boot_id()
        self.known: dict[UUID, Running] = dict(self._recorded())
        for assignment in self.known:
            self._settle(assignment)

    def _recorded(self) -> list[tuple[UUID, Running]]:
        found = []
        for file in sorted(self.folder.glob(f"*/{RECORD}")):
            try:
                record = Record.model_validate_json(file.read_bytes())
                told = notice.read(file.parent)
                found.append((UUID(file.parent.name), Running(record, told=told)))
            except (ValidationError, ValueError):
                log.error("%s is not a record of ours and is left alone", file)
        return found

    def start(self, *, wanted: Desired, at: datetime) -> None:
        if wanted.assignment in self.known:
            raise CannotStart("it was started before")
        if wanted.image or wanted.template or wanted.ssh_keys:
            raise CannotStart("this machine runs plain commands only: no image, template or SSH")
        place, command = self.folder / str(wanted.assignment), wanted.command
        work = self._kept_by(wanted.resume) if wanted.resume else place / WORK
        env = _environment(wanted.environment, wanted.gpu_uuids, place)
        _require_program(command, env["PATH"], work)
        try:
            (place if wanted.resume else work).mkdir(mode=0o700, parents=True, exist_ok=True)
            child = _spawn(command, env, work, place / OUTPUT)
        except (OSError, ValueError) as error:
            raise CannotStart(f"the process cannot be started: {error}") from error
        self.known[wanted.assignment] = self._release(child, wanted, at)

    def _kept_by(self, assignment: UUID) -> Path:
        if not self._keeps(assignment):
            raise CannotStart(NOT_KEPT)
        return self.folder / str(assignment) / WORK

    def _release(self, child: "subprocess.Popen[bytes]", wanted: Desired, at: datetime) -> Running:
        """Write down who the process is, then let it go."""
        assert child.stdin is not None  # noqa: S101  we asked for a pipe
        seen, place = proc.look(child.pid), self.folder / str(wanted.assignment)
        record = Record(
            pid=child.pid,
            start=seen.start if seen else 0,
            boot=self.boot,
            started_at=at,
            gpu_uuids=wanted.gpu_uuids,
            keep_until=wanted.keep_until,
            resumes=wanted.resume,
        )
        try:
            _write(place, record)
            if wanted.resume:
                (self.folder / str(wanted.resume) / WORK).rename(place / WORK)
        except OSError as error:
            child.stdin.close()
            child.wait()
            (place / RECORD).unlink(missing_ok=True)
            raise CannotStart(f"the process cannot be written down: {error}") from error
        with suppress(BrokenPipeError), child.stdin:
            child.stdin.write(b"\n")
        running = Running(record, child)
        if wanted.resume:
            self._change(wanted.assignment, running, resumes=None)
        return running

    def _settle(self, assignment: UUID) -> None:
        """Give back the work folder that it took, if it was never let go; else it is its own."""
        running = self.known[assignment]
        before, taken = running.record.resumes, self.folder / str(assignment) / WORK
        if before is None:
            return
        waits = proc.runs(running.record.pid, launch.__file__)
        let_go = self._leads(running) and not waits
        if not let_go and before in self.known and taken.exists():
            taken.rename(self.folder / str(before) / WORK)
        if not let_go:
            running.failure = "the agent was ended before it ran"
        self._change(assignment, running, resumes=None)

    def _change(self, assignment: UUID, running: Running, **values: Any) -> None:
        """Also on the disk, or not at all."""
        record = running.record.model_copy(update=values)
        try:
            _write(self.folder / str(assignment), record)
        except OSError as error:
            log.error("assignment %s cannot be written down: %s", assignment, error)
            return
        running.record = record

    def keep(self, *, assignment: UUID, until: datetime | None) -> None:
        running = self.known.get(assignment)
        if running is not None and not running.ended:
            self._change(assignment, running, keep_until=until)

    def wipe(self, *, assignment: UUID) -> None:
        if self._keeps(assignment):
            remove_tree(self.folder / str(assignment) / WORK)

    def _keeps(self, assignment: UUID) -> bool:
        running = self.known.get(assignment)
        if running is None or not running.ended or running.record.keep_until is None:
            return False
        return (self.folder / str(assignment) / WORK).is_dir()

    def stop(self, *, assignment: UUID, grace: float) -> None:
        running = self.known.get(assignment)
        if running is None or running.ended:
            return
        asked, kill_at = running.kill_at is not None, time.monotonic() + grace
        running.kill_at = min(kill_at, running.kill_at or kill_at)
        if not asked:
            proc.send(self._members(running.record), signal.SIGTERM)

    def tell(self, *, assignment: UUID, evict_at: datetime) -> None:
        running = self.known.get(assignment)
        if running is None or running.ended or running.told == evict_at:
            return
        try:
            notice.write(self.folder / str(assignment), evict_at)
        except OSError as error:
            log.error("assignment %s cannot be told of its end: %s", assignment, error)
            return
        running.told = evict_at
        proc.send(self._members(running.record), notice.SIGNAL)

    def observe(self) -> list[Sighting]:
        return [self._sight(assignment, running) for assignment, running in self.known.items()]

    def _sight(self, assignment: UUID, running: Running) -> Sighting:
        phase = Phase.ENDED if running.ended else self._drive(running)
        running.ended = phase is Phase.ENDED
        record, child, kept = running.record, running.child, self._keeps(assignment)
        return Sighting(
            assignment=assignment,
            phase=phase,
            gpu_uuids=record.gpu_uuids,
            started_at=None if running.failure else record.started_at,
            exit_code=child.returncode if child else None,
            failure=running.failure,
            told=running.told,
            keep_until=record.keep_until,
            kept=kept,
            workspace_bytes=WORK_BYTES if kept or not running.ended else None,
        )

    def _drive(self, running: Running) -> Phase:
        """Take the next step towards the end, if it is going there, and say how far it is."""
        alive = self._leads(running)
        if alive and running.kill_at is None:
            return Phase.RUNNING
        # a workload is over when its first process is; whatever else it started goes too
        if not alive or time.monotonic() >= (running.kill_at or 0):
            proc.send(self._members(running.record), signal.SIGKILL)
        alive = self._leads(running)
        return Phase.STOPPING if alive or self._members(running.record) else Phase.ENDED

    def _leads(self, running: Running) -> bool:
        """Whether its first process lives."""
        if running.child is not None:
            return running.child.poll() is None
        seen = proc.look(running.record.pid)
        record = running.record
        return seen is not None and (record.boot, record.start) == (self.boot, seen.start)

    def _members(self, record: Record) -> list[int]:
        """Every process of its session. The kernel gives a pid anew only once no session has it."""
        leader = proc.look(record.pid)
        if record.boot != self.boot or (leader is not None and leader.start != record.start):
            return []
        return list(proc.session(record.pid))

    def remove(self, *, assignment: UUID) -> None:
        running = self.known.get(assignment)
        if running is None or not running.ended:
            return
        remove_tree(self.folder / str(assignment))
        del self.known[assignment]


def _write(place: Path, record: Record) -> None:
    write_whole(place / RECORD, record.model_dump_json().encode())


def _environment(given: Mapping[str, str], gpu_uuids: Sequence[str], place: Path) -> dict[str, str]:
    """All that the workload gets to see: of the agent's own environment only where programs lie."""
    leased = ",".join(gpu_uuids)
    return {
        "PATH": os.environ.get("PATH", SEARCH),
        "LANG": "C.UTF-8",
        **given,
        "HOME": str(place / WORK),
        notice.NOTICE: str(place / notice.FILE),
        "CUDA_VISIBLE_DEVICES": leased,
        "NVIDIA_VISIBLE_DEVICES": leased,
    }


def _require_program(command: Sequence[str], path: str, work: Path) -> None:
    if not command:
        raise CannotStart("it has no command")
    name = command[0]
    # with a slash it is meant from where the workload will run
    if shutil.which(work / name if "/" in name else name, path=path) is None:
        raise CannotStart(f"no program {name!r} on this machine")


def _spawn(
    command: Sequence[str], env: Mapping[str, str], work: Path, output: Path
) -> "subprocess.Popen[bytes]":
    with os.fdopen(
        os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "wb"
    ) as log_file:
        return subprocess.Popen(  # noqa: S603  what the renter asked to run
            [sys.executable, "-I", "-S", str(Path(launch.__file__)), *command],
            stdin=subprocess.PIPE,
            stdout=log_file,
            stderr=subprocess.STDOUT,
            cwd=work,
            env=env,
            start_new_session=True,
        )
