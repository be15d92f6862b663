"""What only Stripe's own account tells: fees, our bank, and when money becomes available."""

from collections.abc import Callable
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Concat

from marketplace.billing.models import StripeMovement
from marketplace.billing.pairing import AT_ONCE, BANK, BILLED
from marketplace.core.money import EXPONENT, micro_from_minor
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Kind, Transaction

BATCH = 1_000
FEE, AVAILABLE = "stripe:fee:", "stripe:available:"
OUR_BANK, BILL = "stripe:bank:", "stripe:bill:"


def book_movements(*, at: datetime) -> int:
    """Book fees, and what has become available by now; returns how many facts were new.

    Of movements that a posting stands beside. Of the others: what went to our bank or came from it,
    and what Stripe billed. What is still left is nobody's, and a finding; so is what moved in a
    currency that is not traded here.
    """
    return _of_payments(at) + _of_our_own()


def _of_payments(at: datetime) -> int:
    ours = StripeMovement.objects.exclude(ledger_key="")
    due = ours.filter(available_on__lte=at).exclude(net_minor=0).exclude(type__in=AT_ONCE)
    return _book(ours.exclude(fee_minor=0), FEE, _fee) + _book(due, AVAILABLE, _available)


def _of_our_own() -> int:
    """They leave the available balance at once, and come back there."""
    rows = StripeMovement.objects.filter(ledger_key="").exclude(amount_minor=0)
    bank, billed = rows.filter(type__in=BANK), rows.filter(type__in=BILLED)
    return _book(bank, OUR_BANK, _banked) + _book(billed, BILL, _billed)


def _book(
    rows: QuerySet[StripeMovement],
    prefix: str,
    make: Callable[[StripeMovement], ledger.Posting],
) -> int:
    known = Transaction.objects.filter(key=Concat(Value(prefix), OuterRef("txn_id")))
    fresh = rows.filter(~Exists(known), currency__in=EXPONENT).order_by("pk")
    count = 0
    while batch := list(fresh[:BATCH]):
        ledger.post_all(postings=[make(row) for row in batch])
        count += len(batch)
    return count


def _fee(row: StripeMovement) -> ledger.Posting:
    micro = micro_from_minor(row.fee_minor, row.currency)
    entry = _moved(row, Kind.STRIPE_FEE, Kind.STRIPE_PENDING, micro)
    return ledger.Posting(f"{FEE}{row.txn_id}", "stripe_fee", [entry], row.happened_at)


def _available(row: StripeMovement) -> ledger.Posting:
    micro = micro_from_minor(row.net_minor, row.currency)
    entry = _moved(row, Kind.STRIPE_AVAILABLE, Kind.STRIPE_PENDING, micro)
    return ledger.Posting(f"{AVAILABLE}{row.txn_id}", "available", [entry], row.available_on)


def _banked(row: StripeMovement) -> ledger.Posting:
    """What it cost (a payout at once does) is taken besides."""
    entries = [
        _moved(row, Kind.STRIPE_AVAILABLE, other, micro_from_minor(minor, row.currency))
        for other, minor in ((Kind.BANK, row.amount_minor), (Kind.STRIPE_FEE, -row.fee_minor))
        if minor
    ]
    return ledger.Posting(f"{OUR_BANK}{row.txn_id}", "bank", entries, row.happened_at)


def _billed(row: StripeMovement) -> ledger.Posting:
    micro = micro_from_minor(row.net_minor, row.currency)
    entry = _moved(row, Kind.STRIPE_AVAILABLE, Kind.STRIPE_FEE, micro)
    return ledger.Posting(f"{BILL}{row.txn_id}", "stripe_fee", [entry], row.happened_at)


def _moved(row: StripeMovement, to: Kind, out_of: Kind, micro: int) -> ledger.Entry:
    """Into the first from the second; a negative amount goes the other way."""
    debit, credit = (
        ledger.account(kind=kind, currency=row.currency)
        for kind in ((to, out_of) if micro > 0 else (out_of, to))
    )
    return ledger.Entry(debit, credit, abs(micro))
