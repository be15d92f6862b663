"""A card's owner disputes a payment: the wallet freezes, what is left is set aside, then decided.

Stripe takes the money when the dispute opens. If it is lost, what the wallet has pays for it and
the rest is a debt of the renter; providers keep what they earned. If the money comes back after
all, that is undone.
"""

import logging
from datetime import datetime
from typing import Any

from django.db.models import Q, Sum

from marketplace.billing import stripe
from marketplace.billing.models import CreditLot, Dispute, LotMove, TopUp
from marketplace.billing.states import DISPUTE_MOVES, DisputeState
from marketplace.core.money import micro_from_minor
from marketplace.core.states import move
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Account, Hold, Kind, Transaction

from . import lots, notices, owing
from .telling import tell

log = logging.getLogger(__name__)

#: by Stripe's word; what is not here is an open dispute, appeals among them
STATES = {
    "warning_needs_response": DisputeState.INQUIRY,
    "warning_under_review": DisputeState.INQUIRY,
    "warning_closed": DisputeState.CLOSED,
    "prevented": DisputeState.CLOSED,
    "won": DisputeState.WON,
    "lost": DisputeState.LOST,
}
OVER = (DisputeState.WON, DisputeState.LOST, DisputeState.CLOSED)
DECIDED = (DisputeState.WON, DisputeState.LOST)
FROZEN = (
    "A payment into your wallet is disputed at its bank. Until that is decided nothing new can be"
    " booked. Write to us if this is a mistake."
)


def apply(top_up: TopUp, seen: stripe.Disputed, at: datetime) -> str:
    """Bring our dispute of a (locked) top-up to what Stripe says of it now.

    Every path to this knowledge may call it, late and repeatedly; each movement of money is booked
    once. Returns what staff should know, usually nothing.
    """
    row = _row(top_up, seen, at)
    _book_taken(row, seen, at)
    to = _state(row, seen)
    if row.state == to:
        return ""
    if to not in DISPUTE_MOVES[row.state] or not _money_agrees(row, to, seen):
        log.error("%s is %s at Stripe, after it was %s here", row, seen.status, row.state)
        return f"was {row.state}, is {seen.status} at Stripe; look at it"
    _move_on(row, DisputeState(to), at)
    return ""


def _state(row: Dispute, seen: stripe.Disputed) -> DisputeState:
    """Who has the money says more than the word for it.

    One that was closed undecided while the card's owner has it is as good as lost; one that was
    lost and of which it came back is as good as won.
    """
    to = STATES.get(seen.status, DisputeState.OPEN)
    if row.state == DisputeState.LOST and seen.money_back:
        return DisputeState.WON
    return DisputeState.LOST if to == DisputeState.CLOSED and seen.money_gone else to


def _money_agrees(row: Dispute, to: DisputeState, seen: stripe.Disputed) -> bool:
    """What was over is turned only when the money has moved."""
    if row.state in OVER and to == DisputeState.LOST:
        return seen.money_gone
    return row.state != DisputeState.LOST or seen.money_back


def _row(top_up: TopUp, seen: stripe.Disputed, at: datetime) -> Dispute:
    first = DisputeState.INQUIRY
    facts = {
        "amount_micro": micro_from_minor(seen.amount, seen.currency),
        "reason": seen.reason[:64],
        "due_by": seen.due_by,
    }
    row, fresh = Dispute.objects.select_for_update(no_key=True, of=("self",)).get_or_create(
        dispute_id=seen.id,
        defaults={
            "top_up": top_up,
            "organisation": top_up.organisation,
            "currency": seen.currency,
            "state": first,
            "opened_at": seen.opened_at,
            "created_at": at,
            **facts,
        },
    )
    if fresh:
        log.warning("%s of %s was disputed: %s", top_up, top_up.organisation, seen.reason)
    elif row.state not in DECIDED:
        _follow(row, facts)
    return row


def _follow(row: Dispute, facts: dict[str, Any]) -> None:
    """Banks change what they want, and until when, as long as it is not decided."""
    Dispute.objects.filter(pk=row.pk).update(**facts)
    for name, value in facts.items():
        setattr(row, name, value)


def _held(row: Dispute) -> Account:
    return ledger.account(kind=Kind.DISPUTE_HELD, currency=row.currency)


def _book_taken(row: Dispute, seen: stripe.Disputed, at: datetime) -> None:
    """What Stripe took from our balance, or gave back; in another currency it is a finding."""
    pending = ledger.account(kind=Kind.STRIPE_PENDING, currency=row.currency)
    for one in (one for one in seen.taken if one.currency == row.currency):
        micro = micro_from_minor(abs(one.amount), row.currency)
        sides = (_held(row), pending) if one.amount < 0 else (pending, _held(row))
        ledger.post(
            key=f"stripe:bt:{one.txn_id}",
            kind="dispute",
            entries=[ledger.Entry(*sides, micro)],
            at=one.happened_at,
        )


