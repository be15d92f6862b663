"""Credit notes for what the books gave back after it was invoiced: rulings and lower prices."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from django.db import transaction

from marketplace.accounts.models import Organisation, User
from marketplace.billing.models import CreditLine, CreditNote, Fault, Invoice, InvoiceLine, LineSpan
from marketplace.brokerage import services as brokerage
from marketplace.ledger import services as ledger

from .crediting import BadCredit, Item, issue_credit_note, spread
from .unbilled import Unbilled, rows_of, unbilled

REASON = "Usage or price was corrected after it was invoiced; the amount is back in the wallet."


def correct_invoices(
    *,
    organisation: Organisation,
    currency: str,
    until: datetime,
    by: User | None,
    at: datetime,
) -> list[CreditNote]:
    """Put on credit notes what the organisation was given back of invoiced amounts.

    One note for each invoice and correction. What is below the smallest unit of the currency waits
    until there is more of it; of a correction of several invoices, such a part is on no note.
    """
    with transaction.atomic():
        wallet = brokerage.wallet_account(renter=organisation, currency=currency)
        ledger.lock_balances([wallet.pk])
        rows = unbilled(organisation=organisation, currency=currency, until=until)
        notes: list[CreditNote] = []
        for row in rows:
            if row.amount_micro < 0:
                notes += _correct(row, by, at)
    return notes


def _correct(row: Unbilled, by: User | None, at: datetime) -> list[CreditNote]:
    lines = InvoiceLine.objects.filter(rate=row.rate).select_related("invoice__wallet")
    notes: list[CreditNote] = []
    for item in spread(list(lines.order_by("-pk")), -row.amount_micro):
        with suppress(BadCredit):  # less than the smallest unit, of one invoice
            notes.append(_note(item, row, by, at))
    if notes:
        _hold(notes, row)
    return notes


def _note(item: Item, row: Unbilled, by: User | None, at: datetime) -> CreditNote:
    invoice: Invoice = item.line.invoice
    # no other correction has these charges; another lease may have charges of the same numbers
    named = row.spans[0]
    return issue_credit_note(
        invoice=invoice,
        items=[item],
        kind=CreditNote.Kind.CORRECTION,
        reason=REASON,
        fault=Fault.PLATFORM,
        key=f"correction:{invoice.public_id}:{row.rate.pk}:{named.lease}:{named.first}-{named.last}",
        by=by,
        at=at,
    )


def _hold(notes: Sequence[CreditNote], row: Unbilled) -> None:
    """The charges are on paper now; those of one correction all stand on its first line."""
    line = CreditLine.objects.filter(note=notes[0]).get()
    spans: list[LineSpan] = []
    for span in rows_of(row.spans):
        span.credit_line = line
        spans.append(span)
    LineSpan.objects.bulk_create(spans)
