"""Containers behind the verbs of `Runtime`: one keeper for each lease, none of them waited for."""

import logging
import secrets
import threading
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from uuid import UUID

from agents.node.files import remove_tree
from agents.node.reconcile import Phase
from agents.node.runtime import NOT_KEPT, CannotStart, Sighting
from agents.protocol.messages import Desired

from . import making, templates, workspace
from . import record as records
from .engine import Engine, EngineDown, EngineRefused
from .host import Host
from .keeper import Keeper
from .record import Record
from .templates import Template

log = logging.getLogger(__name__)

TOKEN_BYTES = 24
#: seconds until the engine is asked once more what there is
AGAIN = 2.0


class ContainerRuntime:
    """Implements `Runtime`. What is written down below `folder` is taken up again at once; what
    the engine has under our label besides is torn down as soon as the engine answers.
    """

    def __init__(self, folder: Path, host: Host) -> None:
        """Raises BadRecord."""
        self.folder, self.host = folder, host
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self.lock = threading.Lock()
        self.known: dict[UUID, Keeper] = {}
        #: whether the engine was asked for strays, and answered
        self.swept = threading.Event()
        self.closed = threading.Event()
        for record in records.read_all(folder):
            self._keep(record)
        threading.Thread(target=self._sweep, name="strays", daemon=True).start()

    def close(self) -> None:
        """Look for strays no more; what runs, runs on."""
        self.closed.set()

    def _keep(self, record: Record) -> None:
        keeper = Keeper(
            record=record, folder=self.folder, host=self.host, gpus_free=self._gpus_free
        )
        self.known[record.assignment] = keeper
        if not record.ended:
            keeper.start()

    def _gpus_free(self, asking: Keeper) -> bool:
        """Whether no lease that is being torn down, also none found only now, has one of its GPUs.

        Of those that are written down nobody starts a second one; strays are not among them.
        """
        if not self.swept.is_set():
            return False
        wanted = set(asking.record.gpu_uuids)
        with self.lock:
            others = [each for each in self.known.values() if each is not asking]
        return not any(
            wanted & set(each.record.gpu_uuids)
            for each in others
            if each.seen.phase is Phase.STOPPING
        )

    def start(self, *, wanted: Desired, at: datetime) -> None:
        if wanted.assignment in self.known:
            raise CannotStart("it was started before")
        record = _planned(wanted, self.host.options.templates)
        if wanted.resume is not None:
            before = self._kept_by(wanted.resume)
            record = record.model_copy(
                update={"resumes": wanted.resume, "origin": before.origin or before.assignment}
            )
        try:
            records.write(self.folder, record)
        except OSError as error:
            raise CannotStart(f"the lease cannot be written down: {error}") from error
        with self.lock:
            self._keep(record)

    def _kept_by(self, assignment: UUID) -> Record:
        keeper = self.known.get(assignment)
        if keeper is None or not keeper.sight().kept:
            raise CannotStart(NOT_KEPT)
        return keeper.record

    def stop(self, *, assignment: UUID, grace: float) -> None:
        keeper = self.known.get(assignment)
        if keeper is not None:
            keeper.stop(grace=grace)

    def tell(self, *, assignment: UUID, evict_at: datetime) -> None:
        keeper = self.known.get(assignment)
        if keeper is not None:
            keeper.tell(evict_at)

    def keep(self, *, assignment: UUID, until: datetime | None) -> None:
        keeper = self.known.get(assignment)
        if keeper is not None:
            keeper.keep(until)

    def wipe(self, *, assignment: UUID) -> None:
        keeper = self.known.get(assignment)
        if keeper is not None and keeper.sight().kept:
            keeper.wipe()

    def observe(self) -> list[Sighting]:
        with self.lock:
            return [keeper.sight() for keeper in self.known.values()]

    def remove(self, *, assignment: UUID) -> None:
        keeper = self.known.get(assignment)
        if keeper is None or keeper.seen.phase is not Phase.ENDED:
            return
        if workspace.left(keeper.place):
            keeper.wipe()
            return
        remove_tree(keeper.place)
        with self.lock:
            del self.known[assignment]

    def _sweep(self) -> None:
        with closing(self.host.options.connect()) as engine:
            while not (self.closed.is_set() or self._swept_by(engine)):
                self.closed.wait(AGAIN)

    def _swept_by(self, engine: Engine) -> bool:
        try:
            found = list(engine.labelled(making.OWNER, self.host.owner))
        except (EngineDown, EngineRefused) as error:
            log.warning("%s", error)
            return False
        with self.lock:
            for labels in found:
                self._tear_down(labels)
        self.swept.set()
        return True

    def _tear_down(self, labels: Mapping[str, str]) -> None:
        assignment = UUID(labels[making.ASSIGNMENT])
        if assignment in self.known:
            return
        log.warning("lease %s is not written down here and is torn down", assignment)
        self._keep(
            Record(
                assignment=assignment,
                gpu_uuids=tuple(labels[making.GPUS].split(",")),
                plan=Template(image=""),
                environment={},
                failure="nothing is written down of it on the machine",
            )
        )


def _planned(wanted: Desired, known: Mapping[str, Template]) -> Record:
    plan = templates.chosen(wanted, known)
    return Record(
        assignment=wanted.assignment,
        gpu_uuids=wanted.gpu_uuids,
        plan=plan,
        environment=wanted.environment,
        ssh_keys=wanted.ssh_keys,
        token=secrets.token_urlsafe(TOKEN_BYTES) if plan.token else "",
        keep_until=wanted.keep_until,
    )