def _move_on(row: Dispute, to: DisputeState, at: datetime) -> None:
    also: dict[str, object] = {"closed_at": at} if to in OVER else {}
    turned = DisputeState.LOST in (row.state, to)
    if to in (DisputeState.OPEN, DisputeState.LOST) and row.hold is None:
        row.hold = _set_aside(row, at)
        also["hold"] = row.hold
    if to == DisputeState.LOST:
        also |= _lose(row, row.hold, at)
    if row.state == DisputeState.LOST:
        also |= _regain(row, at)
    if to in (DisputeState.WON, DisputeState.CLOSED):
        _give_back(row, at)
    move(row, to, table=DISPUTE_MOVES, **also)
    if turned:
        owing.thaw(organisation=row.organisation, at=at)


def _set_aside(row: Dispute, at: datetime) -> Hold | None:
    """Hold what is left, up to what is disputed, and let nothing new be booked.

    In a wallet that is frozen already nobody can take what is left, so it needs no hold.
    """
    balance = lots.draw(organisation=row.organisation, at=at)
    wallet = lots.wallet_of(row.organisation)
    part = 0 if ledger.frozen(account=wallet) else min(balance.available, row.amount_micro)
    hold = ledger.place_hold(key=row.freeze_key, account=wallet, amount=part) if part else None
    ledger.freeze(key=row.freeze_key, account=wallet, reason=f"dispute {row.dispute_id}", at=at)
    notices.tell(organisation=row.organisation, key=row.freeze_key, text=FROZEN, at=at)
    tell(kind="wallet.frozen", organisation=row.organisation_id, key=row.freeze_key, at=at)
    return hold


def _give_back(row: Dispute, at: datetime) -> None:
    if row.hold is not None:
        ledger.release_hold(hold=row.hold)
    ledger.lift(key=row.freeze_key, at=at)
    notices.take_back(key=row.freeze_key, at=at)


def _lose(row: Dispute, hold: Hold | None, at: datetime) -> dict[str, object]:
    """The wallet pays what it has; the rest is owed."""
    balance = lots.draw(organisation=row.organisation, at=at)
    set_aside = hold.amount if hold else 0
    clawed = min(row.amount_micro, set_aside + balance.available)
    owed = row.amount_micro - clawed
    wallet = lots.wallet_of(row.organisation)
    parts = ((wallet, clawed), (owing.receivable(row.organisation), owed))
    ledger.post(
        key=_next(f"{row.freeze_key}:lost"),
        kind="dispute_lost",
        entries=[ledger.Entry(debit, _held(row), micro) for debit, micro in parts if micro],
        at=at,
        capture=ledger.Capture(hold, set_aside) if hold and set_aside else None,
    )
    _take_from_lot(row, clawed, at)
    return {"clawed_micro": clawed, "owed_micro": owed}


def _next(key: str) -> str:
    """The key, numbered from the second time on; the dispute's lock lets nobody count beside us."""
    earlier = Transaction.objects.filter(Q(key=key) | Q(key__startswith=f"{key}:")).count()
    return f"{key}:{earlier + 1}" if earlier else key


def _regain(row: Dispute, at: datetime) -> dict[str, object]:
    """What was lost is here again, and pays first what was given up of it, then what is owed."""
    lots.draw(organisation=row.organisation, at=at)
    given_up = min(row.owed_micro, owing.given_up_micro(organisation=row.organisation))
    owed = min(row.amount_micro - given_up, lots.owes_micro(organisation=row.organisation))
    rest = row.amount_micro - given_up - owed
    parts = (
        (ledger.account(kind=Kind.BAD_DEBT, currency=row.currency), given_up),
        (owing.receivable(row.organisation), owed),
        (lots.wallet_of(row.organisation), rest),
    )
    ledger.post(
        key=_next(f"{owing.REGAINED}{row.organisation.public_id}:{row.dispute_id}"),
        kind="dispute_regained",
        entries=[ledger.Entry(_held(row), credit, micro) for credit, micro in parts if micro],
        at=at,
    )
    _return_to_lot(row, rest, at)
    return {"clawed_micro": 0, "owed_micro": 0}


def _return_to_lot(row: Dispute, micro: int, at: datetime) -> None:
    """To the lot that was disputed what it lost by that; the next look gives others the rest."""
    lot = CreditLot.objects.filter(top_up=row.top_up_id).first()
    if lot is None:
        return
    lost = lot.moves.filter(kind=LotMove.Kind.DISPUTED).aggregate(sum=Sum("amount_micro"))["sum"]
    part = min(micro, -(lost or 0), lot.gone_micro)
    if part:
        lot.gone_micro -= part
        lots.change(lot, LotMove.Kind.RETURNED, part, at)


def _take_from_lot(row: Dispute, micro: int, at: datetime) -> None:
    """The lot that was disputed is gone first; the next look at the lots draws what it lacked."""
    lot = CreditLot.objects.filter(top_up=row.top_up_id).first()
    part = min(micro, lot.free_micro) if lot else 0
    if lot and part:
        lot.gone_micro += part
        lots.change(lot, LotMove.Kind.DISPUTED, -part, at)
