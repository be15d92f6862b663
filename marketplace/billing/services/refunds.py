"""Unspent money back to the card it came from: lot by lot, checked before Stripe is asked."""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.accounts.trail import trail
from marketplace.billing import stripe
from marketplace.billing.models import CreditLot, Dispute, LotMove, Refund, StripeCommand
from marketplace.billing.states import REFUND_MOVES, DisputeState, LotKind, RefundState
from marketplace.core.hints import after_commit
from marketplace.core.idempotency import digest, require_same
from marketplace.core.money import BadAmount, micro_from_minor, minor_from_micro
from marketplace.core.refusals import BadField
from marketplace.core.states import move
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Account, Kind

from . import lots

#: the bank took the money back already
TAKEN = (DisputeState.OPEN, DisputeState.LOST)


class BadRefund(BadField):
    """A refund cannot be made like this."""


class NotAsRefunded(Exception):
    """Stripe gave back something else than was asked; staff must look at it."""


def refund(
    *, lot: CreditLot, amount_micro: int, reason: str, by: User | None, key: str, at: datetime
) -> Refund:
    """Set unspent money of a paid lot aside and have Stripe send it back; same key, same row.

    Never more than is unspent: what the lot has left, and what the wallet has available. Raises
    BadRefund and KeyReused; then nothing was written and Stripe was not asked.
    """
    content = digest({"lot": lot.public_id, "amount_micro": amount_micro})
    with transaction.atomic():
        balance = lots.draw(organisation=lot.organisation, at=at)
        known = Refund.objects.filter(idempotency_key=key).first()
        if known:
            require_same(known.request_sha256, content, key=key)
            return known
        lot.refresh_from_db()
        minor = _check(lot, amount_micro, min(lot.free_micro, balance.available))
        made = _make(lot, amount_micro, reason, by, key, content, at)
        command = _command(made, minor, at)
        trail(verb="asked for a refund", subject=made, by=by, at=at, amount=str(amount_micro))
        after_commit("marketplace.billing.tasks.send_command", command_id=command.pk)
    return made


def _check(lot: CreditLot, amount_micro: int, most: int) -> int:
    if lot.kind != LotKind.PAID:
        raise BadRefund("lot", "was a gift; it cannot be refunded")
    if Dispute.objects.filter(top_up=lot.top_up_id, state__in=TAKEN).exists():
        raise BadRefund("lot", "is disputed at the card's bank; it cannot be refunded as well")
    if not 0 < amount_micro <= most:
        raise BadRefund("amount_micro", f"must be from 1 cent to what is unspent, {most} micro-USD")
    try:
        return minor_from_micro(amount_micro, lot.currency)
    except BadAmount as error:
        raise BadRefund("amount_micro", "must be a whole number of cents") from error


def _make(
    lot: CreditLot,
    amount_micro: int,
    reason: str,
    by: User | None,
    key: str,
    content: bytes,
    at: datetime,
) -> Refund:
    public_id = uuid4()
    try:
        hold = ledger.place_hold(
            key=f"refund:{public_id}",
            account=lots.wallet_of(lot.organisation),
            amount=amount_micro,
        )
    except ledger.WalletFrozen as error:
        raise BadRefund("lot", "cannot be refunded while the wallet is frozen") from error
    lot.refunding_micro += amount_micro
    lot.save(update_fields=["refunding_micro"])
    return Refund.objects.create(
        public_id=public_id,
        lot=lot,
        amount_micro=amount_micro,
        currency=lot.currency,
        hold=hold,
        requested_by=by,
        reason=reason[:300],
        idempotency_key=key,
        request_sha256=content,
        created_at=at,
    )


def _command(made: Refund, minor: int, at: datetime) -> StripeCommand:
    top_up = made.lot.top_up
    assert top_up is not None  # noqa: S101  the database's constraint says so of a paid lot
    return StripeCommand.objects.create(
        kind="create_refund",
        idempotency_key=f"refund:{made.public_id}",
        refund=made,
        params={
            "payment_intent": top_up.payment_intent,
            "amount": minor,
            "metadata": {"refund": str(made.public_id)},
        },
        next_at=at,
        created_at=at,
    )


