"""Refunds that somebody made at Stripe and not here: the money is gone, so it leaves the wallet.

What the wallet does not have free is a debt of the renter, who has it on the card. A refund has no
row here: its posting, keyed by Stripe's name for it, is all that there is.
"""

import logging
from datetime import datetime

from django.db.models import Sum

from marketplace.billing import stripe
from marketplace.billing.models import CreditLot, LotMove, TopUp
from marketplace.billing.states import RefundState
from marketplace.core.money import micro_from_minor
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Account, Kind, Transaction

from . import lots, owing

log = logging.getLogger(__name__)

#: of refunds that were asked for here
GONE = (RefundState.PENDING, RefundState.SUCCEEDED)


def apply(top_up: TopUp, seen: stripe.Refunded, at: datetime) -> str:
    """Book a refund of a (locked) top-up that nobody asked for here, and what came back of it.

    Every path to this knowledge may call it, late and repeatedly. Returns what staff should know.
    """
    if not seen.moved:
        return f"{seen.id} was made at Stripe; no money has moved yet"
    if seen.currency != top_up.currency:
        return f"{seen.id} was made at Stripe in {seen.currency}; not booked"
    key, micro = f"stripe:re:{seen.id}", micro_from_minor(seen.amount, seen.currency)
    if not _booked(key):
        _take(top_up, key, micro, at)
        log.warning("%s of %s was made at Stripe", seen.id, top_up.organisation)
    if seen.failed and not _booked(f"{key}:failed"):
        _give_back(top_up, f"{key}:failed", micro, at)
    return f"{seen.id} was made at Stripe; booked"


def _booked(key: str) -> bool:
    return Transaction.objects.filter(key=key).exists()


def _pending(top_up: TopUp) -> Account:
    return ledger.account(kind=Kind.STRIPE_PENDING, currency=top_up.currency)


def _take(top_up: TopUp, key: str, micro: int, at: datetime) -> None:
    """What is set aside for what runs stays so; the lot that was paid back is gone first."""
    organisation = top_up.organisation
    balance = lots.draw(organisation=organisation, at=at)
    taken = min(micro, balance.available)
    parts = ((lots.wallet_of(organisation), taken), (owing.receivable(organisation), micro - taken))
    pending = _pending(top_up)
    ledger.post(
        key=key,
        kind="refund",
        entries=[ledger.Entry(debit, pending, part) for debit, part in parts if part],
        at=at,
    )
    lot = CreditLot.objects.get(top_up=top_up)
    if part := min(taken, lot.free_micro):
        lot.gone_micro += part
        lots.change(lot, LotMove.Kind.REFUNDED, -part, at)


def _give_back(top_up: TopUp, key: str, micro: int, at: datetime) -> None:
    """The bank sent it back: in the wallet, out of which a debt is paid at once."""
    organisation = top_up.organisation
    lots.draw(organisation=organisation, at=at)
    wallet = lots.wallet_of(organisation)
    ledger.post(
        key=key,
        kind="refund_failed",
        entries=[ledger.Entry(_pending(top_up), wallet, micro)],
        at=at,
    )
    lot = CreditLot.objects.get(top_up=top_up)
    if part := min(micro, _gone_by_hand(lot)):
        lot.gone_micro -= part
        lots.change(lot, LotMove.Kind.REFUND_FAILED, part, at)
    owing.collect(organisation=organisation, at=at)


def _gone_by_hand(lot: CreditLot) -> int:
    """What the lot lost to refunds that were made at Stripe."""
    kinds = (LotMove.Kind.REFUNDED, LotMove.Kind.REFUND_FAILED)
    moved = lot.moves.filter(kind__in=kinds).aggregate(sum=Sum("amount_micro"))["sum"] or 0
    ours = lot.refunds.filter(state__in=GONE).aggregate(sum=Sum("amount_micro"))["sum"] or 0
    return -moved - ours
