"""Admin windows for rows that nobody may change by hand, and for those that staff keep."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.timezone import now

from . import audit, showing
from .money_fields import MicroField, ShareField

Row = TypeVar("Row", bound=models.Model)


Show = Callable[[models.Model], Any]


def _shows(
    model: type[models.Model], name: str, say: Callable[[Any, Any], Any]
) -> Callable[[models.Model], Any] | None:
    """A column of a window that tells what a field holds; None where the name is no field."""
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    if not isinstance(field, models.Field) or field.many_to_many:
        return None

    @admin.display(description=showing.heading(field), ordering=name, empty_value=showing.NOTHING)
    def show(row: models.Model) -> Any:
        return say(row, field)

    show.__name__ = name
    return show


class _Telling(BaseModelAdmin[Row]):
    """What a page only shows it tells in words, with labels that people use."""

    def _told(self, name: Any) -> Any:
        """One for each name, always the same: Django looks for it in several lists."""
        known: dict[str, Any] = self.__dict__.setdefault("_whole", {})
        if name not in known:
            known[name] = _shows(self.model, name, showing.whole) or name
        return known[name]

    def get_readonly_fields(self, request: HttpRequest, obj: Row | None = None) -> Any:
        names = tuple(super().get_readonly_fields(request, obj))
        return (*names, *map(self._told, names))

    def get_fields(self, request: HttpRequest, obj: Row | None = None) -> Any:
        names: list[Any] = list(super().get_fields(request, obj))
        return list(dict.fromkeys(name for name in names if isinstance(name, str)))

    def get_fieldsets(self, request: HttpRequest, obj: Row | None = None) -> Any:
        sets = super().get_fieldsets(request, obj)
        edited = self._is_edited(request, obj)
        shown = self.get_readonly_fields(request, obj) if edited else None
        return [
            (title, {**facts, "fields": self._all_told(facts["fields"], shown)})
            for title, facts in sets
        ]

    def _all_told(self, names: Iterable[Any], shown: Any) -> list[Any]:
        """Of what is only shown; `shown` None is all of it."""
        return [self._told(name) if shown is None or name in shown else name for name in names]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Amounts and shares are written as people write them."""
        label = capfirst(showing.heading(db_field))
        if isinstance(db_field, models.BigIntegerField) and "micro" in db_field.name.split("_"):
            return MicroField(required=not db_field.blank, label=label)
        if db_field.name.endswith("_bps"):
            told = showing.explained(db_field)
            return ShareField(required=not db_field.blank, label=f"{label}, %", help_text=told)
        kwargs.setdefault("label", label)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def _is_edited(self, request: HttpRequest, obj: Row | None) -> bool:
        if obj is None:
            return True
        return self.has_change_permission(request, obj)


class TellingAdmin(_Telling[Row], admin.ModelAdmin[Row]):
    """A window whose lists and pages tell what columns hold."""

    def get_form(
        self, request: HttpRequest, obj: Row | None = None, *args: Any, **kwargs: Any
    ) -> Any:
        """What is only shown is told in words: its help names no unit."""
        edited = self._is_edited(request, obj)
        shown = set(map(str, super().get_readonly_fields(request, obj)))
        helps = {
            field.name: showing.explained(field)
            for field in self.model._meta.fields
            if field.help_text and (not edited or field.name in shown)
        }
        return super().get_form(request, obj, *args, **{"help_texts": helps, **kwargs})

    def get_list_display(self, request: HttpRequest) -> Any:
        return [self._short(name) for name in super().get_list_display(request)]

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> Any:
        if self.list_display_links:
            return [self._short(name) for name in self.list_display_links]
        return super().get_list_display_links(request, list_display)

    def _short(self, name: Any) -> Any:
        known: dict[Any, Any] = self.__dict__.setdefault("_shorts", {})
        if name not in known:
            known[name] = _shows(self.model, name, showing.short) or name
        return known[name]


class EvidenceAdmin(TellingAdmin[Row]):
    """Look, search, filter; never add, change or delete."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return False


class EvidenceInline(_Telling[Row], admin.TabularInline[Row, Any]):
    """Rows inside the page of what they belong to: to be looked at."""

    template = "admin/kept_rows.html"
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        names = tuple(self.fields or ())
        return (*names, *map(self._told, names))

    def _is_edited(self, request: HttpRequest, obj: Any) -> bool:
        return False


class KeptAdmin(TellingAdmin[Row]):
    """Rows that staff keep by hand: each act is in the audit trail, in the same transaction.

    Django's own log of the admin says the same, but may be changed.
    """

    def get_fieldsets(self, request: HttpRequest, obj: Row | None = None) -> Any:
        """Of a row that is not there yet, only what is asked for."""
        sets = super().get_fieldsets(request, obj)
        if obj is not None:
            return sets
        shown = self.get_readonly_fields(request, obj)
        return [
            (title, {**facts, "fields": [name for name in facts["fields"] if name not in shown]})
            for title, facts in sets
        ]

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
