"""Lists of staff that are worked through: what waits first, with how long there is left."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.timezone import now

from .times import brief

DAY = timedelta(days=1)


def pill(tone: str, icon: str, word: str) -> SafeString:
    """A word with colour and shape; the shape is of fragments/icons.html."""
    return format_html(
        '<span class="state state--pill state--{}"><svg class="ico" aria-hidden="true"'
        ' focusable="false"><use href="#i-{}"/></svg>{}</span>',
        tone,
        icon,
        capfirst(word),
    )


def time_left(deadline: datetime, at: datetime) -> str:
    """Whole days from two days on, else hours, else minutes: "3 h late", "in 2 d"."""
    minutes = int(abs(deadline - at).total_seconds()) // 60
    length = f"{minutes} min"
    if minutes >= 60:
        length = f"{minutes // 60} h" if minutes < 2 * 24 * 60 else f"{minutes // (24 * 60)} d"
    return f"in {length}" if deadline > at else f"{length} late"


def due(deadline: datetime, *, waits: bool, word: str = "") -> SafeString:
    """How long there is left, red once there is nothing left, over the moment itself."""
    at = now()
    tone = "c-bad strong" if waits and deadline <= at else ""
    return format_html(
        '<span class="due {}">{}<span class="sub">{}{}</span></span>',
        tone,
        time_left(deadline, at) if waits else "done",
        f"{word} " if word else "",
        brief(deadline),
    )


class OpenFilter(admin.SimpleListFilter):
    """The list is what waits; the rest is asked for."""

    title = "queue"
    parameter_name = "queue"
    open: ClassVar[Collection[str]] = ()
    done = "Decided and closed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("done", self.done), ("all", "All")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "all":
            return queryset
        if self.value() == "done":
            return queryset.exclude(state__in=self.open)
        return queryset.filter(state__in=self.open)

    def choices(self, changelist: Any) -> Any:
        """As Django's, with what no value means called by its name."""
        for place, choice in enumerate(super().choices(changelist)):
            yield {**choice, "display": "Open"} if place == 0 else choice


class DueFilter(admin.SimpleListFilter):
    title = "due"
    parameter_name = "due"
    #: the column of the deadline
    column = "deadline"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("past", "Past its deadline"), ("day", "Within a day")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        at = now()
        if self.value() == "past":
            return queryset.filter(**{f"{self.column}__lte": at})
        if self.value() == "day":
            within = {f"{self.column}__gt": at, f"{self.column}__lte": at + DAY}
            return queryset.filter(**within)
        return queryset