def locked(public_id: UUID) -> Refund | None:
    rows = Refund.objects.select_for_update(no_key=True, of=("self",))
    related = ("lot__organisation", "lot__top_up", "hold")
    return rows.select_related(*related).filter(public_id=public_id).first()


def apply(made: Refund, seen: stripe.Refunded, at: datetime) -> None:
    """Bring a (locked) refund to what Stripe says of it now.

    Every path to this knowledge may call it, late and repeatedly; one of them books. Raises
    NotAsRefunded, having written nothing.
    """
    _require_as_asked(made, seen)
    if made.state == RefundState.ASKED:
        _book(made, seen.id, at)
        _settle(made, RefundState.PENDING, at, refund_id=seen.id)
    if seen.failed and made.state != RefundState.FAILED:
        _book_back(made, seen.id, at)
        _settle(made, RefundState.FAILED, at, failure=seen.failure[:300])
    elif seen.succeeded and made.state == RefundState.PENDING:
        _settle(made, RefundState.SUCCEEDED, at)


def _require_as_asked(made: Refund, seen: stripe.Refunded) -> None:
    if made.refund_id not in ("", seen.id):
        raise NotAsRefunded(f"{seen.id} is a second refund of one wish; not booked")
    if made.state == RefundState.FAILED and not made.refund_id and not seen.failed:
        # what was set aside for it is free again, and may be spent by now
        raise NotAsRefunded(f"{seen.id} was made after we took it for failed; not booked")
    if (
        seen.currency != made.currency
        or micro_from_minor(seen.amount, made.currency) != made.amount_micro
    ):
        raise NotAsRefunded(f"{seen.id} gave back another amount than was asked; not booked")


def _settle(made: Refund, to: RefundState, at: datetime, **also: str) -> None:
    done = None if to == RefundState.PENDING else at
    move(made, to, table=REFUND_MOVES, settled_at=done, **also)


def _accounts(made: Refund) -> tuple[Account, Account]:
    pending = ledger.account(kind=Kind.STRIPE_PENDING, currency=made.currency)
    return lots.wallet_of(made.lot.organisation), pending


def _locked_lot(made: Refund, at: datetime) -> CreditLot:
    """The lot as it stands under the wallet's lock."""
    lots.draw(organisation=made.lot.organisation, at=at)
    return CreditLot.objects.get(pk=made.lot_id)


def _book(made: Refund, refund_id: str, at: datetime) -> None:
    lot = _locked_lot(made, at)
    wallet, pending = _accounts(made)
    ledger.post(
        key=f"stripe:re:{refund_id}",
        kind="refund",
        entries=[ledger.Entry(wallet, pending, made.amount_micro)],
        at=at,
        capture=ledger.Capture(made.hold, made.amount_micro),
    )
    lot.refunding_micro -= made.amount_micro
    lot.gone_micro += made.amount_micro
    lots.change(lot, LotMove.Kind.REFUNDED, -made.amount_micro, at)


def _book_back(made: Refund, refund_id: str, at: datetime) -> None:
    """The bank sent it back: it is in the wallet again, and in its lot."""
    lot = _locked_lot(made, at)
    wallet, pending = _accounts(made)
    ledger.post(
        key=f"stripe:re:{refund_id}:failed",
        kind="refund_failed",
        entries=[ledger.Entry(pending, wallet, made.amount_micro)],
        at=at,
    )
    lot.gone_micro -= made.amount_micro
    lots.change(lot, LotMove.Kind.REFUND_FAILED, made.amount_micro, at)


def fail(made: Refund, reason: str, at: datetime) -> None:
    """Stripe gave nothing back: what was set aside is free again."""
    if made.state != RefundState.ASKED:
        return
    lot = _locked_lot(made, at)
    ledger.release_hold(hold=made.hold)
    lot.refunding_micro -= made.amount_micro
    lot.save(update_fields=["refunding_micro"])
    _settle(made, RefundState.FAILED, at, failure=reason[:300])
