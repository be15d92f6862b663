from django.db import models
from django.db.models import F, Q

from compliance.countries import validate_country
from marketplace.core.models import Record

from .parties import Party, PartyKind


class Declared(Record):
    """What someone said of a party and on what evidence. Ended when it is over, never edited."""

    since = models.DateField(help_text="the first day on which it is known to be so")
    until = models.DateField(null=True, blank=True, help_text="the last day; empty: it is so now")
    source = models.CharField(max_length=300, help_text="who says so")
    evidence = models.TextField(help_text="the document, where it is kept, what it shows")

    class Meta:
        abstract = True


class OwnershipStake(Declared):
    """A direct share in a party. The owner is another party, or a name of nobody we know."""

    owned = models.ForeignKey(Party, models.PROTECT, related_name="stakes")
    owner = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, related_name="holdings")
    owner_name = models.CharField(max_length=300, blank=True)
    owner_kind = models.CharField(max_length=16, choices=PartyKind, blank=True)
    owner_country = models.CharField(
        max_length=2, blank=True, validators=[validate_country], help_text="headquarters or home"
    )
    share_bps = models.PositiveIntegerField(
        null=True, blank=True, help_text="basis points: 5000 is half; empty: nobody knows"
    )
    controls = models.BooleanField(default=False, help_text="rules it whatever the share")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(owner__isnull=False, owner_name="", owner_kind="", owner_country="")
                | (Q(owner__isnull=True) & ~Q(owner_name="")),
                name="stake_owner_is_party_or_name",
            ),
            models.CheckConstraint(
                condition=Q(owner__isnull=True) | ~Q(owner=F("owned")), name="stake_not_in_itself"
            ),
            models.CheckConstraint(
                condition=Q(share_bps__isnull=True) | Q(share_bps__lte=10_000),
                name="stake_at_most_the_whole",
            ),
            models.CheckConstraint(
                condition=Q(owner_kind__in=["", *PartyKind.values]), name="stake_owner_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="stake_dates_in_order",
            ),
            models.UniqueConstraint(
                "owned",
                "owner",
                condition=Q(until__isnull=True, owner__isnull=False),
                name="stake_of_a_party_once",
            ),
            models.UniqueConstraint(
                "owned",
                "owner_name",
                condition=Q(until__isnull=True, owner__isnull=True),
                name="stake_of_a_name_once",
            ),
        ]

    def __str__(self) -> str:
        share = "an unknown share" if self.share_bps is None else f"{self.share_bps / 100:.2f} %"
        return f"{self.owner or self.owner_name} holds {share} of {self.owned}"


class Director(Declared):
    """Someone who sits on the board of a party."""

    party = models.ForeignKey(Party, models.PROTECT, related_name="directors")
    name = models.CharField(max_length=300)
    country = models.CharField(max_length=2, blank=True, validators=[validate_country])

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="director_has_a_name"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="director_dates_in_order",
            ),
            models.UniqueConstraint(
                "party", "name", condition=Q(until__isnull=True), name="director_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, director of {self.party}"
