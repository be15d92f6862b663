"""The one way to write the audit trail."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Model

from .models import AuditEvent


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
    reader will know who it was (e-mail, node or task name). A subject without a public id, such as
    a group of staff, goes by its key.
    """
    return AuditEvent.objects.create(
        at=at,
        actor=actor,
        actor_label=actor_label,
        verb=verb,
        subject=f"{subject._meta.label} {getattr(subject, 'public_id', subject.pk)}",
        detail=detail or {},
    )
