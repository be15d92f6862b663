from datetime import datetime
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateTimeRangeField
from django.db import models
from django.db.models import F, Func, Q, Value

from compliance.models import Decision
from marketplace.accounts.models import Organisation, User
from marketplace.catalog.models import LONGEST_CLEANING_S, Gpu, Machine, Offer
from marketplace.core.models import Record
from marketplace.core.states import Stateful
from marketplace.ledger.models import Hold

from .changes import WindowChange
from .drifts import Drift, MachineReport
from .keepings import Keeping
from .notices import MachineFailure, Notice
from .placement import Together
from .scores import Reliability
from .states import LIVE, NEVER_RAN, OPEN, SHORT, LeaseState, Observed, State
from .waiting import Waiting

__all__ = [
    "Assignment",
    "Drift",
    "Keeping",
    "Lease",
    "MachineFailure",
    "MachineReport",
    "Notice",
    "Reliability",
    "Reservation",
    "Waiting",
    "WindowChange",
]

#: quotes that one organisation may have pinned at once; the database counts them by their slots
PINS = 5
#: the broker has a step to take
WORKABLE = Q(state__in=OPEN) | Q(state=State.HELD, auto_confirm=True)
#: runs until it is stopped, and its end is to move on
ROLLING = Q(rolls_on=True, state=State.ACTIVE)
#: may be asked to give way, and was not yet
GOING_ON = Q(interruptible=True, evict_at__isnull=True, state__in=[State.CONFIRMED, State.ACTIVE])


class ReservationQuerySet(models.QuerySet["Reservation"]):
    def open(self) -> Self:
        return self.filter(state__in=OPEN)

    def workable(self, *, at: datetime) -> Self:
        """The broker has a step to take on these, and no broker is at it."""
        unclaimed = Q(claimed_until__isnull=True) | Q(claimed_until__lte=at)
        return self.filter(unclaimed, WORKABLE)

    def overdue(self, *, at: datetime) -> Self:
        return self.filter(state__in=SHORT, hold_expires_at__lte=at)

    def over(self, *, at: datetime) -> Self:
        """Booked or running, and the window has passed."""
        return self.filter(state__in=[State.CONFIRMED, State.ACTIVE], during__endswith__lte=at)


class IfLost(models.TextChoices):
    """A renter's standing instruction."""

    ASK = "ask"  # tell me, and wait for the machine until I say otherwise
    END = "end"  # end it, so that nothing is waited for


class RollRefusal(models.TextChoices):
    """Why what runs until it is stopped was not moved on when it was last tried."""

    # or in maintenance
    TAKEN = "taken", "its GPUs are somebody else's after that"
    LONGEST = "longest", "its provider takes no longer bookings"
    # or listed anew, on other terms
    WITHDRAWN = "withdrawn", "its offer was withdrawn"
    UNCLEARED = "uncleared", "not available to your organisation"
    # no list is fresh enough to screen against
    STALE = "stale", "not available at the moment"
    FROZEN = "frozen", "the wallet is frozen"
    MONEY = "money", "the wallet does not cover more time"
    PART = "part", "a part of it has ended"
    LOST = "lost", "a machine of it does not answer"


