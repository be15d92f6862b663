from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from marketplace.accounts.models import Organisation, User
from marketplace.core.models import Record
from marketplace.notices.kinds import CODES
from marketplace.notices.models import Notice

from .states import DeliveryState, EndpointState

#: what a test event is called
TEST = "webhook.test"


class EndpointQuerySet(models.QuerySet["Endpoint"]):
    def kept(self) -> Self:
        return self.filter(removed_at__isnull=True)

    def open(self) -> Self:
        return self.kept().filter(paused_at__isnull=True)


class Endpoint(Record):
    """Where an organisation wants to be told by a program. Its secrets are sealed."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="endpoints")
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    url = models.CharField(max_length=500)
    note = models.CharField(max_length=120, blank=True, help_text="what it is for")
    kinds = ArrayField(models.CharField(max_length=40), help_text="of notices.kinds")
    secret = models.BinaryField()
    old_secret = models.BinaryField(null=True, blank=True)
    old_secret_until = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0, help_text="since it last took something")
    rest_until = models.DateTimeField(null=True, blank=True, help_text="not tried before")
    paused_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = EndpointQuerySet.as_manager()

    class Meta:
        verbose_name = "webhook"
        constraints = [
            models.CheckConstraint(
                condition=Q(url__startswith="https://") | Q(url__startswith="http://"),
                name="endpoint_speaks_http",
            ),
            models.CheckConstraint(
                condition=Q(kinds__contained_by=list(CODES)) & Q(kinds__len__gt=0),
                name="endpoint_kinds_known",
            ),
            models.CheckConstraint(
                condition=Q(old_secret__isnull=True, old_secret_until__isnull=True)
                | Q(old_secret__isnull=False, old_secret_until__isnull=False),
                name="endpoint_old_secret_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"webhook {self.public_id}"

    @property
    def state(self) -> str:
        return EndpointState.PAUSED if self.paused_at else EndpointState.ACTIVE


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, *, at: datetime) -> Self:
        """Waiting and due, or claimed by a sender that did not come back; not while paused.

        An endpoint that failed rests, so that a slow one does not keep senders from others; a test
        is sent all the same. All is asked of the row itself or by subquery, so that an UPDATE that
        waited for another sender asks anew.
        """
        waiting = Q(state=DeliveryState.PENDING, next_at__lte=at)
        abandoned = Q(state=DeliveryState.SENDING, claimed_until__lte=at)
        open_ = Endpoint.objects.open()
        awake = open_.filter(Q(rest_until__isnull=True) | Q(rest_until__lte=at))
        wanted = Q(endpoint__in=awake) | Q(kind=TEST, endpoint__in=open_)
        return self.filter(wanted, waiting | abandoned)


class Delivery(Record):
    """Outbox: one event for one endpoint. Its public id is the webhook-id, the same at each try."""

    endpoint = models.ForeignKey(Endpoint, models.PROTECT, related_name="deliveries")
    notice = models.ForeignKey(
        Notice, models.PROTECT, null=True, blank=True, related_name="+", help_text="empty: a test"
    )
    kind = models.CharField(max_length=40)
    body = models.TextField(help_text="what is signed and sent, byte by byte")
    state = models.CharField(max_length=16, choices=DeliveryState, default=DeliveryState.PENDING)
    since = models.DateTimeField(help_text="tried from then; anew when somebody asks again")
    tries = models.PositiveSmallIntegerField(default=0, help_text="since then")
    next_at = models.DateTimeField()
    claim = models.UUIDField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(
                "next_at",
                condition=Q(state__in=[DeliveryState.PENDING, DeliveryState.SENDING]),
                name="delivery_due",
            ),
            models.Index(fields=["endpoint", "-id"], name="delivery_by_endpoint"),
        ]
        constraints = [
            models.UniqueConstraint("endpoint", "notice", name="delivery_once"),
            models.CheckConstraint(
                condition=Q(state__in=DeliveryState.values), name="delivery_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="sending", claim__isnull=False, claimed_until__isnull=False)
                | (~Q(state="sending") & Q(claim__isnull=True, claimed_until__isnull=True)),
                name="delivery_claimed_while_sent",
            ),
            models.CheckConstraint(
                condition=Q(notice__isnull=False) | Q(kind=TEST), name="delivery_of_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"


class Attempt(models.Model):
    """One request that was made, and how it was answered. Append-only until it is pruned."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="attempts")
    claim = models.UUIDField(unique=True, help_text="of the sender: one request, one row")
    at = models.DateTimeField()
    took_ms = models.PositiveIntegerField()
    status = models.PositiveSmallIntegerField(null=True, help_text="empty: no answer")
    error = models.CharField(max_length=200, blank=True, help_text="why there was no answer")
    answer = models.CharField(max_length=500, blank=True, help_text="how the answer begins")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__isnull=False, error="")
                | (Q(status__isnull=True) & ~Q(error="")),
                name="attempt_answered_or_not",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delivery}: {self.status or self.error}"

    @property
    def taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300
