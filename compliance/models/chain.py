from django.db import models
from django.db.models import Q

from compliance import chain


class Content(models.Model):
    """A text that decisions name by its hash: a party's facts, a rulebook. Append-only."""

    sha256 = models.CharField(max_length=64, unique=True)
    text = models.TextField()

    def __str__(self) -> str:
        return self.sha256


class ChainLink(models.Model):
    """One sealed row of evidence, bound to all that were sealed before it. Append-only."""

    seq = models.BigIntegerField(unique=True)
    kind = models.CharField(max_length=16)
    subject = models.UUIDField(help_text="public id of the row")
    payload_sha256 = models.CharField(max_length=64)
    prev_sha256 = models.CharField(max_length=64, unique=True)
    sha256 = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("kind", "subject", name="link_once_per_row"),
            models.CheckConstraint(condition=Q(seq__gt=0), name="link_seq_positive"),
        ]

    def __str__(self) -> str:
        return f"link {self.seq}: {self.kind} {self.subject}"

    @property
    def computed_sha256(self) -> str:
        """The hash that the link's own columns give; another than `sha256` is a forgery."""
        hashed = chain.link(
            seq=self.seq,
            kind=self.kind,
            subject=self.subject,
            payload_sha256=self.payload_sha256,
            prev_sha256=self.prev_sha256,
            sealed_at=self.sealed_at,
        )
        return chain.sha256(chain.canonical(hashed))


class Unsealed(models.Model):
    """A row of evidence that waits for its link; put here by a trigger, in its own transaction."""

    kind = models.CharField(max_length=16)
    subject = models.UUIDField()
    since = models.DateTimeField()

    class Meta:
        verbose_name_plural = "unsealed"
        constraints = [
            models.UniqueConstraint("kind", "subject", name="unsealed_once_per_row"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
