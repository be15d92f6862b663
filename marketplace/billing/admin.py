from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.timezone import now

from marketplace.accounts.trail import staff, trail
from marketplace.core.evidence import EvidenceAdmin, EvidenceInline

from . import (
    disputes_admin,
    papers_admin,
    payments_admin,
    payouts_admin,
    rates_admin,
    services,
    stripe,
    tax_admin,
)
from .models import (
    Charge,
    CostLine,
    CostStatement,
    Payer,
    Rerating,
    StripeCommand,
    StripeEvent,
    TopUp,
    UsageStatement,
)

__all__ = [
    "disputes_admin",
    "papers_admin",
    "payments_admin",
    "payouts_admin",
    "rates_admin",
    "tax_admin",
]


@admin.register(TopUp)
class TopUpAdmin(EvidenceAdmin[TopUp]):
    list_display = ("public_id", "organisation", "amount_micro", "currency", "state", "failure")
    list_filter = ("state",)
    list_select_related = ("organisation",)
    search_fields = ("public_id", "payment_intent", "organisation__name")


@admin.register(StripeCommand)
class StripeCommandAdmin(EvidenceAdmin[StripeCommand]):
    list_display = ("idempotency_key", "kind", "state", "attempts", "next_at", "error")
    list_filter = ("state", "kind")
    search_fields = ("idempotency_key",)
    actions = ("close_unknown",)

    def has_close_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("billing.change_stripecommand")

    @admin.action(
        description="Nothing came of it at Stripe (I looked): close", permissions=["close"]
    )
    def close_unknown(self, request: HttpRequest, rows: QuerySet[StripeCommand]) -> None:
        for command in rows:
            try:
                services.close_unknown(command=command, at=now())
            except services.NotUnknown as reason:
                self.message_user(request, str(reason), messages.ERROR)
            else:
                trail(verb="closed as not done", subject=command, by=staff(request), at=now())


@admin.register(StripeEvent)
class StripeEventAdmin(EvidenceAdmin[StripeEvent]):
    list_display = ("event_id", "type", "object_id", "received_at", "handled_at", "error")
    list_filter = ("type",)
    search_fields = ("event_id", "object_id")
    exclude = ("raw",)
    actions = ("handle_again",)

    def has_handle_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("billing.change_stripeevent")

    @admin.action(description="Handle now (if not handled yet)", permissions=["handle"])
    def handle_again(self, request: HttpRequest, rows: QuerySet[StripeEvent]) -> None:
        for event in rows.filter(handled_at__isnull=True):
            try:
                services.handle_event(event=event, at=now())
            except stripe.Unavailable as reason:
                self.message_user(request, f"{event}: {reason}; try later", messages.ERROR)
                return
            trail(verb="handled by hand", subject=event, by=staff(request), at=now())


@admin.register(Charge)
class ChargeAdmin(EvidenceAdmin[Charge]):
    list_display = ("lease", "seq", "covered_ms", "amount_micro", "provider_micro", "fee_micro")
    list_select_related = ("lease",)
    date_hierarchy = "charged_at"


class CostLineInline(EvidenceInline[CostLine]):
    model = CostLine
    fields = ("description", "covered_ms", "amount_micro")


@admin.register(CostStatement)
class CostStatementAdmin(EvidenceAdmin[CostStatement]):
    list_display = ("public_id", "organisation", "total_micro", "currency", "issued_at")
    list_select_related = ("organisation",)
    search_fields = ("public_id", "organisation__name")
    inlines = (CostLineInline,)


@admin.register(Rerating)
class ReratingAdmin(EvidenceAdmin[Rerating]):
    list_display = ("ruling", "amount_micro", "rated_at")
    list_select_related = ("ruling__assignment__reservation", "ruling__assignment__machine")


@admin.register(UsageStatement)
class UsageStatementAdmin(EvidenceAdmin[UsageStatement]):
    list_display = ("reservation", "revision", "sha256", "made_at")
    list_select_related = ("reservation",)


@admin.register(Payer)
class PayerAdmin(EvidenceAdmin[Payer]):
    list_display = ("organisation", "name", "country", "card_country", "first_seen_at")
    list_select_related = ("organisation",)
    search_fields = ("organisation__name", "name", "fingerprint")
