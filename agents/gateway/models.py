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
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = EnrolmentTokenQuerySet.as_manager()

    def __str__(self) -> str:
        return f"token for {self.machine}"


class Node(Record):
    """An enrolled agent: the public key that speaks for a machine."""

    machine = models.ForeignKey(Machine, models.PROTECT, related_name="nodes")
    public_key = models.BinaryField(unique=True, help_text="Ed25519, 32 bytes raw")
    agent_version = models.CharField(max_length=40)
    enrolled_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "machine", condition=Q(revoked_at__isnull=True), name="node_one_per_machine"
            ),
        ]

    def __str__(self) -> str:
        return f"node {self.public_id} of {self.machine}"
