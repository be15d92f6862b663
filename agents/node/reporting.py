"""What the marketplace is told of one assignment: values in, a report out."""

from collections.abc import Container
from uuid import UUID

from agents.protocol.messages import AssignmentReport

from .runtime import Sighting
from .spool import Fact


def of(fact: Fact, seen: Sighting | None, kept: Container[UUID]) -> AssignmentReport:
    """`kept` are those whose workspaces stay: one that is about to be wiped is not kept."""
    now = seen if fact.live else None
    return AssignmentReport(
        assignment=fact.assignment,
        generation=fact.generation,
        state=fact.state,
        started_at=fact.started_at,
        stopped_at=fact.stopped_at,
        exit_code=fact.exit_code,
        detail=fact.detail,
        progress=now.progress if now else "",
        endpoints=now.endpoints if now else (),
        gpu_uuids=now.gpu_uuids if now and now.gpu_uuids else fact.gpu_uuids,
        end=fact.until,
        workspace_bytes=seen.workspace_bytes if seen else None,
        kept=not fact.live and fact.assignment in kept,
    )


def stray(seen: Sighting) -> AssignmentReport:
    """Never more than "starting": what is not written down is not metered."""
    return AssignmentReport(
        assignment=seen.assignment, generation=0, state="starting", gpu_uuids=seen.gpu_uuids
    )
