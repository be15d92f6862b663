from dataclasses import dataclass
from enum import StrEnum

from django.db import models

from marketplace.core.states import Moves


class State(models.TextChoices):
    """Of a reservation. What each one means for money stands beside it."""

    REQUESTED = "requested"  # asked for; nothing checked, nothing held
    CLEARED = "cleared"  # compliance allowed it; nothing held
    PINNED = "pinned"  # a quote: GPUs set aside until hold_expires_at, at this price; no money
    HELD = "held"  # GPUs and money set aside until hold_expires_at
    CONFIRMED = "confirmed"  # GPUs and money set aside for the window, but for due_micro
    PAYMENT_DUE = "payment_due"  # GPUs and a deposit set aside; ends at pay_by unless it is paid
    ACTIVE = "active"  # the node runs it; metered
    ENDED = "ended"  # no longer runs; usage may still arrive
    SETTLED = "settled"  # charged, rest of the hold given back, invoiced
    REFUSED = "refused"  # not allowed, not possible or not paid; nothing held
    EXPIRED = "expired"  # a hold nobody confirmed; all given back
    CANCELLED = "cancelled"  # by the renter or by compliance before it began; all given back
    FAILED = "failed"  # never started within its window; all given back


MOVES: Moves = {
    State.REQUESTED: frozenset({State.CLEARED, State.REFUSED, State.CANCELLED}),
    # held and confirmed at once, where the renter wants no time to think
    # or pinned, where the renter wants a quote
    State.CLEARED: frozenset(
        {State.PINNED, State.HELD, State.CONFIRMED, State.REFUSED, State.CANCELLED}
    ),
    State.PINNED: frozenset({State.CONFIRMED, State.EXPIRED, State.CANCELLED}),
    State.HELD: frozenset({State.CONFIRMED, State.EXPIRED, State.CANCELLED}),
    State.CONFIRMED: frozenset({State.PAYMENT_DUE, State.ACTIVE, State.CANCELLED, State.FAILED}),
    # what was to be paid at the start and could not be taken
    State.PAYMENT_DUE: frozenset({State.CONFIRMED, State.CANCELLED}),
    State.ACTIVE: frozenset({State.ENDED}),
    State.ENDED: frozenset({State.SETTLED}),
    State.SETTLED: frozenset(),
    State.REFUSED: frozenset(),
    State.EXPIRED: frozenset(),
    State.CANCELLED: frozenset(),
    State.FAILED: frozenset(),
}

#: nothing was set aside yet, or everything was given back without a charge
UNHELD = (
    State.REQUESTED,
    State.CLEARED,
    State.REFUSED,
    State.EXPIRED,
    State.CANCELLED,
    State.FAILED,
)
#: GPUs are set aside, and what a licence must cover is drawn
SET_ASIDE = (State.PINNED, State.HELD, State.CONFIRMED, State.PAYMENT_DUE, State.ACTIVE)
#: so is money
PAID = (State.HELD, State.CONFIRMED, State.PAYMENT_DUE, State.ACTIVE)
#: set aside until `hold_expires_at`
SHORT = (State.PINNED, State.HELD)
#: it is over and never ran
NEVER_RAN = (State.REFUSED, State.EXPIRED, State.CANCELLED, State.FAILED)
#: the broker still has a step to take
OPEN = (State.REQUESTED, State.CLEARED)


class LeaseState(models.TextChoices):
    """Of one GPU in one window."""

    HELD = "held"
    CONFIRMED = "confirmed"
    ACTIVE = "active"
    ENDED = "ended"
    RELEASED = "released"


#: states in which the GPU is taken; the exclusion constraint is over these
LIVE = (LeaseState.HELD, LeaseState.CONFIRMED, LeaseState.ACTIVE)

LEASE_MOVES: Moves = {
    LeaseState.HELD: frozenset({LeaseState.CONFIRMED, LeaseState.RELEASED}),
    LeaseState.CONFIRMED: frozenset({LeaseState.ACTIVE, LeaseState.RELEASED}),
    LeaseState.ACTIVE: frozenset({LeaseState.ENDED}),
    LeaseState.ENDED: frozenset(),
    LeaseState.RELEASED: frozenset(),
}


class WaitState(models.TextChoices):
    """Of a request in line."""

    WAITING = "waiting"
    SERVED = "served"  # became a reservation
    LAPSED = "lapsed"  # its time is over, or it was refused
    WITHDRAWN = "withdrawn"  # by its renter


