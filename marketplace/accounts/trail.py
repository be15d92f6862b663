"""The audit trail for acts of people; a task or a command line stands there as "system"."""

from datetime import datetime

from django.http import HttpRequest

from marketplace.core import audit
from marketplace.core.models import Record

from .models import User


def trail(*, verb: str, subject: Record, by: User | None, at: datetime, **detail: str) -> None:
    """Append that this person (None: the system) did `verb` to `subject`."""
    audit.record(
        verb=verb,
        subject=subject,
        at=at,
        actor=by.public_id if by else None,
        actor_label=by.email if by else "system",
        detail=detail,
    )


def staff(request: HttpRequest) -> User:
    """Who acts in the admin, which lets nobody in but users of ours."""
    assert isinstance(request.user, User)  # noqa: S101  the admin's own check
    return request.user
