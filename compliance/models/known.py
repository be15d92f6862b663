"""What we keep to know a customer besides the facts that are screened: papers and contacts."""

from django.db import models
from django.db.models import F, Q

from marketplace.core.models import Record

from .ownership import Director, OwnershipStake
from .parties import Party


class PaperKind(models.TextChoices):
    REGISTER = "register", "Extract of the register of companies"
    IDENTITY = "identity", "Passport or identity card"
    OWNERS = "owners", "Register of members, or chart of owners"
    ADDRESS = "address", "Proof of address"
    OTHER = "other", "Something else"


class PartyDocument(Record):
    """A file about a party, as it came. Append-only; its act names it by hash.

    What officers found is not the party's to see.
    """

    party = models.ForeignKey(Party, models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=16, choices=PaperKind)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=40, help_text="by what the file holds")
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    by_party = models.BooleanField(
        default=True, help_text="sent by the party, which may read it again"
    )
    uploaded_by = models.CharField(max_length=254)
    uploaded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("party", "sha256", "by_party", name="party_document_once"),
            models.CheckConstraint(
                condition=Q(kind__in=PaperKind.values), name="party_document_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Shown(models.TextChoices):
    """What a party declares of itself that a paper can show."""

    REGISTRATION = "registration", "Registration"
    HEADQUARTERS = "headquarters", "Head office"
    PARENT = "parent", "Ultimate parent"
    OWNER = "owner", "Owner"
    DIRECTOR = "director", "Director"


class PartyEvidence(Record):
    """That a paper shows something the party declares: a fact, an owner, a director. Append-only.

    The database refuses an owner or director of another party than the paper's.
    """

    document = models.ForeignKey(PartyDocument, models.PROTECT, related_name="shows")
    fact = models.CharField(max_length=16, choices=Shown)
    stake = models.ForeignKey(
        OwnershipStake, models.PROTECT, null=True, blank=True, related_name="papers"
    )
    director = models.ForeignKey(
        Director, models.PROTECT, null=True, blank=True, related_name="papers"
    )
    declared = models.CharField(
        max_length=700, help_text="what was declared of it when the paper was sent"
    )
    filed_by = models.CharField(max_length=254)
    filed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "party evidence"
        constraints = [
            models.CheckConstraint(condition=Q(fact__in=Shown.values), name="evidence_fact_known"),
            models.CheckConstraint(
                condition=Q(fact="owner", stake__isnull=False, director__isnull=True)
                | Q(fact="director", stake__isnull=True, director__isnull=False)
                | (
                    ~Q(fact__in=["owner", "director"])
                    & Q(stake__isnull=True, director__isnull=True)
                ),
                name="evidence_of_one_thing",
            ),
            models.UniqueConstraint(
                "document",
                "fact",
                "stake",
                "director",
                "declared",
                nulls_distinct=False,
                name="evidence_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document} shows: {self.get_fact_display()}, {self.declared}"


class PartyContact(Record):
    """Whom we write to about a party's screening. Ended when it is over, never edited."""

    party = models.ForeignKey(Party, models.PROTECT, related_name="contacts")
    name = models.CharField(max_length=200)
    position = models.CharField(max_length=120, help_text="what the person is there")
    email = models.EmailField()
    phone = models.CharField(max_length=40, blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True, help_text="empty: still so")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(email=""), name="party_contact_can_be_reached"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="party_contact_times_in_order",
            ),
            models.UniqueConstraint(
                "party", "email", condition=Q(until__isnull=True), name="party_contact_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.party}"
