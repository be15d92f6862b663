from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.timezone import now

from marketplace.accounts.trail import staff
from marketplace.core.evidence import EvidenceAdmin
from marketplace.core.filters import FilledFilter

from . import services
from .models import Closing, Gap, Link, OutageRuling, OwnOutage, Segment, Signer, Usage
from .services import BadRuling


@admin.register(Segment)
class SegmentAdmin(EvidenceAdmin[Segment]):
    list_display = ("assignment", "seq", "start", "end", "mono_ms", "final", "quarantine")
    list_filter = ("forked", "final", ("quarantine", FilledFilter))
    list_select_related = ("assignment__reservation", "assignment__machine")
    date_hierarchy = "received_at"


@admin.register(Link)
class LinkAdmin(EvidenceAdmin[Link]):
    list_display = ("assignment", "position", "counted", "doubt", "linked_at")
    list_filter = (("doubt", FilledFilter),)
    list_select_related = ("assignment__reservation", "assignment__machine")


@admin.register(Signer)
class SignerAdmin(EvidenceAdmin[Signer]):
    list_display = ("node", "machine", "enrolled_at")
    list_select_related = ("machine",)


@admin.register(Usage)
class UsageAdmin(EvidenceAdmin[Usage]):
    list_display = ("lease", "during", "sealed_at")
    list_select_related = ("lease",)
    date_hierarchy = "sealed_at"


@admin.register(Closing)
class ClosingAdmin(EvidenceAdmin[Closing]):
    list_display = ("assignment", "links", "closed_at")
    list_select_related = ("assignment__reservation", "assignment__machine")


@admin.register(Gap)
class GapAdmin(EvidenceAdmin[Gap]):
    list_display = ("assignment", "kind", "during", "billed", "found_at")
    list_filter = ("kind", "billed")
    list_select_related = ("assignment__reservation", "assignment__machine")


class SpanForm(forms.ModelForm[Any]):
    """What a person puts on record about [start, end); the service's own checks say what stands."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "during" in self.fields:  # not of a row that is only looked at
            span = self.fields["during"]
            span.help_text = "start and end in UTC, such as 2026-11-24 12:00"
            for box, name in zip(span.widget.widgets, ("Start", "End"), strict=True):
                box.attrs.update({"aria-label": name, "placeholder": name})

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if self.errors:
            return given
        during = given.pop("during")
        if during is None or during.lower is None or during.upper is None:
            raise ValidationError({"during": "Give a start and an end."})
        facts = {**given, "start": during.lower, "end": during.upper}
        try:
            self.require(**facts, at=now())
        except BadRuling as error:
            raise ValidationError(f"This cannot stand: {error}.") from error
        self.facts = facts
        return {**given, "during": during}

    def require(self, **facts: Any) -> None:
        services.require_outage(**facts)


class RulingForm(SpanForm):
    def require(self, **facts: Any) -> None:
        services.require_ruling(**facts)


class RecordAdmin(EvidenceAdmin[Any]):
    """Evidence that people add, and nobody changes."""

    verb: ClassVar[Callable[..., Any]]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What is asked for; of a row that is there, everything."""
        asked = super().get_fields(request, obj)
        if obj is None:
            return asked
        own = {"id", *(self.exclude or ())}
        kept = [field.name for field in self.model._meta.concrete_fields if field.name not in own]
        return [*asked, *(name for name in kept if name not in asked)]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return admin.ModelAdmin.has_add_permission(self, request)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        obj.pk = type(self).verb(**form.facts, by=staff(request), at=now()).pk


@admin.register(OutageRuling)
class OutageRulingAdmin(RecordAdmin):
    form = RulingForm
    fields = ("assignment", "during", "reason")
    raw_id_fields = ("assignment",)
    list_display = ("assignment", "during", "reason", "ruled_by", "ruled_at")
    list_select_related = ("assignment__reservation", "assignment__machine", "ruled_by")
    verb = staticmethod(services.rule_outage)


@admin.register(OwnOutage)
class OwnOutageAdmin(RecordAdmin):
    form = SpanForm
    fields = ("during", "reason")
    list_display = ("during", "reason", "recorded_by", "recorded_at")
    list_select_related = ("recorded_by",)
    verb = staticmethod(services.record_own_outage)
