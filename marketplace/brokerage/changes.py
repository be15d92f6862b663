"""What became of a window after it was booked: made longer, shorter, or given up."""

from typing import Self

from django.db import models
from django.db.models import BigIntegerField, ExpressionWrapper, F, Q

from compliance.models import Decision
from marketplace.accounts.models import User
from marketplace.core.models import Record
from marketplace.core.money import BASIS_POINTS
from marketplace.core.times import moment_text

#: begins the key of a change that no person asked for; no client can send one with a space in it
ROLLED = "roll: "


class WindowChangeQuerySet(models.QuerySet["WindowChange"]):
    def by_hand(self) -> Self:
        """Without those by which what runs until it is stopped has moved on."""
        return self.exclude(idempotency_key__startswith=ROLLED)

    def with_fee(self) -> Self:
        """Those that cost something; `theirs_micro` is the provider's part, as `provider_micro`."""
        share = F("fee_micro") * (BASIS_POINTS - F("reservation__fee_bps")) / BASIS_POINTS
        theirs = ExpressionWrapper(share, output_field=BigIntegerField())
        return self.filter(fee_micro__gt=0).annotate(theirs_micro=theirs)


class WindowChange(Record):
    """A booking whose end moved. Append-only; the database moves no end without one.

    A reservation given up ends where it would have begun, or where it was stopped. One that gives
    way ends after its notice and its paid minimum, or the database refuses the row.
    """

    class Kind(models.TextChoices):
        EXTENDED = "extended"
        SHORTENED = "shortened"
        CANCELLED = "cancelled"  # before it began
        STOPPED = "stopped"  # while it ran
        EVICTED = "evicted"  # interruptible, and gave way: see services.evicting

    reservation = models.ForeignKey("brokerage.Reservation", models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=16, choices=Kind)
    was_until = models.DateTimeField(help_text="when it would have ended")
    until = models.DateTimeField(help_text="when it ends instead")
    fee_micro = models.BigIntegerField(help_text="for the time given up, by the schedule")
    decision = models.ForeignKey(
        Decision, models.PROTECT, null=True, blank=True, related_name="+", help_text="if extended"
    )
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    idempotency_key = models.CharField(max_length=200)
    request_sha256 = models.BinaryField()

    objects = WindowChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("reservation", "idempotency_key", name="change_key_once"),
            models.CheckConstraint(
                condition=Q(kind="extended", until__gt=F("was_until"), decision__isnull=False)
                | Q(
                    kind__in=["shortened", "cancelled", "stopped", "evicted"],
                    until__lt=F("was_until"),
                ),
                name="change_goes_its_way",
            ),
            # only who gives time up pays for it
            models.CheckConstraint(
                condition=Q(fee_micro=0)
                | Q(fee_micro__gt=0) & ~Q(kind__in=["extended", "evicted"]),
                name="change_fee",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reservation} {self.kind} to {moment_text(self.until)}"

    @property
    def provider_micro(self) -> int:
        """Of the fee the provider's part: shared as the price is, rounded down; ours is the rest"""
        return self.fee_micro * (BASIS_POINTS - self.reservation.fee_bps) // BASIS_POINTS
