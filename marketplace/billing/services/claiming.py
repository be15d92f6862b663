"""A claim about a reservation: what a renter wants back, with what our records say then."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from marketplace.accounts.models import User
from marketplace.accounts.trail import trail
from marketplace.billing.models import DisputeEntry, RentalDispute
from marketplace.brokerage.models import Reservation
from marketplace.brokerage.states import State
from marketplace.core.idempotency import digest, require_same
from marketplace.core.refusals import BadField
from marketplace.metering.models import Gap, OutageRuling

#: the provider answers within this, and staff rule within that after it
ANSWER_WITHIN = timedelta(days=5)
RULE_WITHIN = timedelta(days=10)
#: so long after the end of a reservation it can be disputed
DISPUTE_WITHIN = timedelta(days=90)
LONGEST = 4_000
Side = DisputeEntry.Side


class BadDispute(BadField):
    """A dispute cannot be raised, answered or ruled like this."""


def raise_dispute(
    *,
    reservation: Reservation,
    claim: str,
    claimed_micro: int,
    by: User,
    key: str,
    at: datetime,
) -> RentalDispute:
    """Claim money back for an ended reservation; the provider has ANSWER_WITHIN to answer.

    What our records say of it at this moment is kept with the claim. Same key, same dispute. Raises
    BadDispute and KeyReused; then nothing was written.
    """
    content = digest(
        {
            "reservation": reservation.public_id,
            "claim": claim,
            "claimed_micro": claimed_micro,
        }
    )
    known = _known(reservation, key, content)
    if known:
        return known
    _require_claim(reservation, claim, claimed_micro, at)
    try:
        with transaction.atomic():
            made = RentalDispute.objects.create(
                reservation=reservation,
                renter=reservation.renter,
                provider=reservation.offer.machine.site.operator,
                claim=claim.strip(),
                claimed_micro=claimed_micro,
                currency=reservation.currency,
                raised_by=by,
                raised_at=at,
                answer_by=at + ANSWER_WITHIN,
                decide_by=at + ANSWER_WITHIN + RULE_WITHIN,
                idempotency_key=key,
                request_sha256=content,
                created_at=at,
            )
            enter(made, Side.RENTER, claim, by, at, evidence=_records(reservation))
            trail(verb="raised a dispute", subject=made, by=by, at=at)
    except IntegrityError as error:
        return _raised_meanwhile(error, reservation, key, content)
    return made


def _known(reservation: Reservation, key: str, content: bytes) -> RentalDispute | None:
    rows = RentalDispute.objects.filter(renter=reservation.renter_id, idempotency_key=key)
    known = rows.first()
    if known:
        require_same(known.request_sha256, content, key=key)
    return known


def _raised_meanwhile(
    error: IntegrityError, reservation: Reservation, key: str, content: bytes
) -> RentalDispute:
    if "rental_dispute_one_open" in str(error):
        raise BadDispute("reservation", "has a dispute that is still open") from error
    known = _known(reservation, key, content)
    if known is None:
        raise error
    return known


def _require_claim(reservation: Reservation, claim: str, claimed: int, at: datetime) -> None:
    if reservation.state != State.SETTLED or reservation.ended_at is None:
        raise BadDispute("reservation", "can be disputed once it is settled")
    if at > reservation.ended_at + DISPUTE_WITHIN:
        days = DISPUTE_WITHIN.days
        raise BadDispute("reservation", f"could be disputed for {days} days after its end")
    require_text("claim", claim)
    cost = reservation.cost_statement.total_micro
    if not 0 < claimed <= cost:
        raise BadDispute("claimed_micro", f"must be from 1 to {cost}, what the reservation cost")


def _records(of: Reservation) -> dict[str, Any]:
    """Gaps and rulings by id, and the digest of the usage statement, as they stand."""
    gaps = Gap.objects.filter(assignment__reservation=of).order_by("pk")
    rulings = OutageRuling.objects.filter(assignment__reservation=of).order_by("pk")
    statement = of.statements.order_by("revision").last()
    return {
        "gaps": [str(pk) for pk in gaps.values_list("public_id", flat=True)],
        "rulings": [str(pk) for pk in rulings.values_list("public_id", flat=True)],
        "usage_statement_sha256": statement.hexdigest if statement else None,
    }


def require_text(field: str, text: str, most: int = LONGEST) -> None:
    """Raises BadDispute when the field says nothing, or too much."""
    if not 0 < len(text.strip()) <= most:
        raise BadDispute(field, f"must have 1 to {most} characters")


def enter(
    row: RentalDispute,
    side: str,
    text: str,
    by: User | None,
    at: datetime,
    evidence: dict[str, Any] | None = None,
) -> None:
    """Put on record what a side said; the caller holds the dispute."""
    DisputeEntry.objects.create(
        dispute=row,
        side=side,
        text=text.strip(),
        by=by,
        at=at,
        evidence=evidence or {},
        created_at=at,
    )
