from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from marketplace.core.evidence import EvidenceAdmin, EvidenceInline

from .models import Account, Balance, Freeze, Hold, Seal, Transaction, Transfer


def _link(page: str, pk: int, text: str) -> SafeString:
    """To a page of the explorer, which stands above this room."""
    return format_html('<a href="{}">{}</a>', reverse(f"admin:{page}", args=[pk]), text)


@admin.register(Account)
class AccountAdmin(EvidenceAdmin[Account]):
    list_display = ("kind", "owner", "currency", "created_at", "entries")
    list_filter = ("kind", "currency")
    search_fields = ("owner",)

    @admin.display(description="entries")
    def entries(self, row: Account) -> SafeString:
        return _link("ledger_explore", row.pk, f"Entries of {row.get_kind_display().lower()}")


class TransferInline(EvidenceInline[Transfer]):
    model = Transfer
    fields = ("debit", "credit", "currency", "amount")


@admin.register(Transaction)
class TransactionAdmin(EvidenceAdmin[Transaction]):
    list_display = ("key", "kind", "event_at", "actor", "booked")
    list_filter = ("kind",)
    search_fields = ("key",)
    date_hierarchy = "event_at"
    inlines = (TransferInline,)

    @admin.display(description="what it is for")
    def booked(self, row: Transaction) -> SafeString:
        return _link("ledger_booked", row.pk, "Entries and purpose")


@admin.register(Transfer)
class TransferAdmin(EvidenceAdmin[Transfer]):
    list_display = ("transaction", "debit", "credit", "currency", "amount")
    list_filter = ("currency", "debit__kind", "credit__kind")
    list_select_related = ("transaction", "debit", "credit")


@admin.register(Balance)
class BalanceAdmin(EvidenceAdmin[Balance]):
    list_display = ("account", "posted", "held", "floor")
    list_select_related = ("account",)


@admin.register(Hold)
class HoldAdmin(EvidenceAdmin[Hold]):
    list_display = ("key", "account", "placed", "amount", "created_at")
    list_select_related = ("account",)
    search_fields = ("key",)


@admin.register(Freeze)
class FreezeAdmin(EvidenceAdmin[Freeze]):
    list_display = ("key", "account", "reason", "placed_at", "lifted_at")
    list_select_related = ("account",)
    search_fields = ("key", "account__owner")


@admin.register(Seal)
class SealAdmin(EvidenceAdmin[Seal]):
    list_display = ("seq", "day", "transactions", "transfers", "sha256")
    date_hierarchy = "day"
    readonly_fields = ("sha256",)
