"""Disputes once they are raised: answer, ruling, deadlines; what is upheld is a credit note."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet

from marketplace.accounts.models import User
from marketplace.accounts.trail import trail
from marketplace.billing.models import (
    CreditNote,
    Fault,
    InvoiceLine,
    RentalDispute,
)
from marketplace.billing.states import (
    RENTAL_DISPUTE_MOVES,
    RENTAL_DISPUTE_OPEN,
    RentalDisputeState,
)
from marketplace.core.money import whole_minor
from marketplace.core.states import move

from .claiming import BadDispute, Side, enter, require_text
from .crediting import issue_credit_note, left_micro, spread

MAX_RULING = 500


def answer_dispute(*, dispute: RentalDispute, text: str, by: User, at: datetime) -> RentalDispute:
    """Put the provider's answer on record, once and before its deadline. Raises BadDispute."""
    require_text("text", text)
    with transaction.atomic():
        row = _locked(dispute)
        if row.state != RentalDisputeState.OPEN:
            raise BadDispute("text", f"cannot be taken: the dispute is {row.state}")
        if at >= row.answer_by:
            raise BadDispute("text", "comes too late: the deadline has passed")
        enter(row, Side.PROVIDER, text, by, at)
        move(row, RentalDisputeState.ANSWERED, table=RENTAL_DISPUTE_MOVES)
        trail(verb="answered a dispute", subject=row, by=by, at=at)
    return row


def withdraw_dispute(*, dispute: RentalDispute, by: User, at: datetime) -> RentalDispute:
    """Let the renter take the claim back while it is not ruled."""
    with transaction.atomic():
        row = _locked(dispute)
        move(row, RentalDisputeState.WITHDRAWN, table=RENTAL_DISPUTE_MOVES)
        enter(row, Side.RENTER, "Withdrawn.", by, at)
        trail(verb="withdrew a dispute", subject=row, by=by, at=at)
    return row


def uphold_dispute(
    *,
    dispute: RentalDispute,
    granted_micro: int,
    fault: str,
    ruling: str,
    by: User,
    at: datetime,
) -> RentalDispute:
    """Rule for the renter: a credit note over what is granted, at the cost of whoever is at fault.

    All or nothing. Raises BadDispute.
    """
    require_text("ruling", ruling, MAX_RULING)
    if fault not in (Fault.PROVIDER, Fault.PLATFORM):
        raise BadDispute("fault", "must be provider or platform")
    with transaction.atomic():
        row = _locked(dispute)
        _require_open(row, at)
        note = _credit(row, granted_micro, fault, ruling, by, at)
        move(
            row,
            RentalDisputeState.UPHELD,
            table=RENTAL_DISPUTE_MOVES,
            granted_micro=granted_micro,
            fault=fault,
            credit_note=note,
            ruling=ruling.strip(),
            ruled_by=by,
            ruled_at=at,
        )
        enter(row, Side.STAFF, ruling, by, at)
        trail(verb="upheld a dispute", subject=row, by=by, at=at, reason=ruling.strip())
    return row


def refuse_dispute(*, dispute: RentalDispute, ruling: str, by: User, at: datetime) -> RentalDispute:
    """Rule against the renter; nothing moves. Raises BadDispute."""
    require_text("ruling", ruling, MAX_RULING)
    with transaction.atomic():
        row = _locked(dispute)
        _require_open(row, at)
        move(
            row,
            RentalDisputeState.REFUSED,
            table=RENTAL_DISPUTE_MOVES,
            ruling=ruling.strip(),
            ruled_by=by,
            ruled_at=at,
        )
        enter(row, Side.STAFF, ruling, by, at)
        trail(verb="refused a dispute", subject=row, by=by, at=at, reason=ruling.strip())
    return row


def require_ruling(*, dispute: RentalDispute, granted_micro: int | None, at: datetime) -> None:
    """Raises BadDispute when a ruling that grants this, or nothing, would."""
    if dispute.state == RentalDisputeState.OPEN and at < dispute.answer_by:
        raise BadDispute("ruling", "waits for the provider's answer, or for its deadline")
    if dispute.state not in RENTAL_DISPUTE_OPEN:
        raise BadDispute("ruling", f"is not possible: the dispute is {dispute.state}")
    if granted_micro is not None:
        _lines(dispute, granted_micro)


def _require_open(row: RentalDispute, at: datetime) -> None:
    require_ruling(dispute=row, granted_micro=None, at=at)
    if row.state == RentalDisputeState.OPEN:
        pass_deadline(dispute=row, at=at)


def _lines(row: RentalDispute, granted: int) -> list[InvoiceLine]:
    """Those of the invoice that a note over what is granted refers to."""
    # what was claimed is what the rental cost: its workspace, kept afterwards, comes last
    lines = list(
        InvoiceLine.objects.filter(reservation=row.reservation)
        .select_related("invoice__wallet")
        .order_by(F("keeping").asc(nulls_first=True), "-amount_micro", "pk")
    )
    if not lines:
        raise BadDispute("granted_micro", "waits for the invoice that a credit note refers to")
    if not 0 < granted <= row.claimed_micro or granted != whole_minor(granted, row.currency):
        raise BadDispute(
            "granted_micro",
            f"must be whole minor units and at most what was claimed, {row.claimed_micro}",
        )
    # one ruling, one note: lines of one invoice
    lines = [line for line in lines if line.invoice_id == lines[0].invoice_id]
    left = sum(left_micro(line) for line in lines)
    if granted > left:
        raise BadDispute("granted_micro", f"is more than {left}, what of the invoice is left")
    return lines


def _credit(
    row: RentalDispute, granted: int, fault: str, ruling: str, by: User, at: datetime
) -> CreditNote:
    lines = _lines(row, granted)
    return issue_credit_note(
        invoice=lines[0].invoice,
        items=spread(lines, granted),
        kind=CreditNote.Kind.DISPUTE,
        reason=ruling,
        fault=fault,
        key=f"dispute:{row.public_id}",
        by=by,
        at=at,
    )


def past_deadline(*, at: datetime) -> QuerySet[RentalDispute]:
    """Disputes that wait for somebody whose time has run out."""
    unanswered = RentalDispute.objects.filter(state=RentalDisputeState.OPEN, answer_by__lte=at)
    unruled = RentalDispute.objects.filter(state=RentalDisputeState.ANSWERED, decide_by__lte=at)
    return (unanswered | unruled).order_by("pk")


def pass_deadline(*, dispute: RentalDispute, at: datetime) -> RentalDispute:
    """Go on without whom the dispute waited for: to a ruling, or to senior staff."""
    with transaction.atomic():
        row = _locked(dispute)
        if row.state == RentalDisputeState.OPEN and at >= row.answer_by:
            move(row, RentalDisputeState.ANSWERED, table=RENTAL_DISPUTE_MOVES)
            enter(row, Side.SYSTEM, "The provider did not answer in time.", None, at)
        elif row.state == RentalDisputeState.ANSWERED and at >= row.decide_by:
            move(row, RentalDisputeState.ESCALATED, table=RENTAL_DISPUTE_MOVES)
            enter(row, Side.SYSTEM, "Not ruled in time; passed on to senior staff.", None, at)
        dispute.state = row.state
    return row


def _locked(dispute: RentalDispute) -> RentalDispute:
    rows = RentalDispute.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("reservation__renter").get(pk=dispute.pk)
