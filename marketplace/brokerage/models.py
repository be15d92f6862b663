from datetime import datetime
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateTimeRangeField
from django.db import models
from django.db.models import F, Func, Q, Value

from compliance.models import Decision
from marketplace.accounts.models import Organisation, User
from marketplace.catalog.models import Gpu, Machine, Offer
from marketplace.core.models import Record
from marketplace.core.states import Stateful
from marketplace.ledger.models import Hold

from .placement import Together
from .states import LIVE, OPEN, LeaseState, Observed, State

#: the broker has a step to take
WORKABLE = Q(state__in=OPEN) | Q(state=State.HELD, auto_confirm=True)


class ReservationQuerySet(models.QuerySet["Reservation"]):
    def open(self) -> Self:
        return self.filter(state__in=OPEN)

    def workable(self, *, at: datetime) -> Self:
        """The broker has a step to take on these, and no broker is at it."""
        unclaimed = Q(claimed_until__isnull=True) | Q(claimed_until__lte=at)
        return self.filter(unclaimed, WORKABLE)

    def overdue(self, *, at: datetime) -> Self:
        return self.filter(state=State.HELD, hold_expires_at__lte=at)

    def over(self, *, at: datetime) -> Self:
        """Booked or running, and the window has passed."""
        return self.filter(state__in=[State.CONFIRMED, State.ACTIVE], during__endswith__lte=at)


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
        ]
        constraints = [
            models.UniqueConstraint("renter", "idempotency_key", name="reservation_key_once"),
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="reservation_state_known"
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
                    state__in=[State.REQUESTED, State.CLEARED, State.REFUSED, State.CANCELLED],
                ),
                name="reservation_needs_hold",
            ),
        ]

    def __str__(self) -> str:
        return f"reservation {self.public_id} ({self.state})"


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def on(self, machine: Machine) -> Self:
        return self.filter(machine=machine)

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
    started_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    exit_code = models.IntegerField(null=True, blank=True)
    detail = models.CharField(max_length=500, blank=True)
    progress = models.CharField(max_length=200, blank=True, help_text="the step it is at")
    endpoints = models.JSONField(
        default=list, blank=True, help_text="where it is reached; may hold tokens of the renter's"
    )

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("reservation", "machine", name="assignment_once_per_machine"),
            models.CheckConstraint(
                condition=Q(observed__in=Observed.values), name="assignment_observed_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reservation} on {self.machine}"


class LeaseQuerySet(models.QuerySet["Lease"]):
    def live(self) -> Self:
        return self.filter(state__in=LIVE)


class Lease(Record, Stateful):
    """One GPU for one window. While it is live no other live lease of that GPU may overlap it."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="leases")
    gpu = models.ForeignKey(Gpu, models.PROTECT, related_name="leases")
    during = DateTimeRangeField()
    state = models.CharField(max_length=16, choices=LeaseState, default=LeaseState.HELD)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = LeaseQuerySet.as_manager()

    class Meta:
        indexes = [
            # which GPUs are taken in a window, without the leases of the past
            models.Index(
                "gpu",
                include=["during"],
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
                    (F("during"), "&&"),
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
