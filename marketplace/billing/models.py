import json
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from marketplace.accounts.models import Organisation, User
from marketplace.brokerage.models import Lease, Reservation
from marketplace.core.models import Record
from marketplace.core.states import Stateful
from marketplace.metering.models import OutageRuling

from .rates import Discount, RateSegment, TermsOffer
from .states import CommandState, TopUpState

__all__ = [
    "Charge",
    "Discount",
    "Invoice",
    "InvoiceLine",
    "RateSegment",
    "Rerating",
    "StripeCommand",
    "StripeEvent",
    "TermsOffer",
    "TopUp",
    "UsageStatement",
]


class TopUp(Record, Stateful):
    """Money a renter asked to move from a card into the wallet. Stripe says what became of it."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="top_ups")
    requested_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    amount_micro = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    payment_method = models.CharField(max_length=64)
    state = models.CharField(max_length=16, choices=TopUpState, default=TopUpState.PENDING)
    failure = models.CharField(max_length=300, blank=True)
    payment_intent = models.CharField(max_length=64, blank=True)
    idempotency_key = models.CharField(max_length=200)
    request_sha256 = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint("organisation", "idempotency_key", name="top_up_key_once"),
            models.UniqueConstraint(
                "payment_intent", condition=~Q(payment_intent=""), name="top_up_intent_once"
            ),
            models.CheckConstraint(condition=Q(amount_micro__gt=0), name="top_up_positive"),
            models.CheckConstraint(
                condition=Q(state__in=TopUpState.values), name="top_up_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"top-up {self.public_id} ({self.state})"


class StripeCommandQuerySet(models.QuerySet["StripeCommand"]):
    def due(self, *, at: datetime) -> Self:
        """Waiting and due, or claimed by a sender that did not come back in time."""
        waiting = Q(state=CommandState.PENDING, next_at__lte=at)
        abandoned = Q(state=CommandState.SENDING, claimed_until__lte=at)
        return self.filter(waiting | abandoned)


class StripeCommand(Record, Stateful):
    """Outbox: a call to Stripe that a business transaction decided on, made after it committed."""

    kind = models.CharField(max_length=40, help_text="name of a function in billing.stripe")
    idempotency_key = models.CharField(max_length=200, unique=True)
    params = models.JSONField()
    top_up = models.ForeignKey(TopUp, models.PROTECT, null=True, related_name="commands")
    state = models.CharField(max_length=16, choices=CommandState, default=CommandState.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)

    objects = StripeCommandQuerySet.as_manager()

    class Meta:
        indexes = [
            # the sender's sweep asks for exactly these
            models.Index(
                fields=["next_at"],
                condition=Q(state__in=[CommandState.PENDING, CommandState.SENDING]),
                name="command_due",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=CommandState.values), name="command_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.idempotency_key} ({self.state})"


class StripeEvent(Record):
    """Inbox: a webhook as it arrived, verified, stored once, handled by a task."""

    event_id = models.CharField(max_length=64, unique=True)
    type = models.CharField(max_length=80)
    object_id = models.CharField(max_length=64)
    raw = models.BinaryField()
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["received_at"], condition=Q(handled_at__isnull=True), name="event_unhandled"
            )
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"

    @property
    def metadata(self) -> dict[str, str]:
        """What we wrote on the object the event is about; the signature covers it."""
        content = json.loads(bytes(self.raw))["data"]["object"]
        return dict(content.get("metadata") or {})


class Charge(Record):
    """What one posting took for one lease under one rate. Append-only.

    charge = due(covered time so far) - charged before, so late or repeated usage cannot mis-bill. A
    negative one gives back what was charged for time that is not billed any more. Each rate keeps a
    cumulative total of its own.
    """

    lease = models.ForeignKey(Lease, models.PROTECT, related_name="charges")
    rate = models.ForeignKey(RateSegment, models.PROTECT, related_name="charges")
    seq = models.PositiveIntegerField(help_text="within lease and rate")
    covered_ms = models.BigIntegerField(help_text="billed so far at this rate, milliseconds")
    total_micro = models.BigIntegerField(help_text="charged so far at this rate")
    amount_micro = models.BigIntegerField()
    provider_micro = models.BigIntegerField()
    fee_micro = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    charged_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index("rate", condition=Q(amount_micro__lt=0), name="charge_given_back"),
        ]
        constraints = [
            models.UniqueConstraint("lease", "rate", "seq", name="charge_seq_once"),
            models.CheckConstraint(condition=~Q(amount_micro=0), name="charge_not_nothing"),
            models.CheckConstraint(
                condition=Q(total_micro__gte=0), name="charge_total_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(amount_micro=F("provider_micro") + F("fee_micro")),
                name="charge_splits_exactly",
            ),
            models.CheckConstraint(
                condition=Q(provider_micro__gte=0, fee_micro__gte=0)
                | Q(provider_micro__lte=0, fee_micro__lte=0),
                name="charge_parts_one_way",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lease} #{self.seq}: {self.amount_micro} {self.currency}"


class Invoice(Record):
    """What one reservation cost, line by line; equals the ledger. Append-only."""

    reservation = models.OneToOneField(Reservation, models.PROTECT, related_name="invoice")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="invoices")
    total_micro = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(total_micro__gte=0), name="invoice_not_negative"),
        ]

    def __str__(self) -> str:
        return f"invoice {self.public_id}"


class InvoiceLine(models.Model):
    """One lease at one rate on an invoice. Append-only."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="lines")
    lease = models.ForeignKey(Lease, models.PROTECT, related_name="invoice_lines")
    rate = models.ForeignKey(RateSegment, models.PROTECT, related_name="+")
    description = models.CharField(max_length=300)
    covered_ms = models.BigIntegerField()
    price_micro_per_gpu_hour = models.BigIntegerField()
    amount_micro = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint("lease", "rate", name="line_once"),
            models.CheckConstraint(condition=Q(amount_micro__gte=0), name="line_not_negative"),
        ]

    def __str__(self) -> str:
        return self.description


