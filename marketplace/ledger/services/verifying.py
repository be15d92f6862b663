"""Compare what is cached and what is sealed with what is booked; a finding is one sentence."""

from collections.abc import Iterator

from django.db import transaction
from django.db.models import Sum

from marketplace.ledger.models import Balance, Hold, Seal, Transfer

from . import contents
from .accounts import totals
from .moments import one_moment
from .sealing import chained


def verify() -> list[str]:
    """Look for disagreements within the books; one sentence for each. Changes nothing."""
    with one_moment():
        return [*_wrong_balances(), *_wrong_holds(), *_unbalanced(), *_broken_seals()]


def _wrong_balances() -> list[str]:
    booked: dict[int, int] = {}
    for side, sign in (("credit", 1), ("debit", -1)):
        for pk, amount in Transfer.objects.values_list(side).annotate(Sum("amount")):
            booked[pk] = booked.get(pk, 0) + sign * amount
    return [
        f"account {row.account_id} shows {row.posted}, its transfers sum to {booked.get(row.pk, 0)}"
        for row in Balance.objects.all()
        if row.posted != booked.get(row.pk, 0)
    ]


def _wrong_holds() -> list[str]:
    held = dict(Hold.objects.values_list("account").annotate(Sum("amount")))
    return [
        f"account {row.account_id} shows {row.held} held, its holds sum to {held.get(row.pk, 0)}"
        for row in Balance.objects.all()
        if row.held != held.get(row.pk, 0)
    ]


def _unbalanced() -> list[str]:
    currencies = Transfer.objects.values_list("currency", flat=True).distinct()
    sums = {currency: sum(totals(currency=currency).values()) for currency in currencies}
    return [f"{currency} sums to {total}" for currency, total in sums.items() if total]


def _broken_seals() -> list[str]:
    found: list[str] = []
    seq, since, prev = 0, 0, b""
    for row in Seal.objects.order_by("seq"):
        if row.seq != seq + 1:
            found.append(f"seal {seq + 1} is missing")
        if bytes(row.prev_sha256) != prev:
            found.append(f"seal {row.seq} does not continue the seal before it")
        found.extend(_altered(row, since))
        seq, since, prev = row.seq, row.upto_xid, bytes(row.sha256)
    return found


def _altered(row: Seal, since: int) -> Iterator[str]:
    with transaction.atomic():
        content = contents.read(since=since, upto=row.upto_xid)
    sealed = (row.transactions, row.transfers)
    if sealed != content[:2]:
        yield (
            f"seal {row.seq} holds {sealed[0]} transactions and {sealed[1]} transfers, the books "
            f"have {content.transactions} and {content.transfers}"
        )
    elif row.sums != content.sums or bytes(row.sha256) != chained(row, content.sha256):
        yield f"what seal {row.seq} of {row.day} holds was changed after it was sealed"
