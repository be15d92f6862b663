"""Tax of invoices: owed when it is invoiced, taken from the wallet as far as that holds it."""

from datetime import datetime

from django.db import transaction
from django.db.models import BigIntegerField, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from marketplace.billing.models import CreditNote, Invoice, TaxPayment
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Account, Kind


def owe_tax(*, invoice: Invoice, at: datetime) -> None:
    """Book the tax of a new invoice as owed, and take what the wallet has.

    The caller holds the wallet's lock.
    """
    payable = ledger.account(kind=Kind.TAX_PAYABLE, currency=invoice.currency)
    ledger.post(
        key=f"invoice:{invoice.public_id}:tax",
        kind="tax",
        entries=[ledger.Entry(_receivable(invoice), payable, invoice.tax_micro)],
        at=at,
        reason=invoice.code,
    )
    _take(invoice, at)


def with_tax_due() -> QuerySet[Invoice]:
    """Invoices of which tax is still owed, oldest first."""
    rows = Invoice.objects.filter(tax_micro__gt=0).annotate(
        paid=_sum(TaxPayment, "amount_micro"), set_off=_sum(CreditNote, "set_off_micro")
    )
    due = rows.filter(tax_micro__gt=F("paid") + F("set_off"))
    return due.select_related("wallet", "organisation").order_by("pk")


def _sum(model: type[TaxPayment] | type[CreditNote], column: str) -> Coalesce:
    rows = model._base_manager.filter(invoice=OuterRef("pk")).values("invoice")
    summed = Subquery(rows.annotate(sum=Sum(column)).values("sum"))
    return Coalesce(summed, Value(0), output_field=BigIntegerField())


def take_tax(*, invoice: Invoice, at: datetime) -> int:
    """Take from the wallet what is still owed, as far as it is there; returns the micro-units."""
    with transaction.atomic():
        ledger.lock_balances([invoice.wallet_id])
        return _take(invoice, at)


def due_micro(invoice: Invoice) -> int:
    """Tax of an invoice that was neither paid nor set off by a credit note."""
    paid = invoice.tax_payments.aggregate(sum=Sum("amount_micro"))["sum"] or 0
    set_off = invoice.credit_notes.aggregate(sum=Sum("set_off_micro"))["sum"] or 0
    return int(invoice.tax_micro - paid - set_off)


def _receivable(invoice: Invoice) -> Account:
    return ledger.account(
        kind=Kind.TAX_RECEIVABLE,
        owner=invoice.organisation.public_id,
        currency=invoice.currency,
    )


def _take(invoice: Invoice, at: datetime) -> int:
    available = ledger.balance(account=invoice.wallet).available
    amount = min(due_micro(invoice), available)
    if amount <= 0:
        return 0
    seq = invoice.tax_payments.count() + 1
    TaxPayment.objects.create(
        invoice=invoice, seq=seq, amount_micro=amount, paid_at=at, created_at=at
    )
    ledger.post(
        key=f"invoice:{invoice.public_id}:tax:{seq}",
        kind="tax_payment",
        entries=[ledger.Entry(invoice.wallet, _receivable(invoice), amount)],
        at=at,
        reason=invoice.code,
    )
    return amount
