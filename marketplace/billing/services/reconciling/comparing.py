"""Each movement at Stripe has its posting here and the other way round, to the unit."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction

from marketplace.billing import stripe
from marketplace.billing.models import Finding, Reconciliation, StripeCommand, StripeEvent
from marketplace.billing.pairing import PAIRED
from marketplace.billing.services import clock, lots
from marketplace.billing.states import CommandState
from marketplace.core.money import EXPONENT, micro_from_minor
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Kind

from .booking import book_movements
from .collecting import collect_movements

log = logging.getLogger(__name__)

#: what is younger may still be under way to us
GRACE = timedelta(hours=1)
#: less than a day, so that it is done each day
DAILY = timedelta(hours=23)
#: readings of the balance until nothing moved between two of them
READINGS = 3
KIND = Finding.Kind
UNTRADED = "smallest units of a currency that is not traded here"

POSTED = """
SELECT t.key, t.event_at AS at, a.currency,
  sum(CASE WHEN f.debit_id = a.id THEN f.amount ELSE -f.amount END)::bigint AS micro
FROM ledger_transaction t
JOIN ledger_transfer f ON f.transaction_id = t.id
JOIN ledger_account a ON a.id IN (f.debit_id, f.credit_id)
WHERE a.kind IN ('stripe_pending', 'stripe_available') AND t.key LIKE ANY (%(paired)s)
GROUP BY t.key, t.event_at, a.currency
"""
MOVED = """
SELECT ledger_key AS key, max(happened_at) AS at, currency, sum(amount_minor)::bigint AS minor,
  string_agg(txn_id, ' ' ORDER BY txn_id) AS txns
FROM billing_stripemovement WHERE ledger_key <> '' GROUP BY ledger_key, currency
"""
#: one row for everything that either side has
BOTH = f"""
SELECT coalesce(s.key, p.key), coalesce(s.currency, p.currency), greatest(s.at, p.at),
  s.txns, s.minor, p.micro
