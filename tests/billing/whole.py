"""Nothing is forgotten: what renters paid is on one paper, what providers earned becomes payable.

Asked of the ledger, by exclusion: a kind of posting that nobody has thought of is a finding.
"""

from django.db.models import Sum

from marketplace.billing.models import CreditNote, Invoice, InvoiceLine, LineSpan
from marketplace.billing.services.unbilled import unbilled, unbilled_fees, unbilled_keepings
from marketplace.ledger.models import Account, Kind, Transaction, Transfer
from marketplace.ledger.services import net_micro

#: what renters pay for, and what is given back of it: stands on invoices and corrections of them
SALES = {"usage", "usage_correction", "time_given_up", "workspace_kept"}
#: what moves money in or out of a wallet and is no sale: money to and from cards, gifts, what a
#: paper books itself, and debts, which were on a paper when they arose
NO_SALES = {
    *("top_up", "refund", "refund_failed", "dispute", "dispute_lost", "dispute_regained"),
    *("credit", "credit_expired"),
    *("credit_sla", "credit_dispute", "credit_goodwill", "credit_correction"),
    "grace",
    *("invoice_rounding", "tax", "tax_payment", "debt_paid", "debt_written_off"),
}
#: what touches no wallet
OTHERS = {
    *("available", "bank", "stripe_fee", "maturity"),
    *("payout", "payout_paid", "payout_returned", "payout_unnetted", "payout_reversed"),
}


def not_on_one_paper():
    """Sales that are not on exactly one line of an invoice or credit note, in words.

    After everything was invoiced, and where nothing was given back.
    """
    sold = Transaction.objects.filter(transfers__debit__kind=Kind.WALLET)
    rows = [(row, _papers_of(row)) for row in sold.exclude(kind__in=NO_SALES).distinct()]
    return [f"{row.kind} {row.key} is on {papers} papers" for row, papers in rows if papers != 1]


def lost_between_ledger_and_papers(renter, *, until):
    """What a renter paid, less what papers say and the next ones will: nothing, micro-units."""
    wallet = Account.objects.get(kind=Kind.WALLET, owner=renter.public_id)
    moved = Transfer.objects.exclude(transaction__kind__in=NO_SALES)
    paid = _sum(moved.filter(debit=wallet), "amount") - _sum(moved.filter(credit=wallet), "amount")
    notes = CreditNote.objects.filter(organisation=renter, kind=CreditNote.Kind.CORRECTION)
    told = _sum(Invoice.objects.filter(organisation=renter), "net_micro") - _sum(notes, "net_micro")
    about = {"organisation": renter, "currency": "USD", "until": until}
    waiting = [*unbilled(**about), *unbilled_fees(**about), *unbilled_keepings(**about)]
    return paid - told - sum(row.amount_micro for row in waiting)


def never_payable():
    """What stays in provider_pending after everything was old enough, in words."""
    pending = Account.objects.filter(kind=Kind.PROVIDER_PENDING).order_by("pk")
    left = [(net_micro(account=one), one) for one in pending]
    return [f"{micro} of {one} stay" for micro, one in left if micro]


def _sum(rows, name):
    return rows.aggregate(sum=Sum(name))["sum"] or 0


def _papers_of(row):
    what, *rest = row.key.split(":")
    if what == "usage":
        lease, version, seq = rest
        return LineSpan.objects.filter(
            lease__public_id=lease, rate__version=version, charges__contains=int(seq)
        ).count()
    if what == "change":
        return InvoiceLine.objects.filter(change__public_id=rest[0]).count()
    if what == "keeping":
        return InvoiceLine.objects.filter(keeping__public_id=rest[0]).count()
    return 0
