"""Workspaces that are kept on their machine after a rental, and paid for while they are."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import BigIntegerField, ExpressionWrapper, F, Q

from marketplace.accounts.models import User
from marketplace.catalog.models import MOST_KEEP_MICRO, Machine
from marketplace.core.models import Record
from marketplace.core.money import BASIS_POINTS
from marketplace.core.states import Moves, Stateful
from marketplace.core.times import moment_text
from marketplace.ledger.models import Hold

#: longest time that a workspace is kept, hours: 30 days
MOST_HOURS = 720
#: 32 TiB: so that size, price and time multiply within a bigint
MOST_GIB = 32_768
#: what a GiB-hour has of milliseconds
HOUR_MS = 3_600_000


class KeepingState(models.TextChoices):
    """Of a workspace that is to outlive its rental. What each one means for money beside it."""

    WANTED = "wanted"  # the rental still runs; all that it may cost is held
    KEPT = "kept"  # it lies on the machine; all that it may cost is held
    ENDED = "ended"  # wiped, taken over by another rental, or lost; charged, the rest given back
    DROPPED = "dropped"  # it was never kept; everything given back


KEEPING_MOVES: Moves = {
    KeepingState.WANTED: frozenset({KeepingState.KEPT, KeepingState.DROPPED}),
    KeepingState.KEPT: frozenset({KeepingState.ENDED}),
    KeepingState.ENDED: frozenset(),
    KeepingState.DROPPED: frozenset(),
}

#: money is set aside for these
KEEPING_LIVE = (KeepingState.WANTED, KeepingState.KEPT)


class Outcome(models.TextChoices):
    """How the keeping of a workspace ended."""

    RESUMED = "resumed", "another rental goes on with it"
    DELETED = "deleted", "its renter had it deleted"
    EXPIRED = "expired", "its time is over"
    # costs nothing
    LOST = "lost", "its machine does not have it any more"
    REFUSED = "refused", "not available to your organisation"


class KeepingQuerySet(models.QuerySet["Keeping"]):
    def live(self) -> Self:
        return self.filter(state__in=KEEPING_LIVE)

    def kept_on(self, machine: Machine) -> Self:
        return self.filter(state=KeepingState.KEPT, assignment__machine=machine)

    def charged(self) -> Self:
        """Those that cost something; `theirs_micro` is the provider's part, as `provider_micro`."""
        share = F("due_micro") * (BASIS_POINTS - F("fee_bps")) / BASIS_POINTS
        theirs = ExpressionWrapper(share, output_field=BigIntegerField())
        charged = self.filter(state=KeepingState.ENDED, due_micro__gt=0)
        return charged.annotate(theirs_micro=theirs)