FROM ({MOVED}) s FULL JOIN ({POSTED}) p ON p.key = s.key AND p.currency = s.currency
"""  # noqa: S608  of constants


class Pair(NamedTuple):
    """What each side says of one fact; None where it says nothing."""

    key: str
    currency: str
    at: datetime
    txns: str | None
    minor: int | None
    ledger_micro: int | None

    @property
    def stripe_micro(self) -> int | None:
        """None also for a currency that is not traded here, of which nothing can be booked."""
        if self.minor is None or self.currency not in EXPONENT:
            return None
        return micro_from_minor(self.minor, self.currency)

    @property
    def off_micro(self) -> int:
        """How much more Stripe says than the ledger."""
        return (self.stripe_micro or 0) - (self.ledger_micro or 0)


def reconcile(*, at: datetime) -> Reconciliation:
    """Compare everything with Stripe and write down what disagrees. Raises Unavailable, Misused.

    What the account tells us anew (fees, money that became available) is booked first. Nothing is
    mended: each finding is for staff to look at.
    """
    funds = _collect(at)
    book_movements(at=at)
    pairs: list[Pair] = []
    off: dict[str, int] = {}
    moved = posted = 0
    for pair in _pairs():
        moved += pair.minor is not None
        posted += pair.ledger_micro is not None
        if pair.minor is None or pair.ledger_micro is None or pair.off_micro:
            off[pair.currency] = off.get(pair.currency, 0) + pair.off_micro
            pairs.append(pair)
    found = [_finding(pair) for pair in pairs if pair.at < at - GRACE]
    found += [] if funds is None else _balances(funds, off)
    found += [*_commands(), *_events(at), *_lots(), *_clock(at)]
    return _write(found, moved, posted, at)


def reconcile_daily(*, at: datetime) -> Reconciliation | None:
    """Reconcile, unless that was done in the last day. Raises Unavailable or Misused."""
    if Reconciliation.objects.filter(made_at__gt=at - DAILY).exists():
        return None
    return reconcile(at=at)


def _collect(at: datetime) -> list[stripe.Funds] | None:
    """Collect, and read the balance that all of it adds up to; None when it would not rest."""
    for _ in range(READINGS):
        before = stripe.retrieve_funds()
        collect_movements(at=at)
        after = stripe.retrieve_funds()
        if before == after:
            return after
    log.warning("the balance at Stripe changed at each reading; it was not compared")
    return None


def _pairs() -> Iterator[Pair]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(BOTH, {"paired": [f"{prefix}%" for prefix in PAIRED]})
        for row in cursor:
            yield Pair(*row)


def _finding(pair: Pair) -> Finding:
    if pair.currency not in EXPONENT:
        kind, note = KIND.MISSING, f"{pair.minor} {pair.currency} of {pair.txns}; {UNTRADED}"
    elif pair.ledger_micro is None:
        kind, note = KIND.MISSING, f"Stripe has {pair.txns}; nothing is booked under this key"
    elif pair.minor is None:
        kind, note = KIND.EXTRA, "booked, and Stripe lists no movement for it"
    else:
        kind, note = KIND.AMOUNT, f"Stripe has {pair.txns} with another amount"
    return Finding(
        kind=kind,
        subject=pair.key,
        stripe_micro=pair.stripe_micro,
        ledger_micro=pair.ledger_micro,
        note=note[:300],
    )


def _balances(funds: list[stripe.Funds], off: dict[str, int]) -> Iterator[Finding]:
    for one in funds:
        if one.currency not in EXPONENT:
            yield from _untraded(one)
            continue
        sums = ledger.totals(currency=one.currency)
        pending, available = (
            -sums.get(kind, 0) for kind in (Kind.STRIPE_PENDING, Kind.STRIPE_AVAILABLE)
        )
        there = micro_from_minor(one.available + one.pending, one.currency)
        explained = off.get(one.currency, 0)
        if there != pending + available + explained:
            yield Finding(
                kind=KIND.BALANCE,
                subject=f"balance {one.currency}",
                stripe_micro=there,
                ledger_micro=pending + available,
                note=f"the other findings explain {explained} micro-units of the difference",
            )
        elif not explained and available != micro_from_minor(one.available, one.currency):
            yield Finding(
                kind=KIND.BALANCE,
                subject=f"available {one.currency}",
                stripe_micro=micro_from_minor(one.available, one.currency),
                ledger_micro=available,
                note="in all both have the same, but not the same is available",
            )


def _untraded(one: stripe.Funds) -> Iterator[Finding]:
    if one.available or one.pending:
        note = f"{one.available} available and {one.pending} pending; {UNTRADED}"
        yield Finding(kind=KIND.BALANCE, subject=f"balance {one.currency}", note=note)


def _commands() -> Iterator[Finding]:
    for row in StripeCommand.objects.filter(state=CommandState.UNKNOWN).order_by("pk"):
        yield Finding(kind=KIND.COMMAND, subject=row.idempotency_key, note=row.error[:300])


def _events(at: datetime) -> Iterator[Finding]:
    waiting = StripeEvent.objects.filter(handled_at__isnull=True, received_at__lt=at - GRACE)
    for row in waiting.order_by("pk"):
        yield Finding(kind=KIND.EVENT, subject=row.event_id, note="not handled within an hour")


def _lots() -> Iterator[Finding]:
    for text in lots.verify_lots():
        yield Finding(kind=KIND.LOT, subject=text.partition(" has ")[0], note=text[:300])


def _clock(at: datetime) -> Iterator[Finding]:
    ahead = clock.check_clock(at=at)
    if clock.off(ahead):
        note = f"this server's clock is {clock.said(ahead)}; webhooks are refused"
        yield Finding(kind=KIND.CLOCK, subject="clock", note=note)


def _write(found: list[Finding], moved: int, posted: int, at: datetime) -> Reconciliation:
    with transaction.atomic():
        made = Reconciliation.objects.create(
            made_at=at,
            until=at - GRACE,
            movements=moved,
            postings=posted,
            findings_count=len(found),
            created_at=at,
        )
        for one in found:
            one.reconciliation, one.created_at = made, at
        Finding.objects.bulk_create(found)
    if found:
        log.error("reconciliation with Stripe: %d findings; staff must look at them", len(found))
    return made
