from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from marketplace.accounts.models import User
from marketplace.catalog.models import Machine
from marketplace.core.models import Record
from marketplace.core.times import moment_text


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
    """An enrolled agent: whoever holds its key speaks for a machine."""

    machine = models.ForeignKey(Machine, models.PROTECT, related_name="nodes")
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


class NodeKeyQuerySet(models.QuerySet["NodeKey"]):
    def live(self) -> Self:
        return self.filter(replaced_at__isnull=True)

    def good(self, *, at: datetime) -> Self:
        """What a request may be signed with: the live key, and a replaced one for a short while."""
        return self.filter(Q(replaced_at__isnull=True) | Q(good_until__gt=at))


class NodeKey(Record):
    """A public key of a node. One is live; the one before it is good until the agent has changed.

    `vouched` is the old key's signature over the new one; the first key came with a token instead.
    """

    node = models.ForeignKey(Node, models.PROTECT, related_name="keys")
    public_key = models.BinaryField(unique=True, help_text="Ed25519, 32 bytes raw")
    vouched = models.BinaryField(null=True)
    since = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)
    good_until = models.DateTimeField(null=True, blank=True)

    objects = NodeKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "node", condition=Q(replaced_at__isnull=True), name="node_key_one_live"
            ),
            models.CheckConstraint(
                condition=Q(replaced_at__isnull=True, good_until__isnull=True)
                | Q(
                    replaced_at__isnull=False,
                    good_until__isnull=False,
                    good_until__gte=F("replaced_at"),
                ),
                name="node_key_replaced_has_end",
            ),
        ]

    def __str__(self) -> str:
        return f"key of {self.node} since {moment_text(self.since)}"


class GrantRefusal(Record):
    """What a node was told to run and did not take: its grant was not in order. Evidence."""

    node = models.ForeignKey(Node, models.PROTECT, related_name="grant_refusals")
    assignment = models.UUIDField(help_text="as the node was told; it may be nobody's")
    generation = models.PositiveIntegerField()
    reason = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "node", "assignment", "generation", "reason", name="grant_refusal_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.node} refused {self.assignment}: {self.reason}"


class MachineWish(models.Model):
    """What a machine should know of, as a digest, and how often that changed. Never falls."""

    machine = models.OneToOneField(Machine, models.PROTECT, related_name="wish")
    digest = models.CharField(max_length=32, blank=True)
    version = models.BigIntegerField()
    changed_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "machine wishes"

    def __str__(self) -> str:
        return f"wishes of {self.machine}, version {self.version}"


class NodeBoot(Record):
    """A boot from which a node spoke. One is current; one that was left never comes back.

    `last_seq` never falls: what carries the same or a smaller number was sent before.
    """

    node = models.ForeignKey(Node, models.PROTECT, related_name="boots")
    boot_id = models.UUIDField()
    last_seq = models.BigIntegerField()
    began_at = models.DateTimeField()
    heard_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(
        null=True, blank=True, help_text="spoke again after it was left: a copied disk?"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint("node", "boot_id", name="node_boot_once"),
            models.UniqueConstraint(
                "node", condition=Q(left_at__isnull=True), name="node_boot_one_current"
            ),
        ]

    def __str__(self) -> str:
        return f"boot {self.boot_id} of {self.node}"
