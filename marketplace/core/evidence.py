"""Admin windows for rows that nobody may change by hand, and for those that staff keep."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.timezone import now

from . import audit

Row = TypeVar("Row", bound=models.Model)


class EvidenceAdmin(admin.ModelAdmin[Row]):
    """Look, search, filter; never add, change or delete."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return False


class KeptAdmin(admin.ModelAdmin[Row]):
    """Rows that staff keep by hand: each act is in the audit trail, in the same transaction.

    Django's own log of the admin says the same, but may be changed.
    """

    def log_addition(self, request: HttpRequest, obj: Row, message: Any) -> Any:
        _trail("added by hand", obj, request, message)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Row, message: Any) -> Any:
        if message:  # saved as it was
            _trail("changed by hand", obj, request, message)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        rows: Iterable[Row] = queryset
        for row in rows:
            _trail("deleted by hand", row, request, str(row))
        return super().log_deletions(request, queryset)


def _trail(verb: str, row: models.Model, request: HttpRequest, told: Any) -> None:
    """`told` is what Django's log says: which fields, and which rows inside the page."""
    by = request.user
    assert by.is_authenticated  # noqa: S101  the admin's own check
    audit.record(
        verb=verb,
        subject=row,
        at=now(),
        actor=by.public_id,
        actor_label=by.get_username(),
        detail={"what": told},
    )
