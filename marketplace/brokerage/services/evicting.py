"""Rentals on a bid give way: their ends move, with notice, under a broker's locks."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import F
from psycopg.types.range import TimestamptzRange

from marketplace.accounts.trail import trail
from marketplace.brokerage.models import (
    GOING_ON,
    Assignment,
    Lease,
    Notice,
    Reservation,
    WindowChange,
)
from marketplace.brokerage.states import LIVE
from marketplace.catalog.pricing import window_micro
from marketplace.core import changes
from marketplace.core.idempotency import digest
from marketplace.core.states import LostRace
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Account

from .asking import wallet_account
from .contending import leaves_by
from .holding import hold_less
from .telling import tell_noticed


class Settled(LostRace):
    """One that was to go has ended, moved or been told already: look again."""


def lock_leaving(rows: Iterable[int]) -> list[Reservation]:
    """Lock them in primary-key order, as they still are. Raises Settled.

    The caller holds the lock on a request of its own. No request that is open is ever asked to go,
    and whoever goes asks nobody, so the two kinds of locks never wait for each other in a ring.
    """
    wanted = list(rows)
    locked = Reservation.objects.select_for_update(no_key=True).filter(GOING_ON, pk__in=wanted)
    if len(locked.order_by("pk").values_list("pk")) < len(wanted):
        raise Settled("one that was to give way is not there any more")
    # read once they are locked: a join would show the hold of before the lock was waited for
    rows_now = Reservation.objects.filter(pk__in=wanted).select_related("offer", "renter", "hold")
    return list(rows_now.order_by("pk"))


def gpus_of(rows: Iterable[Reservation]) -> set[int]:
    """GPUs that they hold, to be locked before their leases."""
    leases = Lease.objects.live().filter(assignment__reservation__in=list(rows))
    return set(leases.values_list("gpu", flat=True))


def give_way(*, rows: Sequence[Reservation], to: Reservation, at: datetime) -> None:
    """End each in time for `to`, told at `at`; the database refuses one that is owed more.

    The caller has locked the rows and their GPUs. Money follows with `spare`, after whatever else
    the caller locks before wallets.
    """
    leases = Lease.objects.live().filter(assignment__reservation__in=rows)
    list(leases.order_by("pk").select_for_update(no_key=True, of=("self",)))
    for row in rows:
        _shorten(row, to, at)
    noticed = Notice.objects.bulk_create(
        Notice(
            reservation=row,
            kind=Notice.Kind.EVICTED,
            about=row.during.upper,
            noted_at=at,
            created_at=at,
        )
        for row in rows
    )
    tell_noticed(noticed=noticed, at=at)


def _shorten(row: Reservation, to: Reservation, at: datetime) -> None:
    was, until = row.during, leaves_by(row, to.during.lower)
    if not until < was.upper:
        raise Settled(f"{row} ends before it would have to give way")
    WindowChange.objects.create(
        reservation=row,
        kind=WindowChange.Kind.EVICTED,
        was_until=was.upper,
        until=until,
        fee_micro=0,
        at=at,
        created_at=at,
        idempotency_key=f"evicted:{row.public_id}",
        request_sha256=digest({"for": to.public_id}),
    )
    row.during, row.evict_at = TimestamptzRange(was.lower, until), until
    Reservation.objects.filter(pk=row.pk).update(during=row.during, evict_at=until)
    Lease.objects.filter(assignment__reservation=row, state__in=LIVE).update(during=row.during)
    Assignment.objects.filter(reservation=row).update(generation=F("generation") + 1)
    changes.after_commit(row)
    trail(verb="interrupted", subject=row, by=None, at=at, until=until.isoformat())


def spare(*, rows: Sequence[Reservation], wallet: Account) -> None:
    """Give back what the shorter windows cannot cost any more.

    `wallet` is that of whom they make room for: all are locked first, in the order of accounts.
    """
    if not rows:
        return
    theirs = [wallet_account(renter=row.renter, currency=row.currency) for row in rows]
    ledger.lock_balances(one.pk for one in [wallet, *theirs])
    for row in rows:
        change = row.changes.get(kind=WindowChange.Kind.EVICTED)
        lengths = (change.was_until - row.during.lower, change.until - row.during.lower)
        before, after = (
            window_micro(row.price_micro_per_gpu_hour, row.gpu_count, length) for length in lengths
        )
        hold_less(reservation=row, spared_micro=before - after)
