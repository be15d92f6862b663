"""The one way to write the audit trail."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Model

from .models import AuditEvent


def subject_of(row: Model) -> str:
    """How the trail names a row. One without a public id, such as a group of staff, goes by its
    key.
    """
    return f"{row._meta.label} {getattr(row, 'public_id', row.pk)}"


def record(
    *,
    verb: str,
    subject: Model,
    at: datetime,
    actor: UUID | None = None,
    actor_label: str = "system",
    detail: dict[str, Any] | None = None,
) -> AuditEvent:
    """Append one event: the actor did `verb` to `subject`.

    `actor` is the public id of the user, None for a task or a machine; `actor_label` is how a
    reader will know who it was (e-mail, node or task name).
    """
    return AuditEvent.objects.create(
        at=at,
        actor=actor,
        actor_label=actor_label,
        verb=verb,
        subject=subject_of(subject),
        detail=detail or {},
    )
