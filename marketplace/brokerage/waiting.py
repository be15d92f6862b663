"""Requests that cannot be met now and may wait."""

from django.db import models
from django.db.models import F, Q

from compliance.models import ChipModel
from marketplace.accounts.models import Organisation, User
from marketplace.core.models import Record
from marketplace.core.states import Stateful

from .placement import Together
from .states import WaitState

#: requests of one organisation that may wait at once; the database counts them by their slots
WAITS = 10


class Waiting(Record, Stateful):
    """GPUs of a model, wanted at a price up to a limit, to start in [earliest, latest].

    Its place in the line is by `created_at`; see brokerage.queueing. Nothing is set aside for it.
    """

    renter = models.ForeignKey(Organisation, models.PROTECT, related_name="waiting")
    requested_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    chip = models.ForeignKey(ChipModel, models.PROTECT, related_name="+")
    gpu_count = models.PositiveIntegerField()
    together = models.CharField(
        max_length=8,
        choices=[(one.value, one.value) for one in Together],
        default=Together.OFFER.value,
    )
    country = models.CharField(max_length=2, blank=True, help_text="of the site; empty: any")
    length_s = models.PositiveIntegerField()
    earliest = models.DateTimeField()
    latest = models.DateTimeField(help_text="it must have started by then; afterwards it lapses")
    limit_micro_per_gpu_hour = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    workload = models.JSONField()

    state = models.CharField(max_length=16, choices=WaitState, default=WaitState.WAITING)
    reason = models.CharField(max_length=300, blank=True, help_text="what stands in the way")
    slot = models.PositiveSmallIntegerField(help_text="which of its renter's")
    reservation = models.OneToOneField(
        "brokerage.Reservation", models.PROTECT, null=True, blank=True, related_name="waited"
    )
    tries = models.PositiveIntegerField(default=0, help_text="reservations made for it")
    ended_at = models.DateTimeField(null=True, blank=True)

    idempotency_key = models.CharField(max_length=200)
    request_sha256 = models.BinaryField()

    class Meta:
        verbose_name = "place in line"
        verbose_name_plural = "places in line"
        indexes = [
            models.Index(
                "chip", "created_at", condition=Q(state=WaitState.WAITING), name="waiting_in_line"
            ),
        ]
        constraints = [
            models.UniqueConstraint("renter", "idempotency_key", name="waiting_key_once"),
            models.UniqueConstraint(
                "renter", "slot", condition=Q(state=WaitState.WAITING), name="waiting_slot_once"
            ),
            models.CheckConstraint(
                condition=Q(slot__gte=1, slot__lte=WAITS), name="waiting_slot_within"
            ),
            models.CheckConstraint(
                condition=Q(state__in=WaitState.values), name="waiting_state_known"
            ),
            models.CheckConstraint(
                condition=Q(together__in=[one.value for one in Together]),
                name="waiting_together_known",
            ),
            models.CheckConstraint(
                condition=Q(gpu_count__gt=0, length_s__gt=0, limit_micro_per_gpu_hour__gt=0),
                name="waiting_amounts_positive",
            ),
            models.CheckConstraint(
                condition=Q(latest__gte=F("earliest")), name="waiting_window_in_order"
            ),
            # served is what has a reservation, and nothing else
            models.CheckConstraint(
                condition=Q(state=WaitState.SERVED, reservation__isnull=False)
                | ~Q(state=WaitState.SERVED) & Q(reservation__isnull=True),
                name="waiting_served_has_reservation",
            ),
        ]

    def __str__(self) -> str:
        return (
            f"{self.gpu_count} \N{MULTIPLICATION SIGN} {self.chip} for {self.renter} ({self.state})"
        )
