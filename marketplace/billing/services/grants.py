"""Promotional credit: proposed by one of the staff, given by another, expiring."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from marketplace.accounts.models import Organisation, User
from marketplace.accounts.trail import trail
from marketplace.billing.models import CreditGrant, CreditLot, LotMove
from marketplace.billing.states import GRANT_MOVES, GrantState
from marketplace.core.money import MICRO
from marketplace.core.refusals import BadField
from marketplace.core.states import move
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Account, Kind

from . import lots

MOST_MICRO = 10_000 * MICRO
LONGEST = timedelta(days=731)


class BadGrant(BadField):
    """Credit cannot be given like this."""


def propose_credit(
    *,
    organisation: Organisation,
    amount_micro: int,
    expires_at: datetime,
    reason: str,
    by: User,
    at: datetime,
) -> CreditGrant:
    """Propose promotional credit for somebody else of the staff to give. Raises BadGrant."""
    if not 0 < amount_micro <= MOST_MICRO:
        raise BadGrant("amount_micro", "must be more than 0 and at most 10,000 USD")
    if not at < expires_at <= at + LONGEST:
        raise BadGrant("expires_at", "must lie in the future, at most two years from now")
    if not reason.strip():
        raise BadGrant("reason", "must say what the credit is for")
    with transaction.atomic():
        made = CreditGrant.objects.create(
            organisation=organisation,
            amount_micro=amount_micro,
            currency=settings.CURRENCY,
            expires_at=expires_at,
            reason=reason.strip()[:300],
            proposed_by=by,
            created_at=at,
        )
        trail(verb="proposed credit", subject=made, by=by, at=at, amount=str(amount_micro))
    return made


def give_credit(*, grant: CreditGrant, by: User, at: datetime) -> CreditLot:
    """Put proposed credit into the wallet. Raises BadGrant, IllegalMove and LostRace."""
    _require_another(grant, by)
    if grant.expires_at <= at:
        raise BadGrant("expires_at", "has passed; propose it again with a later time")
    with transaction.atomic():
        move(grant, GrantState.GIVEN, table=GRANT_MOVES, decided_by=by, decided_at=at)
        lot = lots.add_promotional(grant=grant, at=at)
        ledger.post(
            key=f"grant:{grant.public_id}",
            kind="credit",
            entries=[ledger.Entry(_promo(grant.currency), _wallet(grant), grant.amount_micro)],
            at=at,
            actor=by.email,
            reason=grant.reason,
        )
        trail(verb="gave credit", subject=grant, by=by, at=at)
    return lot


def reject_credit(*, grant: CreditGrant, by: User, at: datetime) -> None:
    """Turn a proposal down. Raises BadGrant, IllegalMove and LostRace."""
    _require_another(grant, by)
    with transaction.atomic():
        move(grant, GrantState.REJECTED, table=GRANT_MOVES, decided_by=by, decided_at=at)
        trail(verb="rejected credit", subject=grant, by=by, at=at)


def _require_another(grant: CreditGrant, by: User) -> None:
    if by.pk == grant.proposed_by_id:
        raise BadGrant("decided_by", "must be somebody else than who proposed it")


def expire_credit(*, lot: CreditLot, at: datetime) -> int:
    """Take back what is left of promotional credit past its time; returns the micro-units taken.

    What is set aside for a running lease stays until the lease has spent it or let go of it; it
    will spend the lots in their order, so what is free of the wallet is of those that come last.
    """
    with transaction.atomic():
        balance = lots.draw(organisation=lot.organisation, at=at)
        lot.refresh_from_db()
        left = min(lot.free_micro, balance.available - _later_micro(lot))
        if lot.expires_at is None or lot.expires_at > at or left <= 0:
            return 0
        ledger.post(
            key=f"expiry:{lot.public_id}:{lot.gone_micro}",
            kind="credit_expired",
            entries=[ledger.Entry(lots.wallet_of(lot.organisation), _promo(lot.currency), left)],
            at=at,
        )
        lot.gone_micro += left
        lots.change(lot, LotMove.Kind.EXPIRED, -left, at)
    return left


def _later_micro(lot: CreditLot) -> int:
    """What the lots have that are spent after this one."""
    rows = list(lot.organisation.credit_lots.in_order_of_spending())
    return sum(one.free_micro for one in rows[rows.index(lot) + 1 :])


def _promo(currency: str) -> Account:
    return ledger.account(kind=Kind.PROMO, currency=currency)


def _wallet(grant: CreditGrant) -> Account:
    return lots.wallet_of(grant.organisation)
