"""What runs an assignment's workload. A container, or for trials a plain process."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from agents.protocol.messages import Desired, Endpoint

from .reconcile import Phase

#: why one that is to go on with a kept workspace cannot start
NOT_KEPT = "the workspace that it was to go on with is not kept on this machine"


class CannotStart(Exception):
    """The workload cannot be run here; the text says why and is shown to the renter."""


@dataclass(frozen=True)
class Sighting:
    """One assignment as the runtime finds it. `exit_code` stays None when nobody saw it end.

    `started_at` is when it began to run with the right GPUs, and None until then: what never got
    there is never metered. `verified_to` is when its GPUs were last found attached, and nothing
    after it may be metered; None stands for now.
    """

    assignment: UUID
    phase: Phase
    gpu_uuids: tuple[str, ...]
    started_at: datetime | None
    exit_code: int | None = None
    verified_to: datetime | None = None
    progress: str = ""
    failure: str = ""
    endpoints: tuple[Endpoint, ...] = ()
    #: when it gives way to another, as its workload was told
    told: datetime | None = None
    #: until when its workspace is to outlive it, as was told with `keep`
    keep_until: datetime | None = None
    #: it ended, and its workspace lies here as it left it
    kept: bool = False
    #: whose workspace it goes on with, as long as that is not its own yet
    resumes: UUID | None = None
    #: what of the disk is set aside for its workspace
    workspace_bytes: int | None = None

    @property
    def never_ran(self) -> bool:
        return self.phase is Phase.ENDED and self.started_at is None


class Runtime(Protocol):
    """Starting and stopping do not wait; `observe` shows how far they are. Call it often."""

    def start(self, *, wanted: Desired, at: datetime) -> None:
        """Run it once. Raises CannotStart, with nothing left running.

        One that goes on with a kept workspace gets that for its own once it runs, and not before.
        """

    def stop(self, *, assignment: UUID, grace: float) -> None:
        """Ask it to end, and end it by force after `grace` seconds; the shortest grace counts."""

    def tell(self, *, assignment: UUID, evict_at: datetime) -> None:
        """Let its workload know when it ends for another's sake: see `notice`."""

    def keep(self, *, assignment: UUID, until: datetime | None) -> None:
        """Have its workspace outlive it, if it ever ran; None: not. It stays until `wipe`."""

    def wipe(self, *, assignment: UUID) -> None:
        """Let go of a kept workspace. Called again while it is still there."""

    def observe(self) -> list[Sighting]:
        """Everything that was started and not removed, also by an agent before this one."""

    def remove(self, *, assignment: UUID) -> None:
        """Wipe what one that ended left behind."""
