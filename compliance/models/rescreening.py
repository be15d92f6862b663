from django.db import models

from marketplace.core.models import Record

from .decisions import Decision
from .lists import ListSnapshot
from .parties import Party


class ReversePass(Record):
    """Once through all parties, in the order of their keys, after entries of a list changed."""

    snapshot = models.OneToOneField(ListSnapshot, models.PROTECT, related_name="reverse_pass")
    reached = models.BigIntegerField(default=0, help_text="key of the last party looked at")
    looked_at = models.PositiveIntegerField(default=0, help_text="parties so far")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "reverse passes"

    def __str__(self) -> str:
        return f"{self.snapshot}: {self.looked_at} parties looked at"


class Rescreening(Record):
    """A party that changed entries of a list may mean; waiting until a decision is made."""

    snapshot = models.ForeignKey(ListSnapshot, models.PROTECT, related_name="rescreenings")
    party = models.ForeignKey(Party, models.PROTECT, related_name="rescreenings")
    entries = models.JSONField(help_text="the publisher's numbers of the entries that look alike")
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint("snapshot", "party", name="rescreening_once"),
        ]
        indexes = [
            models.Index(
                fields=["party"],
                condition=models.Q(decision__isnull=True),
                name="rescreening_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party} after {self.snapshot}"