class Reservation(Record, Stateful):
    """A renter's claim on some GPUs of an offer for a window [start, end), with frozen terms."""

    renter = models.ForeignKey(Organisation, models.PROTECT, related_name="reservations")
    requested_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="reservations")
    gpu_count = models.PositiveIntegerField()
    together = models.CharField(
        max_length=8,
        choices=[(one.value, one.value) for one in Together],
        default=Together.OFFER.value,
        help_text="how close the GPUs must be: see brokerage.placement",
    )
    during = DateTimeRangeField()
    workload = models.JSONField(help_text="what to run: see brokerage.workload")
    auto_confirm = models.BooleanField(default=True)
    if_lost = models.CharField(
        max_length=8,
        choices=IfLost,
        default=IfLost.ASK,
        db_default=IfLost.ASK,
        help_text="what shall become of it when a machine of it is lost while it runs",
    )
    pin_slot = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="asked for as a quote to be pinned; which of its renter's"
    )

    interruptible = models.BooleanField(
        default=False,
        db_default=False,
        help_text="on a bid, its price: gives way, told before, to who pays in full or bids more",
    )
    evict_at = models.DateTimeField(
        null=True, blank=True, help_text="when it gives way, as it was told"
    )
    rolling = models.BooleanField(
        default=False,
        db_default=False,
        help_text="asked for until it is stopped: its end moves on by itself, and binds nobody",
    )
    rolls_on = models.BooleanField(
        default=False, db_default=False, help_text="whether its renter still wants that"
    )
    roll_refused = models.CharField(
        max_length=16,
        choices=RollRefusal,
        blank=True,
        default="",
        db_default="",
        help_text="why it was not moved on when that was last tried; empty: it was",
    )

    resumes = models.ForeignKey(
        Keeping,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="resumed_by",
        help_text="whose workspace it goes on with",
    )

    price_micro_per_gpu_hour = models.BigIntegerField()
    fee_bps = models.PositiveIntegerField(help_text="the platform's share in 1/10,000")
    currency = models.CharField(max_length=3)

    state = models.CharField(max_length=16, choices=State, default=State.REQUESTED)
    reason = models.CharField(max_length=300, blank=True, help_text="why it was refused or ended")
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, blank=True, related_name="+")
    hold = models.OneToOneField(Hold, models.PROTECT, null=True, blank=True, related_name="+")
    hold_expires_at = models.DateTimeField(null=True, blank=True)
    booked_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="when it was last held or confirmed; the decision was in force then",
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    due_micro = models.BigIntegerField(
        default=0,
        db_default=0,
        help_text="of its cost what is not set aside yet; nothing runs before it is",
    )
    pay_by = models.DateTimeField(
        null=True, blank=True, help_text="it could not be taken, and is waited for until then"
    )
    claimed_until = models.DateTimeField(
        null=True, blank=True, help_text="a broker works on it; another may take over after this"
    )

    idempotency_key = models.CharField(max_length=200)
    request_sha256 = models.BinaryField()

    objects = ReservationQuerySet.as_manager()

    class Meta:
        indexes = [
            # the broker's sweep asks for exactly these
            models.Index("id", condition=WORKABLE, name="reservation_workable"),
            # every request that finds no room asks whether there are any
            models.Index("id", condition=GOING_ON, name="reservation_going_on"),
            models.Index("id", condition=ROLLING, name="reservation_rolling"),
        ]
        constraints = [
            models.UniqueConstraint("renter", "idempotency_key", name="reservation_key_once"),
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="reservation_state_known"
            ),
            models.CheckConstraint(
                condition=Q(if_lost__in=IfLost.values), name="reservation_if_lost_known"
            ),
            models.CheckConstraint(condition=Q(gpu_count__gt=0), name="reservation_gpus_positive"),
            models.CheckConstraint(
                condition=Q(together__in=[one.value for one in Together]),
                name="reservation_together_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    during__isempty=False,
                    during__lower_inf=False,
                    during__upper_inf=False,
                    during__lower_inc=True,
                    during__upper_inc=False,
                ),
                name="reservation_window_bounded",
            ),
            models.CheckConstraint(
                condition=Q(price_micro_per_gpu_hour__gt=0), name="reservation_price_positive"
            ),
            models.CheckConstraint(
                condition=Q(fee_bps__lte=10_000), name="reservation_fee_within_price"
            ),
            models.UniqueConstraint(
                "renter",
                "pin_slot",
                condition=Q(state__in=[*OPEN, State.PINNED]),
                name="reservation_pin_slot_once",
            ),
            models.CheckConstraint(
                # IS NOT NULL said besides, because what is unknown passes a CHECK
                condition=Q(pin_slot__isnull=False, pin_slot__gte=1, pin_slot__lte=PINS)
                | Q(pin_slot__isnull=True) & ~Q(state=State.PINNED),
                name="reservation_pin_has_slot",
            ),
            # what is set aside for a while says until when
            models.CheckConstraint(
                condition=Q(hold_expires_at__isnull=False) | ~Q(state=State.PINNED),
                name="reservation_pin_runs_out",
            ),
            # for what is free on one machine this moment, so never a quote
            models.CheckConstraint(
                condition=Q(interruptible=False)
                | Q(interruptible=True, pin_slot__isnull=True, together=Together.OFFER.value),
                name="reservation_interruptible_is_plain",
            ),
            # who was told to give way stays no longer, and nobody else is told
            models.CheckConstraint(
                condition=Q(evict_at__isnull=True)
                | Q(
                    evict_at__isnull=False,
                    interruptible=True,
                    during__endswith__lte=F("evict_at"),
                ),
                name="reservation_gives_way",
            ),
            # binds neither side, so it is no quote, no bid and nothing that is paid later
            models.CheckConstraint(
                condition=Q(rolling=False)
                | Q(
                    rolling=True,
                    interruptible=False,
                    pin_slot__isnull=True,
                    due_micro=0,
                    auto_confirm=True,
                ),
                name="reservation_rolling_is_plain",
            ),
            models.CheckConstraint(
                condition=Q(rolling=True) | Q(rolls_on=False, roll_refused=""),
                name="reservation_rolls_as_asked",
            ),
            models.CheckConstraint(
                condition=Q(roll_refused__in=["", *RollRefusal.values]),
                name="reservation_roll_refused_known",
            ),
            # it lies on one machine, so it is for what is booked there, and by nobody else
            models.CheckConstraint(
                condition=Q(resumes__isnull=True)
                | Q(resumes__isnull=False, together=Together.OFFER.value),
                name="reservation_resumes_in_place",
            ),
            models.UniqueConstraint(
                "resumes",
                condition=~Q(state__in=NEVER_RAN),
                name="reservation_resumes_alone",
            ),
            # nothing runs unpaid, and what is due is said until when
            models.CheckConstraint(
                condition=Q(due_micro=0)
                | Q(due_micro__gt=0, interruptible=False, pin_slot__isnull=True)
                & ~Q(state__in=[State.ACTIVE, State.ENDED, State.SETTLED]),
                name="reservation_runs_paid",
            ),
            models.CheckConstraint(
                condition=Q(state=State.PAYMENT_DUE, due_micro__gt=0, pay_by__isnull=False)
                | ~Q(state=State.PAYMENT_DUE) & Q(pay_by__isnull=True),
                name="reservation_payment_due",
            ),
            # nothing is held or run without a finished decision
            models.CheckConstraint(
                condition=Q(decision__isnull=False)
                | Q(state__in=[State.REQUESTED, State.REFUSED, State.CANCELLED]),
                name="reservation_needs_decision",
            ),
            # nothing is held or run without money set aside
            models.CheckConstraint(
                condition=Q(hold__isnull=False)
                | Q(
                    state__in=[
                        State.REQUESTED,
                        State.CLEARED,
                        State.PINNED,
                        State.REFUSED,
                        State.EXPIRED,
                        State.CANCELLED,
                    ],
                ),
                name="reservation_needs_hold",
            ),
        ]

    def __str__(self) -> str:
        return f"reservation {self.public_id} ({self.get_state_display().lower()})"


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def on(self, machine: Machine) -> Self:
        return self.filter(machine=machine)

    def wanted(self) -> Self:
        """Without those for which another machine stands in."""
        return self.filter(withdrawn_at__isnull=True)

    def unfinished(self) -> Self:
        return self.exclude(observed__in=[Observed.STOPPED, Observed.FAILED])


