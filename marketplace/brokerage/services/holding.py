"""The money set aside for a reservation, when its terms change."""

from django.db import transaction

from marketplace.brokerage.models import Reservation
from marketplace.ledger import services as ledger

from .asking import wallet_account


def _next_key(key: str) -> str:
    """That of the hold which replaces one of this key: numbered, as there may be any number."""
    first, _, number = key.partition("#")
    return f"{first}#{int(number or 0) + 1}"


def hold_more(*, reservation: Reservation, lacking_micro: int) -> None:
    """Replace the hold by one that is larger by so much; the caller holds the reservation's lock.

    Raises InsufficientFunds; then the old one stands.
    """
    old = reservation.hold
    assert old is not None  # noqa: S101  the database's constraint says so
    with transaction.atomic():
        left = ledger.release_hold(hold=old)
        reservation.hold = ledger.place_hold(
            key=_next_key(old.key),
            account=wallet_account(renter=reservation.renter, currency=reservation.currency),
            amount=left + lacking_micro,
        )
        Reservation.objects.filter(pk=reservation.pk).update(hold=reservation.hold)


def hold_less(*, reservation: Reservation, spared_micro: int) -> None:
    """Replace the hold by one that is smaller by so much; the caller holds the reservation's lock.

    What was charged already is out of it, and so is what was taken as a fee: less is spared by it.
    What is not paid yet is spared first.
    """
    old = reservation.hold
    assert old is not None  # noqa: S101  the database's constraint says so
    unpaid = min(spared_micro, reservation.due_micro)
    left = ledger.release_hold(hold=old)
    reservation.hold = ledger.place_hold(
        key=_next_key(old.key),
        account=wallet_account(renter=reservation.renter, currency=reservation.currency),
        amount=max(1, left - (spared_micro - unpaid)),
    )
    reservation.due_micro -= unpaid
    Reservation.objects.filter(pk=reservation.pk).update(
        hold=reservation.hold, due_micro=reservation.due_micro
    )