WAIT_MOVES: Moves = {
    WaitState.WAITING: frozenset({WaitState.SERVED, WaitState.LAPSED, WaitState.WITHDRAWN}),
    # its reservation lost the GPUs to somebody who was faster
    WaitState.SERVED: frozenset({WaitState.WAITING, WaitState.LAPSED}),
    WaitState.LAPSED: frozenset(),
    WaitState.WITHDRAWN: frozenset(),
}


class Observed(models.TextChoices):
    """What the node last said of an assignment."""

    PENDING = "pending"
    STARTING = "starting"
    RUNNING = "running"
    STOPPED = "stopped"
    FAILED = "failed"


#: an observation only moves forward; a late or replayed report changes nothing
OBSERVED_MOVES: Moves = {
    Observed.PENDING: frozenset(
        {Observed.STARTING, Observed.RUNNING, Observed.STOPPED, Observed.FAILED}
    ),
    Observed.STARTING: frozenset({Observed.RUNNING, Observed.STOPPED, Observed.FAILED}),
    Observed.RUNNING: frozenset({Observed.STOPPED, Observed.FAILED}),
    Observed.STOPPED: frozenset(),
    Observed.FAILED: frozenset(),
}


class Money(StrEnum):
    """What is left of the hold of a reservation."""

    NONE = "none"  # never placed
    WHOLE = "whole"  # as it was placed
    PART = "part"  # some of it is charged
    EMPTY = "empty"  # all charged or given back


@dataclass(frozen=True, slots=True)
class Legal:
    """What may stand beside a reservation in some state; nothing else may.

    `gpus`: has as many leases as it asked for GPUs (True), none (False), or either (None).
    """

    leases: frozenset[LeaseState]
    parts: frozenset[Observed]
    money: frozenset[Money]
    gpus: bool | None


_NOTHING = Legal(frozenset(), frozenset(), frozenset({Money.NONE}), gpus=False)
_ANY = frozenset(Observed)
_GIVEN_BACK = frozenset({LeaseState.RELEASED})
_OVER = frozenset({LeaseState.ENDED, LeaseState.RELEASED})
_EMPTY = frozenset({Money.EMPTY})

#: Read from above: reservation, and beside it leases, what nodes said of its parts, and money.
#: What a node says may come late, so after the end it may be anything.
COMBINATIONS: dict[State, Legal] = {
    State.REQUESTED: _NOTHING,
    State.CLEARED: _NOTHING,
    State.REFUSED: _NOTHING,
    State.PINNED: Legal(
        frozenset({LeaseState.HELD}),
        frozenset({Observed.PENDING}),
        frozenset({Money.NONE}),
        gpus=True,
    ),
    State.HELD: Legal(
        frozenset({LeaseState.HELD}),
        frozenset({Observed.PENDING}),
        frozenset({Money.WHOLE}),
        gpus=True,
    ),
    State.CONFIRMED: Legal(
        frozenset({LeaseState.CONFIRMED}),
        frozenset({Observed.PENDING, Observed.STARTING}),
        frozenset({Money.WHOLE}),
        gpus=True,
    ),
    # what a node must not be told of, it does not speak of
    State.PAYMENT_DUE: Legal(
        frozenset({LeaseState.CONFIRMED}),
        frozenset({Observed.PENDING}),
        frozenset({Money.WHOLE}),
        gpus=True,
    ),
    State.ACTIVE: Legal(
        frozenset({LeaseState.CONFIRMED, LeaseState.ACTIVE, LeaseState.ENDED}),
        _ANY,
        frozenset({Money.WHOLE, Money.PART, Money.EMPTY}),
        gpus=True,
    ),
    State.ENDED: Legal(_OVER, _ANY, frozenset({Money.WHOLE, Money.PART, Money.EMPTY}), gpus=True),
    State.SETTLED: Legal(_OVER, _ANY, _EMPTY, gpus=True),
    State.EXPIRED: Legal(_GIVEN_BACK, _ANY, frozenset({Money.NONE, Money.EMPTY}), gpus=True),
    State.CANCELLED: Legal(_GIVEN_BACK, _ANY, frozenset({Money.NONE, Money.EMPTY}), gpus=None),
    State.FAILED: Legal(_GIVEN_BACK, _ANY, _EMPTY, gpus=True),
}