class Assignment(Record):
    """A reservation's part on one machine: the unit that a node starts and stops.

    `generation` rises with every change of what we want; the node acts on the highest it has seen.
    """

    reservation = models.ForeignKey(Reservation, models.PROTECT, related_name="assignments")
    machine = models.ForeignKey(Machine, models.PROTECT, related_name="assignments")
    generation = models.PositiveIntegerField(default=1)
    observed = models.CharField(max_length=16, choices=Observed, default=Observed.PENDING)
    withdrawn_at = models.DateTimeField(
        null=True, blank=True, help_text="when another machine took its place"
    )
    started_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    exit_code = models.IntegerField(null=True, blank=True)
    detail = models.CharField(max_length=500, blank=True)
    progress = models.CharField(max_length=200, blank=True, help_text="the step it is at")
    endpoints = models.JSONField(
        default=list, blank=True, help_text="where it is reached; may hold tokens of the renter's"
    )
    workspace_bytes = models.BigIntegerField(
        null=True, blank=True, help_text="what of the disk is set aside for it, said once"
    )
    #: no column; `services.desired` says until when its workspace is kept once it is over
    keep_until: datetime | None = None

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("reservation", "machine", name="assignment_once_per_machine"),
            # who stands in begins anew; what has begun is not taken away
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(started_at__isnull=True),
                name="assignment_withdrawn_before_start",
            ),
            models.CheckConstraint(
                condition=Q(observed__in=Observed.values), name="assignment_observed_known"
            ),
            models.CheckConstraint(
                condition=Q(workspace_bytes__isnull=True) | Q(workspace_bytes__gt=0),
                name="assignment_workspace_has_a_size",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reservation} on {self.machine}"


