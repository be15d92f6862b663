"""What runs an assignment's workload. Today a plain process; a container fits the same verbs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from .reconcile import Phase


class CannotStart(Exception):
    """The workload cannot be run here; the text says why and is shown to the renter."""


@dataclass(frozen=True)
class Sighting:
    """One assignment as the runtime finds it. `exit_code` stays None when nobody saw it end."""

    assignment: UUID
    phase: Phase
    gpu_uuids: tuple[str, ...]
    started_at: datetime
    exit_code: int | None = None


class Runtime(Protocol):
    """Starting and stopping do not wait; `observe` drives them on and must be called often."""

    def start(
        self,
        *,
        assignment: UUID,
        command: Sequence[str],
        environment: Mapping[str, str],
        gpu_uuids: Sequence[str],
        at: datetime,
    ) -> None:
        """Run it once. Raises CannotStart, with nothing left running."""

    def stop(self, *, assignment: UUID, grace: float) -> None:
        """Ask it to end, and end it by force after `grace` seconds; the shortest grace counts."""

    def observe(self) -> list[Sighting]:
        """Everything that was started and not removed, also by an agent before this one."""

    def remove(self, *, assignment: UUID) -> None:
        """Wipe what one that ended left behind."""
