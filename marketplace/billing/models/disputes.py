"""Disputes between a renter and the provider of what it rented, with deadlines for both sides."""

from django.db import models
from django.db.models import F, Q

from marketplace.accounts.models import Organisation, User
from marketplace.billing.states import RENTAL_DISPUTE_OPEN, RentalDisputeState
from marketplace.brokerage.models import Reservation
from marketplace.core.models import Record
from marketplace.core.states import Stateful

from .credits import CreditNote, Fault


class RentalDispute(Record, Stateful):
    """A renter's claim about a reservation, the provider's answer, and the ruling of staff."""

    reservation = models.ForeignKey(Reservation, models.PROTECT, related_name="disputes")
    renter = models.ForeignKey(Organisation, models.PROTECT, related_name="disputes_raised")
    provider = models.ForeignKey(Organisation, models.PROTECT, related_name="disputes_answered")
    claim = models.TextField(max_length=4000)
    claimed_micro = models.BigIntegerField(help_text="what the renter wants back")
    currency = models.CharField(max_length=3)
    state = models.CharField(
        max_length=16, choices=RentalDisputeState, default=RentalDisputeState.OPEN
    )
    raised_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    decide_by = models.DateTimeField()
    fault = models.CharField(max_length=16, choices=Fault, blank=True)
    granted_micro = models.BigIntegerField(null=True, blank=True)
    ruling = models.CharField(max_length=500, blank=True, help_text="shown to both sides")
    ruled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ruled_at = models.DateTimeField(null=True, blank=True)
    credit_note = models.OneToOneField(
        CreditNote, models.PROTECT, null=True, blank=True, related_name="dispute"
    )
    idempotency_key = models.CharField(max_length=200)
    request_sha256 = models.BinaryField()

    class Meta:
        indexes = [
            # the sweep of deadlines asks for exactly these
            models.Index(
                fields=["decide_by"],
                condition=Q(state__in=RENTAL_DISPUTE_OPEN),
                name="rental_dispute_open",
            )
        ]
        constraints = [
            models.UniqueConstraint("renter", "idempotency_key", name="rental_dispute_key_once"),
            models.UniqueConstraint(
                "reservation",
                condition=Q(state__in=RENTAL_DISPUTE_OPEN),
                name="rental_dispute_one_open",
            ),
            models.CheckConstraint(
                condition=Q(state__in=RentalDisputeState.values), name="rental_dispute_state_known"
            ),
            models.CheckConstraint(
                condition=Q(claimed_micro__gt=0), name="rental_dispute_claims_something"
            ),
            models.CheckConstraint(
                condition=Q(raised_at__lt=F("answer_by"), answer_by__lt=F("decide_by")),
                name="rental_dispute_deadlines",
            ),
            # what is upheld has a note over what was granted; nothing else has
            models.CheckConstraint(
                condition=Q(
                    state=RentalDisputeState.UPHELD,
                    credit_note__isnull=False,
                    granted_micro__gt=0,
                    granted_micro__lte=F("claimed_micro"),
                    ruled_by__isnull=False,
                )
                | Q(
                    ~Q(state=RentalDisputeState.UPHELD),
                    credit_note__isnull=True,
                    granted_micro__isnull=True,
                ),
                name="rental_dispute_upheld_by_note",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[RentalDisputeState.UPHELD, RentalDisputeState.REFUSED])
                | Q(~Q(ruling=""), ruled_by__isnull=False, ruled_at__isnull=False),
                name="rental_dispute_ruled_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"dispute {self.public_id} ({self.get_state_display().lower()})"

    @property
    def is_open(self) -> bool:
        return self.state in RENTAL_DISPUTE_OPEN


class DisputeEntry(Record):
    """What a side, or the system, put on record in a dispute. Append-only."""

    class Side(models.TextChoices):
        RENTER = "renter"
        PROVIDER = "provider"
        STAFF = "staff"
        SYSTEM = "system"

    dispute = models.ForeignKey(RentalDispute, models.PROTECT, related_name="entries")
    side = models.CharField(max_length=16, choices=Side)
    text = models.TextField(max_length=4000)
    evidence = models.JSONField(default=dict, help_text="what our own records said then")
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "dispute entries"
        constraints = [
            models.CheckConstraint(
                condition=Q(side__in=["renter", "provider", "staff", "system"]),
                name="dispute_side_known",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="dispute_entry_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.side}: {self.text[:40]}"