class Keeping(Record, Stateful):
    """A renter's wish that a rental's workspace outlives it, for so many hours at most.

    It costs its size, which is set aside whole, by the hour, for as long as its machine answers.
    All that it may cost is held beforehand. Once over it is evidence: nothing of it changes.
    """

    reservation = models.ForeignKey(
        "brokerage.Reservation", models.PROTECT, related_name="keepings"
    )
    assignment = models.ForeignKey("brokerage.Assignment", models.PROTECT, related_name="keepings")
    hours = models.BigIntegerField(help_text="for so long after the rental, at most")
    gib = models.PositiveIntegerField(help_text="what its disk sets aside, GiB, rounded up")
    price_micro_per_gib_hour = models.BigIntegerField()
    fee_bps = models.PositiveIntegerField(help_text="the platform's share in 1/10,000")
    currency = models.CharField(max_length=3)
    hold = models.OneToOneField(Hold, models.PROTECT, related_name="+")

    state = models.CharField(max_length=16, choices=KeepingState, default=KeepingState.WANTED)
    outcome = models.CharField(max_length=16, choices=Outcome, blank=True, default="")
    kept_from = models.DateTimeField(
        null=True, blank=True, help_text="when its machine first said that it keeps it"
    )
    until = models.DateTimeField(null=True, blank=True, help_text="then it is wiped")
    looked_at = models.DateTimeField(
        null=True, blank=True, help_text="up to when it is known whether its machine answered"
    )
    answered_ms = models.BigIntegerField(
        default=0, help_text="for so long, since it is kept, its machine answered"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    due_micro = models.BigIntegerField(default=0, help_text="what it cost, once it is over")

    wanted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    idempotency_key = models.CharField(max_length=200)
    request_sha256 = models.BinaryField()

    objects = KeepingQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index("id", condition=Q(state__in=KEEPING_LIVE), name="keeping_live"),
        ]
        constraints = [
            models.UniqueConstraint("reservation", "idempotency_key", name="keeping_key_once"),
            models.UniqueConstraint(
                "reservation",
                condition=~Q(state=KeepingState.DROPPED),
                name="keeping_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=KeepingState.values), name="keeping_state_known"
            ),
            models.CheckConstraint(
                condition=Q(hours__gte=1, hours__lte=MOST_HOURS), name="keeping_hours"
            ),
            models.CheckConstraint(
                condition=Q(gib__gte=1, gib__lte=MOST_GIB), name="keeping_has_a_size"
            ),
            models.CheckConstraint(
                condition=Q(
                    price_micro_per_gib_hour__gt=0, price_micro_per_gib_hour__lte=MOST_KEEP_MICRO
                ),
                name="keeping_price",
            ),
            models.CheckConstraint(
                condition=Q(fee_bps__lte=10_000), name="keeping_fee_within_price"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[KeepingState.KEPT, KeepingState.ENDED],
                    kept_from__isnull=False,
                    looked_at__isnull=False,
                    until__isnull=False,
                    until__gt=F("kept_from"),
                    looked_at__gte=F("kept_from"),
                    looked_at__lte=F("until"),
                )
                | Q(
                    state__in=[KeepingState.WANTED, KeepingState.DROPPED],
                    kept_from__isnull=True,
                    looked_at__isnull=True,
                    until__isnull=True,
                    answered_ms=0,
                ),
                name="keeping_kept_from_until",
            ),
            # nobody pays for more time than there was, or than was agreed
            models.CheckConstraint(
                condition=Q(answered_ms__gte=0, answered_ms__lte=F("hours") * HOUR_MS),
                name="keeping_answered",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[KeepingState.ENDED, KeepingState.DROPPED], ended_at__isnull=False
                )
                | Q(state__in=KEEPING_LIVE, ended_at__isnull=True, outcome="", due_micro=0),
                name="keeping_ends",
            ),
            models.CheckConstraint(
                condition=Q(state=KeepingState.ENDED, outcome__in=Outcome.values)
                | ~Q(state=KeepingState.ENDED) & Q(outcome="", due_micro=0),
                name="keeping_has_an_outcome",
            ),
            models.CheckConstraint(
                condition=Q(outcome=Outcome.LOST, due_micro=0)
                | ~Q(outcome=Outcome.LOST)
                & Q(
                    due_micro__gte=0,
                    due_micro__lte=F("gib")
                    * F("price_micro_per_gib_hour")
                    * F("answered_ms")
                    / HOUR_MS,
                ),
                name="keeping_due",
            ),
        ]

    def __str__(self) -> str:
        until = f" until {moment_text(self.until)}" if self.until else ""
        return f"workspace of {self.reservation_id}, {self.get_state_display().lower()}{until}"

    @property
    def most_micro(self) -> int:
        """What it costs at most, micro-units: kept for all its hours."""
        return self.gib * self.price_micro_per_gib_hour * self.hours

    @property
    def so_far_micro(self) -> int:
        """What it costs by now, rounded down once; or cost in the end, micro-units."""
        if self.ended_at is not None:
            return self.due_micro
        return self.gib * self.price_micro_per_gib_hour * self.answered_ms // HOUR_MS

    @property
    def provider_micro(self) -> int:
        """Of what it cost the provider's part: rounded down; ours is the rest."""
        return self.due_micro * (BASIS_POINTS - self.fee_bps) // BASIS_POINTS

    @property
    def length(self) -> timedelta:
        return timedelta(hours=self.hours)