class Rerating(Record):
    """A ruling on an outage has been brought into the books. Append-only."""

    ruling = models.OneToOneField(OutageRuling, models.PROTECT, related_name="rerating")
    amount_micro = models.BigIntegerField(help_text="charged with it; negative: given back")
    rated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.ruling}: {self.amount_micro}"


class UsageStatement(Record):
    """The digest of a usage statement as it was first made. Append-only.

    A ruling or a corrected rate makes a new one.

    Its bytes are made anew from evidence whenever somebody asks, and are always these.
    """

    reservation = models.ForeignKey(Reservation, models.PROTECT, related_name="statements")
    revision = models.PositiveIntegerField(help_text="how many rulings and later rates it knows")
    rate_version = models.PositiveIntegerField(default=1, help_text="the highest it knows")
    billed_ms = models.JSONField(help_text="by lease and version of its rate")
    sha256 = models.BinaryField(help_text="of the file")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("reservation", "revision", name="statement_revision_once"),
        ]

    def __str__(self) -> str:
        return f"statement {self.revision} of {self.reservation}"

    @property
    def rulings(self) -> int:
        """How many rulings it takes into account."""
        return self.revision - self.rate_version + 1

    @property
    def hexdigest(self) -> str:
        return bytes(self.sha256).hex()


class Payer(Record):
    """Whom a payment method of an organisation named, each once. Append-only."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="payers")
    fingerprint = models.CharField(max_length=64, help_text="of the card, by Stripe")
    name = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=2, blank=True, help_text="of the billing address")
    card_country = models.CharField(max_length=2, blank=True)
    first_seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organisation",
                "fingerprint",
                "name",
                "country",
                "card_country",
                name="payer_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name or 'no name'}, card of {self.card_country or 'an unknown country'}"
