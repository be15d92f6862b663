"""A card's owner tells the bank that a payment was wrong; the bank takes the money back at once."""

import stripe

from marketplace.billing.fake_stripe.listing import page
from marketplace.billing.fake_stripe.routing import endpoint
from marketplace.billing.fake_stripe.state import Fake
from marketplace.billing.fake_stripe.wire import Json, refused

from . import balance

#: what Stripe keeps of each dispute, in minor units, won or lost
FEE = 1_500
#: days in which evidence may be sent
DAYS = 7
#: only asked about so far; no money has moved
INQUIRIES = ("warning_needs_response", "warning_under_review", "warning_closed")
OVER = ("won", "lost", "warning_closed", "prevented")


def open_dispute(
    fake: Fake,
    charge: str,
    *,
    amount: int | None = None,
    status: str = "needs_response",
    reason: str = "fraudulent",
) -> Json:
    """Dispute a charge, all of it or so many minor units."""
    about = fake.get("charge", charge)
    made = fake.put(
        stripe.Dispute,
        "du",
        amount=about["amount"] if amount is None else amount,
        currency=about["currency"],
        charge=charge,
        payment_intent=about["payment_intent"],
        reason=reason,
        status=status,
        metadata={},
        balance_transactions=[],
        enhanced_eligibility_types=[],
        is_charge_refundable=status in INQUIRIES,
    )
    made["evidence_details"].update(due_by=fake.now() + DAYS * 86_400)
    about["disputed"] = status not in INQUIRIES
    fake.emit("charge.dispute.created", made)
    if status not in INQUIRIES:
        _move(fake, made, -made["amount"], FEE, "charge.dispute.funds_withdrawn")
    return made


def escalate(fake: Fake, name: str) -> Json:
    """An inquiry becomes a dispute: now the money goes."""
    made = fake.get("dispute", name)
    fake.get("charge", made["charge"])["disputed"] = True
    made.update(status="needs_response", is_charge_refundable=False)
    fake.emit("charge.dispute.updated", made)
    _move(fake, made, -made["amount"], FEE, "charge.dispute.funds_withdrawn")
    return made


def decide(fake: Fake, name: str, *, won: bool) -> Json:
    """The bank decides; what was won comes back, without the fee."""
    made = fake.get("dispute", name)
    if made["status"] in OVER:
        raise refused(f"This dispute is already closed ({made['status']}).")
    inquiry = made["status"] in INQUIRIES
    made["status"] = "warning_closed" if inquiry else "won" if won else "lost"
    if won and not inquiry:
        _move(fake, made, made["amount"], 0, "charge.dispute.funds_reinstated")
        fake.get("charge", made["charge"])["disputed"] = False
    fake.emit("charge.dispute.closed", made)
    return made


def reinstate(fake: Fake, name: str, *, status: str = "won", fee: int = 0) -> Json:
    """What was lost comes back after all; of the fee so much, which is booked as less than none."""
    made = fake.get("dispute", name)
    made["status"] = status
    _move(fake, made, made["amount"], -fee, "charge.dispute.funds_reinstated")
    fake.get("charge", made["charge"])["disputed"] = False
    return made


def _move(fake: Fake, made: Json, amount: int, fee: int, event: str) -> None:
    category = "dispute" if amount < 0 else "dispute_reversal"
    moved = balance.book(fake, "adjustment", amount, source=made, fee=fee, category=category)
    made["balance_transactions"].append(moved)
    fake.emit(event, made)


@endpoint("POST", "/v1/disputes/{id}")
def update_dispute(fake: Fake, body: Json, name: str) -> Json:
    """Evidence; as with Stripe's test cards its text decides: winning_ or losing_evidence."""
    made = fake.get("dispute", name)
    if made["status"] in OVER:
        raise refused(f"This dispute is already closed ({made['status']}).")
    evidence = body.get("evidence", {})
    made["evidence"].update(evidence)
    made["metadata"].update(body.get("metadata", {}))
    made["evidence_details"]["has_evidence"] = True
    if body.get("submit", "true") == "true":
        made["evidence_details"]["submission_count"] += 1
        made["status"] = made["status"].replace("needs_response", "under_review")
        fake.emit("charge.dispute.updated", made)
        text = evidence.get("uncategorized_text")
        if text in ("winning_evidence", "losing_evidence"):
            decide(fake, name, won=text == "winning_evidence")
    return made


@endpoint("POST", "/v1/disputes/{id}/close")
def close_dispute(fake: Fake, body: Json, name: str) -> Json:
    return decide(fake, name, won=False)


@endpoint("GET", "/v1/disputes/{id}")
def retrieve_dispute(fake: Fake, body: Json, name: str) -> Json:
    return fake.get("dispute", name)


@endpoint("GET", "/v1/disputes")
def list_disputes(fake: Fake, body: Json) -> Json:
    return page(fake.all("dispute"), body, "/v1/disputes", by=("charge", "payment_intent"))
