"""What became of a payout: paid by a transfer, returned to payable, or reversed later."""

import logging
from datetime import datetime

from django.db.models import F

from marketplace.billing.models import Payout, PayoutLine
from marketplace.billing.services.telling import tell_payout
from marketplace.billing.states import PAYOUT_MOVES, PayoutState
from marketplace.billing.stripe.transfers import Transfer
from marketplace.core.money import micro_from_minor
from marketplace.core.states import move

from .books import Books, book, books_of, stripe_account

log = logging.getLogger(__name__)


class NotAsAsked(Exception):
    """Stripe made another transfer than the payout asked for; staff must look at it."""


def locked(payout: int) -> Payout:
    """The payout for this transaction alone."""
    rows = Payout.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("organisation", "account").get(pk=payout)


def apply(made: Payout, transfer: Transfer, at: datetime) -> None:
    """Bring a (locked) payout to what Stripe says of its transfer now, reversals included.

    Every path to this knowledge may call it, late and repeatedly; one of them books. Raises
    NotAsAsked, having written nothing.
    """
    _require_as_asked(made, transfer)
    if made.state == PayoutState.PENDING:
        books = books_of(made)
        entries = [(books.transit, stripe_account(made.currency), made.amount_micro)]
        book(f"stripe:tr:{transfer.id}", "payout_paid", entries, at)
        move(
            made,
            PayoutState.PAID,
            table=PAYOUT_MOVES,
            transfer_id=transfer.id,
            failure="",
            settled_at=at,
        )
        tell_payout(made, at)
    _apply_reversals(made, transfer, at)


def _require_as_asked(made: Payout, transfer: Transfer) -> None:
    if made.state == PayoutState.RETURNED:
        raise NotAsAsked(f"{transfer.id} belongs to a payout that was returned; not booked")
    if made.transfer_id not in ("", transfer.id):
        raise NotAsAsked(f"{transfer.id} is a second transfer of one payout; not booked")
    asked = (made.currency, made.amount_micro, made.account.stripe_id)
    amount = micro_from_minor(transfer.amount, made.currency)
    if (transfer.currency, amount, transfer.destination) != asked:
        raise NotAsAsked(f"{transfer.id} is another transfer than was asked for; not booked")


def _apply_reversals(made: Payout, transfer: Transfer, at: datetime) -> None:
    """What came back is payable again; the earnings of a payout that came back whole are free."""
    total = micro_from_minor(sum(transfer.reversals.values()), made.currency)
    if total == made.reversed_micro:
        return
    books = books_of(made)
    for reversal, amount in sorted(transfer.reversals.items()):
        entries = [
            (
                stripe_account(made.currency),
                books.available,
                micro_from_minor(amount, made.currency),
            )
        ]
        book(f"stripe:trr:{reversal}", "payout_reversed", entries, at)
    Payout.objects.filter(pk=made.pk).update(reversed_micro=total)
    made.reversed_micro = total
    if total == made.amount_micro:
        _restore_debt(made, books, at)
        move(made, PayoutState.REVERSED, table=PAYOUT_MOVES)
        tell_payout(made, at)
        _release(made, at)


def give_back(made: Payout, reason: str, at: datetime) -> None:
    """Stripe made no transfer, for good: all of a (locked) payout is payable again, as before."""
    if made.state != PayoutState.PENDING:
        return
    books = books_of(made)
    entries = [(books.transit, books.available, made.amount_micro)]
    book(f"payout:{made.public_id}:returned", "payout_returned", entries, at)
    _restore_debt(made, books, at)
    move(made, PayoutState.RETURNED, table=PAYOUT_MOVES, failure=reason[:300], settled_at=at)
    tell_payout(made, at)
    _release(made, at)


def _restore_debt(made: Payout, books: Books, at: datetime) -> None:
    """What was netted is owed again, and payable again: the next payout nets it anew."""
    entries = [(books.owed, books.available, made.netted_micro)]
    book(f"payout:{made.public_id}:unnetted", "payout_unnetted", entries, at)


def _release(made: Payout, at: datetime) -> None:
    PayoutLine.objects.filter(payout=made, released_at__isnull=True).update(released_at=at)


def next_attempt(made: Payout) -> None:
    """Count one more; the caller has looked up that no attempt before has made a transfer."""
    Payout.objects.filter(pk=made.pk).update(attempt=F("attempt") + 1)
    made.refresh_from_db(fields=["attempt"])
