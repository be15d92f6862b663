"""Time to pay: what was lent to a renter so that a rental goes on."""

from django.db import models
from django.db.models import F, Q

from marketplace.accounts.models import Organisation
from marketplace.brokerage.models import WindowChange
from marketplace.core.models import Record
from marketplace.core.showing import money


class Grace(Record):
    """What the wallet lacked of one extension, lent into it and held at once. Append-only.

    A trigger looks under the wallet's lock whether what is owed is what the row says; with this row
    no more than the limit is. Paid back it is as every debt, out of what the wallet has next.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="graces")
    change = models.OneToOneField(
        WindowChange, models.PROTECT, related_name="grace", help_text="which it pays for"
    )
    amount_micro = models.BigIntegerField()
    owed_micro = models.BigIntegerField(help_text="before it")
    limit_micro = models.BigIntegerField(help_text="what may be owed at most: see billing.grace")
    currency = models.CharField(max_length=3)
    facts = models.JSONField(help_text="what the limit was made of")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_micro__gt=0, owed_micro__gte=0), name="grace_positive"
            ),
            models.CheckConstraint(
                condition=Q(limit_micro__gte=F("owed_micro") + F("amount_micro")),
                name="grace_within_limit",
            ),
        ]

    def __str__(self) -> str:
        return f"grace of {money(self.amount_micro, self.currency)} to {self.organisation}"
