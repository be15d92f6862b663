from django.db import models

from marketplace.core.states import Moves


class TopUpState(models.TextChoices):
    PENDING = "pending"
    NEEDS_ACTION = "needs_action"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


#: Stripe may still take money for these
UNDER_WAY = (TopUpState.PENDING, TopUpState.NEEDS_ACTION)
TOP_UP_MOVES: Moves = {
    TopUpState.PENDING: frozenset(
        {TopUpState.SUCCEEDED, TopUpState.FAILED, TopUpState.NEEDS_ACTION}
    ),
    TopUpState.NEEDS_ACTION: frozenset({TopUpState.SUCCEEDED, TopUpState.FAILED}),
    TopUpState.SUCCEEDED: frozenset(),
    # what we took for a failure may turn out paid: what Stripe took is booked and shown as taken
    TopUpState.FAILED: frozenset({TopUpState.SUCCEEDED}),
}


class CommandState(models.TextChoices):
    PENDING = "pending"
    SENDING = "sending"
    DONE = "done"
    FAILED = "failed"
    #: too old to be sent again, and Stripe shows nothing of it; for staff to decide
    UNKNOWN = "unknown"


class PayoutState(models.TextChoices):
    PENDING = "pending"
    PAID = "paid"
    RETURNED = "returned"
    REVERSED = "reversed"


PAYOUT_MOVES: Moves = {
    PayoutState.PENDING: frozenset({PayoutState.PAID, PayoutState.RETURNED}),
    PayoutState.PAID: frozenset({PayoutState.REVERSED}),
    PayoutState.RETURNED: frozenset(),
    PayoutState.REVERSED: frozenset(),
}


class BankState(models.TextChoices):
    """As Stripe calls the states of a payout to a bank."""

    PENDING = "pending"
    IN_TRANSIT = "in_transit"
    PAID = "paid"
    FAILED = "failed"
    CANCELED = "canceled"


class LotKind(models.TextChoices):
    PAID = "paid"
    PROMO = "promo"


class GrantState(models.TextChoices):
    PROPOSED = "proposed"
    GIVEN = "given"
    REJECTED = "rejected"


GRANT_MOVES: Moves = {
    GrantState.PROPOSED: frozenset({GrantState.GIVEN, GrantState.REJECTED}),
    GrantState.GIVEN: frozenset(),
    GrantState.REJECTED: frozenset(),
}


class RefundState(models.TextChoices):
    ASKED = "asked"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


REFUND_MOVES: Moves = {
    RefundState.ASKED: frozenset({RefundState.PENDING, RefundState.SUCCEEDED, RefundState.FAILED}),
    RefundState.PENDING: frozenset({RefundState.SUCCEEDED, RefundState.FAILED}),
    # a bank may send a refund back days after it took it
    RefundState.SUCCEEDED: frozenset({RefundState.FAILED}),
    RefundState.FAILED: frozenset(),
}


class DisputeState(models.TextChoices):
    INQUIRY = "inquiry"
    OPEN = "open"
    WON = "won"
    LOST = "lost"
    CLOSED = "closed"


DISPUTE_MOVES: Moves = {
    DisputeState.INQUIRY: frozenset(
        {DisputeState.OPEN, DisputeState.WON, DisputeState.LOST, DisputeState.CLOSED}
    ),
    # closed: the bank took it back before it was decided
    DisputeState.OPEN: frozenset({DisputeState.WON, DisputeState.LOST, DisputeState.CLOSED}),
    # a bank may appeal and take the money again
    DisputeState.WON: frozenset({DisputeState.LOST}),
    # Stripe may turn it, or give the money back all the same
    DisputeState.LOST: frozenset({DisputeState.WON}),
    DisputeState.CLOSED: frozenset({DisputeState.OPEN, DisputeState.LOST}),
}


class RentalDisputeState(models.TextChoices):
    """Of a dispute between renter and provider."""

    OPEN = "open"  # the provider may answer until answer_by
    ANSWERED = "answered"  # or did not in time; staff rule until decide_by
    ESCALATED = "escalated"  # not ruled in time; senior staff
    UPHELD = "upheld"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


RENTAL_DISPUTE_OPEN = (
    RentalDisputeState.OPEN,
    RentalDisputeState.ANSWERED,
    RentalDisputeState.ESCALATED,
)
_RULED = frozenset(
    {RentalDisputeState.UPHELD, RentalDisputeState.REFUSED, RentalDisputeState.WITHDRAWN}
)
RENTAL_DISPUTE_MOVES: Moves = {
    # staff hear both sides, or wait until the deadline has passed
    RentalDisputeState.OPEN: frozenset({RentalDisputeState.ANSWERED, RentalDisputeState.WITHDRAWN}),
    RentalDisputeState.ANSWERED: _RULED | {RentalDisputeState.ESCALATED},
    RentalDisputeState.ESCALATED: _RULED,
    RentalDisputeState.UPHELD: frozenset(),
    RentalDisputeState.REFUSED: frozenset(),
    RentalDisputeState.WITHDRAWN: frozenset(),
}
