"""What organisations are told of their money, as the API says it."""

from datetime import datetime
from typing import Any, Final

from marketplace.billing.models import Invoice, Payout, TopUp
from marketplace.billing.states import PayoutState, TopUpState
from marketplace.notices import services as notices

TOP_UP_KINDS: Final = {
    TopUpState.SUCCEEDED: "wallet.topped_up",
    TopUpState.FAILED: "wallet.top_up_failed",
    TopUpState.NEEDS_ACTION: "wallet.action_needed",
}
PAYOUT_KINDS: Final = {
    PayoutState.PAID: "payout.paid",
    PayoutState.RETURNED: "payout.returned",
    PayoutState.REVERSED: "payout.reversed",
}


def tell(
    *,
    kind: str,
    organisation: int,
    key: str,
    at: datetime,
    facts: dict[str, Any] | None = None,
) -> None:
    """Record one event for the organisation (its primary key); the same key is told once."""
    event = notices.Event(kind=kind, organisation=organisation, key=key, facts=facts or {})
    notices.record(events=[event], at=at)


def tell_top_up(made: TopUp, at: datetime) -> None:
    """What became of it; one that its owner made and that was paid is told by the page."""
    kind = TOP_UP_KINDS.get(TopUpState(made.state))
    if kind is None or (made.state == TopUpState.SUCCEEDED and not made.automatic):
        return
    facts = {
        "id": str(made.public_id),
        "state": made.state,
        "amount_micro": made.amount_micro,
        "currency": made.currency,
        "automatic": made.automatic,
        "reason": made.failure,
    }
    tell(kind=kind, organisation=made.organisation_id, key=str(made.public_id), facts=facts, at=at)


def tell_payout(made: Payout, at: datetime) -> None:
    """That it was paid, was not, or came back."""
    facts = {
        "id": str(made.public_id),
        "state": made.state,
        "amount_micro": made.amount_micro,
        "currency": made.currency,
        "reason": made.failure,
    }
    kind = PAYOUT_KINDS[PayoutState(made.state)]
    tell(kind=kind, organisation=made.organisation_id, key=str(made.public_id), facts=facts, at=at)


def tell_invoice(made: Invoice, at: datetime) -> None:
    facts = {
        "id": str(made.public_id),
        "number": made.code,
        "currency": made.currency,
        "amount_micro": made.total_micro,
        "total_micro": made.total_micro,
    }
    organisation, key = made.organisation_id, str(made.public_id)
    tell(kind="invoice.issued", organisation=organisation, key=key, facts=facts, at=at)