def _range(function: str) -> Func:
    """A range made of a lease's window and its cleaning, by a function of the database."""
    of = (F("during"), F("cleaning_s"))
    return Func(*of, function=function, output_field=DateTimeRangeField())


class LeaseQuerySet(models.QuerySet["Lease"]):
    def live(self) -> Self:
        return self.filter(state__in=LIVE)

    def barring(self, start: datetime, end: datetime) -> Self:
        """Those that leave no room on their GPU for a like lease in [start, end)."""
        within = Q(during__overlap=(start, end))
        # the many without cleaning are told by their window alone
        cleaned = Q(cleaning_s__gt=0, apart__overlap=(start, end))
        return self.alias(apart=_range("brokerage_apart")).filter(within | cleaned)


class Lease(Record, Stateful):
    """One GPU for one window. While it is live no other live lease of that GPU may overlap it,
    or the cleaning after it.
    """

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="leases")
    gpu = models.ForeignKey(Gpu, models.PROTECT, related_name="leases")
    during = DateTimeRangeField()
    cleaning_s = models.PositiveIntegerField(
        default=0,
        db_default=0,
        help_text="after it nobody else's for so many seconds, as its offer said",
    )
    state = models.CharField(max_length=16, choices=LeaseState, default=LeaseState.HELD)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = LeaseQuerySet.as_manager()

    class Meta:
        indexes = [
            # which GPUs are taken in a window, without the leases of the past
            models.Index(
                "gpu",
                include=["during", "cleaning_s"],
                condition=Q(state__in=LIVE),
                name="lease_live",
            ),
        ]
        constraints = [
            # int8range because the embedded server has no btree_gist; [id, id] is one integer
            ExclusionConstraint(
                name="lease_gpu_sold_once",
                expressions=[
                    (
                        Func(
                            F("gpu"),
                            F("gpu"),
                            Value("[]"),
                            function="int8range",
                            output_field=BigIntegerRangeField(),
                        ),
                        "&&",
                    ),
                    (_range("brokerage_occupied"), "&&"),
                ],
                condition=Q(state__in=LIVE),
            ),
            models.UniqueConstraint("assignment", "gpu", name="lease_once_per_assignment"),
            models.CheckConstraint(
                condition=Q(state__in=LeaseState.values), name="lease_state_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    during__isempty=False, during__lower_inf=False, during__upper_inf=False
                ),
                name="lease_window_bounded",
            ),
            models.CheckConstraint(
                condition=Q(cleaning_s__lte=LONGEST_CLEANING_S), name="lease_cleaning"
            ),
            models.CheckConstraint(
                condition=Q(started_at__isnull=False)
                | ~Q(state__in=[LeaseState.ACTIVE, LeaseState.ENDED]),
                name="lease_started_before_active",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="lease_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"lease {self.public_id} ({self.state})"
