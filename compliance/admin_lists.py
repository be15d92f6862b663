"""The officers' window on lists: how fresh each is, and what every import changed for whom."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import now

from marketplace.core.evidence import EvidenceAdmin, EvidenceInline
from marketplace.core.times import moment

from . import services
from .models import EntryName, ListEntry, ListSnapshot, ListSource, Rescreening
from .services.differing import MOST, difference


class EntryNameInline(EvidenceInline[EntryName]):
    model = EntryName
    fields = ("name", "kind")


class SourceFilter(admin.RelatedFieldListFilter):
    """Lists by what they are called, not by their codes."""

    def field_choices(
        self, field: Any, request: HttpRequest, model_admin: Any
    ) -> list[tuple[str, Any]]:
        return [(str(one.pk), one.title) for one in ListSource.objects.order_by("title")]


@admin.register(ListSource)
class ListSourceAdmin(EvidenceAdmin[ListSource]):
    list_display = ("code", "title", "mandatory", "max_age_hours")


@admin.register(ListSnapshot)
class ListSnapshotAdmin(EvidenceAdmin[ListSnapshot]):
    list_display = ("source", "imported", "published_on", "entry_count", "diff", "sample")
    list_display_links = ("source", "imported")
    list_filter = (("source", SourceFilter), "sample")
    list_select_related = ("source",)
    ordering = ("-imported_at", "-pk")
    date_hierarchy = "imported_at"
    change_form_template = "admin/compliance/snapshot.html"
    change_list_template = "admin/compliance/snapshots.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ListSnapshot]:
        waiting = Rescreening.objects.filter(decision__isnull=True)
        return (
            super()
            .get_queryset(request)
            .annotate(parties=_number_of(Rescreening.objects.all()), waiting=_number_of(waiting))
        )

    @admin.display(description="imported", ordering="imported_at")
    def imported(self, row: ListSnapshot) -> SafeString:
        return moment(row.imported_at)

    @admin.display(description="what changed")
    def diff(self, row: Any) -> SafeString:
        """The counts of the import, and those whose screening they called for."""
        return format_html(
            '{}<span class="sub">{}</span>', told_of(row), followed(row.parties, row.waiting)
        )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        told = {"lists": services.list_states(at=now())}
        return super().changelist_view(request, {**told, **(extra_context or {})})

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row: Any = self.get_object(request, object_id)
        told: dict[str, Any] = {}
        if row is not None and self.has_view_permission(request, row):
            told = {
                "difference": difference(snapshot=row),
                "told": told_of(row),
                "followed": followed(row.parties, row.waiting),
                "most": MOST,
            }
        return super().change_view(request, object_id, form_url, {**told, **(extra_context or {})})


def told_of(row: ListSnapshot) -> str:
    """ "12 added, 3 changed": what is nothing is left out."""
    counts = {"added": row.added, "changed": row.changed, "dropped": row.dropped}
    told = [f"{count} {name}" for name, count in counts.items() if count]
    return ", ".join(told) or "nothing changed"


def followed(parties: int, waiting: int) -> str:
    """How many parties an import called for, screened or still to be."""
    if not parties:
        return "nobody had to be re-screened"
    done = f"{parties - waiting} customer{'' if parties - waiting == 1 else 's'} re-screened"
    return f"{done}, {waiting} waiting" if waiting else done


def _number_of(rows: QuerySet[Rescreening]) -> Coalesce:
    """How many of the rows there are of a snapshot; not by joining, since two are counted."""
    of_one = rows.filter(snapshot=OuterRef("pk")).order_by().values("snapshot")
    counted = of_one.annotate(many=Count("pk")).values("many")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


@admin.register(ListEntry)
class ListEntryAdmin(EvidenceAdmin[ListEntry]):
    list_display = ("uid", "source", "kind", "programs", "countries", "dropped_in")
    list_filter = (("source", SourceFilter), "kind")
    list_select_related = ("source", "dropped_in__source")
    search_fields = ("uid", "names__name")
    inlines = (EntryNameInline,)


@admin.register(EntryName)
class EntryNameAdmin(EvidenceAdmin[EntryName]):
    list_display = ("name", "kind", "entry")
    list_filter = ("kind",)
    list_select_related = ("entry__source",)
    search_fields = ("name",)
