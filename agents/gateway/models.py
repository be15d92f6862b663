from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from marketplace.accounts.models import User
from marketplace.catalog.models import Machine
from marketplace.core.models import Record


class EnrolmentTokenQuerySet(models.QuerySet["EnrolmentToken"]):
    def usable(self, *, at: datetime) -> Self:
        return self.filter(used_at__isnull=True, revoked_at__isnull=True, expires_at__gt=at)


class EnrolmentToken(Record):
    """A secret that lets one machine join, once. Only its SHA-256 is kept."""

    machine = models.ForeignKey(Machine, models.CASCADE, related_name="enrolment_tokens")
    issued_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    token_sha256 = models.BinaryField(unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    used_by_key = models.BinaryField(
        null=True, help_text="public key that used it: it may ask again when the answer was lost"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = EnrolmentTokenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(used_at__isnull=True, used_by_key__isnull=True)
                | Q(used_at__isnull=False, used_by_key__isnull=False),
                name="token_used_by_a_key",
            ),
        ]

    def __str__(self) -> str:
        return f"token for {self.machine}"


class NodeQuerySet(models.QuerySet["Node"]):
    def live(self) -> Self:
        return self.filter(revoked_at__isnull=True)


class Node(Record):
    """An enrolled agent: the public key that speaks for a machine."""

    machine = models.ForeignKey(Machine, models.PROTECT, related_name="nodes")
    public_key = models.BinaryField(unique=True, help_text="Ed25519, 32 bytes raw")
    agent_version = models.CharField(max_length=40)
    enrolled_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = NodeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "machine", condition=Q(revoked_at__isnull=True), name="node_one_per_machine"
            ),
        ]

    def __str__(self) -> str:
        return f"node {self.public_id} of {self.machine}"
