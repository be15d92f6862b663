from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from marketplace.core.models import Record
from marketplace.core.times import day_text

from .parties import EndUse, Party

#: the wording that is signed; another wording is another version
WORDINGS = {
    "2026-11": (
        "I state for the organisation named above that the end use and the end users given here are"
        " true and complete; that nothing rented will serve military, intelligence or weapons ends"
        " or anyone on a sanctions or export control list; that access will not be passed on to"
        " anyone not named here; and that we will say so before any of this changes. I may sign for"
        " the organisation."
    ),
}
WORDING = "2026-11"


class EndUseStatementQuerySet(models.QuerySet["EndUseStatement"]):
    def newest(self) -> Self:
        """The last one of each party; what was signed before no longer counts."""
        return self.order_by("party", "-signed_at", "-pk").distinct("party")

    def expiring(self, *, at: datetime, before: datetime) -> Self:
        """In force now and over before that moment, with nothing newer signed."""
        last = self.model._default_manager.all().newest().values("pk")
        return self.filter(
            pk__in=last, withdrawn__isnull=True, expires_at__gt=at, expires_at__lte=before
        )


class EndUseStatement(Record):
    """What a party signed about its end use. Counts until it expires, is withdrawn or replaced.

    Append-only.
    """

    party = models.ForeignKey(Party, models.PROTECT, related_name="end_use_statements")
    wording = models.CharField(max_length=16, help_text="version of the sentence that was signed")
    end_use = models.CharField(max_length=16, choices=EndUse)
    text = models.TextField(help_text="in the party's own words")
    end_users = models.TextField(blank=True, help_text="empty: only the party itself")
    signed_by = models.UUIDField(help_text="public id of the user")
    signed_name = models.CharField(max_length=200)
    signed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    idempotency_key = models.CharField(max_length=200)
    request_sha256 = models.BinaryField()

    objects = EndUseStatementQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["party", "-signed_at"], name="statement_by_party")]
        constraints = [
            models.UniqueConstraint("party", "idempotency_key", name="statement_key_once"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("signed_at")), name="statement_expires_after_signed"
            ),
            models.CheckConstraint(
                condition=~Q(text="") & ~Q(signed_name=""), name="statement_says_and_is_signed"
            ),
            models.CheckConstraint(
                condition=Q(end_use__in=[one for one in EndUse.values if one != EndUse.REFUSED]),
                name="statement_states_an_end_use",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party}: {self.get_end_use_display()}, signed {day_text(self.signed_at)}"

    @property
    def is_withdrawn(self) -> bool:
        return hasattr(self, "withdrawn")

    @property
    def sentence(self) -> str:
        """The wording that was signed; empty for a version this code does not know."""
        return WORDINGS.get(self.wording, "")


class EndUseStatementWithdrawn(Record):
    """A statement was taken back before it expired. Append-only."""

    statement = models.OneToOneField(EndUseStatement, models.PROTECT, related_name="withdrawn")
    withdrawn_at = models.DateTimeField()
    withdrawn_by = models.CharField(max_length=200, help_text="e-mail")
    reason = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "end use statements withdrawn"

    def __str__(self) -> str:
        return f"{self.statement}, withdrawn"
