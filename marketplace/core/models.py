import uuid

from django.db import models
from django.utils.timezone import now

from .showing import code_words


class Record(models.Model):
    """Integer key inside (joins, lock order); public_id outside (URLs, APIs, logs)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        abstract = True


class AuditEvent(Record):
    """Who did what to which object, and why. Append-only: a trigger refuses UPDATE and DELETE."""

    at = models.DateTimeField(db_index=True)
    actor = models.UUIDField(null=True, blank=True, help_text="public id of the user, if a person")
    actor_label = models.CharField(
        max_length=200, help_text="e-mail, node or task name at the time of the act"
    )
    verb = models.CharField(max_length=64)
    subject = models.CharField(max_length=200, help_text="model label and public id")
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["subject", "at"], name="audit_by_subject")]

    def __str__(self) -> str:
        verb = code_words(self.verb)
        return f"{self.at:%Y-%m-%d %H:%M:%SZ} {self.actor_label} {verb} {self.subject}"
