"""Looks after one lease, in a thread of its own: brings it up, watches it, takes it down.

Every step may be done twice, so whoever comes after a killed agent begins again at the first.
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from agents.node import notice, proc
from agents.node.reconcile import Phase
from agents.node.runtime import CannotStart, Sighting

from . import attached, cdi, making, unmaking, workspace
from . import record as records
from .engine import EngineDown, EngineRefused
from .host import Host
from .record import Process, Record
from .tools import ToolFailed
from .unmaking import Left

log = logging.getLogger(__name__)

#: seconds between two looks at the GPUs of a running lease, and at one that is to end
WATCH, HURRY = 1.0, 0.05
#: seconds between two tries
SOON, LATEST = 0.2, 10.0
#: seconds that a workload gets which lost its GPUs
GRACE = 10.0
#: what is left of one that is over
GONE = "nothing of it is left on the machine"
KEPT = "its workspace is kept on the machine"

WRONG = (EngineRefused, ToolFailed, cdi.BadSpec, attached.WrongGpus, OSError)


class Stopped(Exception):
    """It was stopped before it ran."""


class Keeper(threading.Thread):
    """`seen` is replaced whole, so that other threads may read it at any time."""

    def __init__(
        self, *, record: Record, folder: Path, host: Host, gpus_free: Callable[["Keeper"], bool]
    ) -> None:
        super().__init__(name=f"lease {record.assignment}", daemon=True)
        self.record, self.folder, self.host, self.gpus_free = record, folder, host, gpus_free
        self.place = folder / str(record.assignment)
        self.engine = host.options.connect()
        self.wake = threading.Event()
        self.asked = False
        self.kill_at = 0.0
        #: of the record and of what is shown: both are also changed by other threads
        self.lock = threading.Lock()
        #: whether its workspace is to outlive it, once that is decided; whether that is over
        self.keeping = self.wiping = False
        self.seen = Sighting(
            assignment=record.assignment,
            phase=_phase(record),
            gpu_uuids=record.gpu_uuids,
            started_at=record.started_at,
            exit_code=record.exit_code,
            # nothing is vouched for until somebody looked
            verified_to=record.started_at,
            failure=record.failure,
            told=notice.read(making.inside(self.place)),
            keep_until=record.keep_until,
            resumes=record.resumes,
        )

    def sight(self) -> Sighting:
        """Called from other threads: what is shown, and its workspace as it lies there now."""
        seen, size = self.seen, workspace.size(self.place)
        kept = seen.phase is Phase.ENDED and size is not None and not self.wiping
        return replace(seen, kept=kept, workspace_bytes=size)

    def keep(self, until: datetime | None) -> None:
        """Called from other threads: have its workspace outlive it, or not."""
        try:
            self._write(keep_until=until)
        except OSError as error:
            # it is kept all the same, unless this agent is killed
            log.error("%s cannot be written, trying again: %s", self.place, error)
            return
        self._show(keep_until=until)

    def wipe(self) -> None:
        """Called from other threads, any number of times, once it ended: delete what it kept."""
        if not self.wiping:
            self.wiping = True
            name = f"workspace {self.record.assignment}"
            threading.Thread(target=self._wipe, name=name, daemon=True).start()

    def _wipe(self) -> None:
        self._until_done(partial(workspace.wipe, self.place))
        log.info("lease %s: its workspace is wiped", self.record.assignment)

    def tell(self, evict_at: datetime) -> None:
        """Called from other threads: let the workload know, once, when it gives way."""
        process = self.record.process
        if process is None or self.seen.told == evict_at:
            return
        try:
            notice.write(making.inside(self.place), evict_at)
        except OSError as error:
            log.error("lease %s cannot be told of its end: %s", self.record.assignment, error)
            return
        self._show(told=evict_at)
        # the first process is an init of the engine's, which passes it on
        _send(process, notice.SIGNAL)

    def stop(self, *, grace: float) -> None:
        """Called from other threads, any number of times; the shortest grace counts."""
        kill_at = time.monotonic() + grace
        self.kill_at = min(kill_at, self.kill_at) if self.asked else kill_at
        self.asked = True
        self.wake.set()

    def run(self) -> None:
        with closing(self.engine):
            self._run()

    def _run(self) -> None:
        try:
            self._live()
        except Stopped:
            log.info("lease %s was stopped before it ran", self.record.assignment)
        except CannotStart as error:
            self._fail(str(error))
        except Exception:
            log.exception("lease %s is given up", self.record.assignment)
            self._fail("the agent failed; its log says how")
        self._take_down()

    def _live(self) -> None:
        if self.record.failure:
            return
        if self.record.started_at is None:
            self._bring_up()
        else:
            self._try_to_take_over()
            self._show(phase=Phase.RUNNING, endpoints=self._known_endpoints())
        self._watch()

    def _show(self, **changes: Any) -> None:
        with self.lock:
            self.seen = replace(self.seen, **changes)

    def _write(self, **changes: Any) -> None:
        with self.lock:
            self.record = self.record.model_copy(update=changes)
            records.write(self.folder, self.record)

    def _rest(self, seconds: float) -> None:
        self.wake.wait(seconds)
        self.wake.clear()

    # bringing up

    def _bring_up(self) -> None:
        for progress, step in (
            ("waiting for the GPUs to be free", self._await_gpus),
            (f"pulling {self.record.plan.image}", self._pull),
            ("making the workspace", self._make_files),
            ("making the network", self._make_network),
            ("making the container", self._create),
            ("starting the container", self._start),
        ):
            self._patiently(progress[:200], step)

    def _patiently(self, progress: str, step: Callable[[], None]) -> None:
        """Do a step, again and again while the engine is away. Raises Stopped and CannotStart."""
        while True:
            if self.asked:
                raise Stopped
            self._show(progress=progress)
            try:
                step()
                return
            except (EngineDown, Left) as error:
                self._show(progress=str(error)[:200])
            except WRONG as error:
                raise CannotStart(str(error)) from error
            self._rest(SOON)

    def _await_gpus(self) -> None:
        if not self.gpus_free(self):
            raise Left("an earlier lease of these GPUs is still being looked for or cleaned up")

    def _pull(self) -> None:
        layers: dict[str, tuple[int, int]] = {}
        image = self.record.plan.image

        def told(line: dict[str, Any]) -> None:
            if self.asked:
                raise Stopped
            done = making.percent(line, layers)
            if done is not None:
                self._show(progress=f"pulling {image}"[:190] + f": {done} %")

        if not self.engine.has_image(image):
            self.engine.pull(image, told)

    def _make_files(self) -> None:
        making.make_files(self.record, self.place, self.host)

    def _make_network(self) -> None:
        making.make_network(self.record, self.engine, self.host)

    def _create(self) -> None:
        self._write(foreign_pids=self.host.gpu_pids(self.record.gpu_uuids))
        making.create(self.record, self.place, self.engine, self.host)

    def _start(self) -> None:
        """Start it, and let its command go once exactly the leased GPUs are attached."""
        found = making.start(self.record, self.engine)
        seen = proc.look(found.pid)
        if seen is None:
            raise CannotStart("its container ended before its GPUs were verified")
        process = Process(pid=found.pid, start=seen.start, boot=proc.kernel_boot_id())
        self._require_gpus(process)
        at = self.host.clock.now()
        (making.inside(self.place) / making.GO).touch(mode=0o644)
        self._note_start(at, process)
        self._try_to_take_over()
        told = making.endpoints(self.record, found, self.host.options.public_host)
        self._show(phase=Phase.RUNNING, started_at=at, verified_to=at, progress="", endpoints=told)

    def _note_start(self, at: datetime, process: Process) -> None:
        try:
            self._write(started_at=at, process=process)
        except OSError:
            # what is not written down never ran: a workspace that it goes on with is not its own
            with self.lock:
                never: dict[str, Any] = {"started_at": None, "process": None}
                self.record = self.record.model_copy(update=never)
            raise

    def _require_gpus(self, process: Process) -> None:
        known = cdi.described(self.host.options.cdi_folders)
        cdi.require(self.record.gpu_uuids, known)
        attached.require_exactly(self.record.gpu_uuids, known, process.pid)

    def _take_over(self) -> None:
        """Make the workspace that it goes on with its own, once it runs.

        In this order nothing is lost whenever the agent is killed. The kept file is mounted where
        it lies, in the folder of the lease before, which has it still. That this one runs is
        written down; from then on whoever comes next finds here what to do. The file is moved,
        mounted as it is, with one rename. A lease that never ran only unmounts it.
        """
        image = making.kept_image(self.record, self.place)
        if image is not None and self.record.started_at is not None:
            workspace.take_over(self.place, image=image)
            self._show(resumes=None)

    def _try_to_take_over(self) -> None:
        try:
            self._take_over()
        except OSError as error:
            # it is held for us until we are gone, and tried again before that
            log.error("lease %s: its workspace is not its own yet: %s", self.place.name, error)

    def _known_endpoints(self) -> tuple[Any, ...]:
        with suppress(EngineDown, EngineRefused):
            found = self.engine.find(self.record.container)
            if found is not None:
                return making.endpoints(self.record, found, self.host.options.public_host)
        return ()

    # watching

    def _watch(self) -> None:
        """Until its first process is gone. The engine is not asked: it may be down."""
        process = self.record.process
        assert process is not None  # noqa: S101  written together with started_at
        while _alive(process):
            if not self.record.failure:
                self._verify(process)
            if self.asked:
                self._push(process)
            self._rest(HURRY if self.asked else WATCH)

    def _verify(self, process: Process) -> None:
        at = self.host.clock.now()
        try:
            self._require_gpus(process)
        except OSError:
            # it is ending, or cannot be looked at: nothing is vouched for until it can
            return
        except (attached.WrongGpus, cdi.BadSpec) as error:
            self._fail(str(error))
            self.stop(grace=GRACE)
            return
        if _alive(process):
            self._show(verified_to=at)

    def _push(self, process: Process) -> None:
        if self.seen.phase is not Phase.STOPPING:
            self._show(phase=Phase.STOPPING)
            _send(process, signal.SIGTERM)
        if time.monotonic() >= self.kill_at:
            _send(process, signal.SIGKILL)

    def _fail(self, why: str) -> None:
        log.error("lease %s: %s", self.record.assignment, why)
        self._show(failure=why)
        try:
            self._write(failure=why)
        except OSError as error:
            log.error("%s cannot be written: %s", self.place, error)

    # taking down

    def _take_down(self) -> None:
        """Again and again until nothing is left, and only then say that it ended."""
        self._show(phase=Phase.STOPPING, progress="cleaning up")
        for step in (
            self._note_exit,
            self._remove_container,
            self._remove_network,
            self._take_over,
            self._put_away,
            self._require_nothing,
        ):
            self._until_done(step)
        left = KEPT if self.keeping else GONE
        log.info("lease %s: %s", self.record.assignment, left)
        self._show(phase=Phase.ENDED, progress=left)

    def _until_done(self, step: Callable[[], None]) -> None:
        delay = SOON
        while True:
            try:
                step()
                return
            except Exception as error:  # whatever it is, giving up would leave a container behind
                unknown = not isinstance(error, (EngineDown, Left, *WRONG))
                text = "lease %s: cleaning up: %s"
                log.warning(text, self.record.assignment, error, exc_info=unknown)
                self._show(progress=f"cleaning up: {error}"[:200])
            time.sleep(delay)
            delay = min(LATEST, delay * 1.5)

    def _note_exit(self) -> None:
        if self.record.started_at is not None:
            # written down at the end: the disk may be full until the workspace is gone
            self._show(exit_code=unmaking.exit_code(self.record, self.engine))

    def _remove_container(self) -> None:
        self.engine.remove(self.record.container)

    def _remove_network(self) -> None:
        unmaking.remove_network(self.record, self.engine)

    def _put_away(self) -> None:
        """Its workspace goes, unless it ran and is to leave it. From here on that is decided."""
        record = self.record
        self.keeping = record.started_at is not None and record.keep_until is not None
        (workspace.release if self.keeping else workspace.wipe)(self.place)

    def _require_nothing(self) -> None:
        unmaking.require_nothing(self.record, self.engine)
        if (workspace.mounted if self.keeping else workspace.left)(self.place):
            raise Left("the workspace is still there")
        unmaking.require_unused(self.record, self.host)
        # with its workspace it may lie here for weeks: what the renter told it does not
        told = {"environment": {}, "ssh_keys": (), "token": ""}
        self._write(ended=True, exit_code=self.seen.exit_code, **told)


def _phase(record: Record) -> Phase:
    if record.ended:
        return Phase.ENDED
    return Phase.STOPPING if record.failure else Phase.STARTING


def _alive(process: Process) -> bool:
    seen = proc.look(process.pid)
    return seen is not None and (seen.start, proc.kernel_boot_id()) == (process.start, process.boot)


def _send(process: Process, number: signal.Signals) -> None:
    """Past the engine, which may be down. The handle makes sure that it is still that process."""
    with suppress(ProcessLookupError):
        handle = os.pidfd_open(process.pid)
        try:
            if _alive(process):
                signal.pidfd_send_signal(handle, number)
        finally:
            os.close(handle)
