"""Bookings that are paid at their start: what the wallet lacks is taken from the default card."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from compliance import services as compliance
from marketplace.accounts.models import Organisation
from marketplace.billing.models import TopUp
from marketplace.brokerage.models import Reservation, ReservationQuerySet
from marketplace.brokerage.states import State
from marketplace.core.idempotency import KeyReused
from marketplace.core.money import micro_from_minor
from marketplace.ledger import services as ledger

from . import lots, top_ups
from .customers import cards


def waiting_for_money(*, at: datetime) -> ReservationQuerySet:
    """Bookings whose payment is waited for."""
    rows = Reservation.objects.filter(state=State.PAYMENT_DUE, pay_by__gt=at)
    return rows.order_by("pk")


def charge_card(*, reservation: Reservation, at: datetime) -> TopUp | None:
    """Ask the default card, once for each booking, for what its wallet lacks of it.

    Its renter agreed to that with the booking; from whom screening refuses nothing is taken. A
    card that is declined, or whose bank asks its owner, leaves the wallet as it is: the renter was
    told what is due, and may pay otherwise.
    """
    organisation, key = reservation.renter, f"due:{reservation.public_id}"
    wallet = lots.wallet_of(organisation)
    card = cards(organisation=organisation).filter(is_default=True).first()
    known = TopUp.objects.filter(organisation=organisation, idempotency_key=key)
    if card is None or known.exists() or ledger.frozen(account=wallet):
        return None
    if compliance.is_denied(party=organisation.party):
        return None
    lacking = reservation.due_micro - ledger.balance(account=wallet).available
    if lacking <= 0:
        return None
    unit = micro_from_minor(1, settings.CURRENCY)
    amount = max(top_ups.LEAST_MICRO, -(-lacking // unit) * unit)
    if amount > top_ups.MOST_MICRO:
        return None
    try:
        return _order(organisation, card.payment_method, amount, key, at)
    except KeyReused:
        return None


def _order(
    organisation: Organisation, payment_method: str, amount: int, key: str, at: datetime
) -> TopUp:
    """The top-up and its command, both or none: what is on record is not asked for again."""
    minor = top_ups.check_amount(amount)
    with transaction.atomic():
        made, fresh = top_ups.record(
            organisation=organisation,
            by=None,
            amount_micro=amount,
            payment_method=payment_method,
            key=key,
            at=at,
        )
        if fresh:
            customer = organisation.stripe_customer
            top_ups.order(made, minor, at, customer=customer, off_session=True)
    return made
