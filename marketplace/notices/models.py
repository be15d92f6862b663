from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from marketplace.accounts.models import Organisation, User
from marketplace.core.models import Record

from .kinds import CODES, FIXED

#: a page tells of what is younger
SHOWN = timedelta(days=90)


class NoticeQuerySet(models.QuerySet["Notice"]):
    def unspread(self) -> Self:
        return self.filter(spread_at__isnull=True)

    def for_page(self, *, organisation: Organisation, person: User, kinds: list[str]) -> Self:
        """What this person reads on the page: of these kinds, without what was switched off."""
        off = Choice.objects.filter(person=person, kind=OuterRef("kind"), by_page=False)
        since = person.created_at  # what was before one came is for others
        rows = self.filter(organisation=organisation, kind__in=kinds, at__gte=since)
        return rows.filter(~Exists(off))

    def unread(self, *, person: User) -> Self:
        return self.filter(~Exists(Seen.objects.filter(notice=OuterRef("pk"), person=person)))


class Notice(Record):
    """One event that concerns an organisation. What it says never changes.

    `facts` is the public state at that moment, with the names and forms of the API, so that page,
    letter and webhook tell the same; never a secret.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=200, help_text="the event; the same one is told once")
    facts = models.JSONField(default=dict)
    person = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="whom it concerns most: gets the letter alone while a member",
    )
    at = models.DateTimeField()
    spread_at = models.DateTimeField(null=True, blank=True, help_text="its letters were made")
    passed_on_at = models.DateTimeField(
        null=True, blank=True, help_text="deliveries to webhooks were made"
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "-id"], name="notice_by_organisation"),
            models.Index("id", condition=Q(spread_at__isnull=True), name="notice_to_spread"),
            models.Index("id", condition=Q(passed_on_at__isnull=True), name="notice_to_pass_on"),
        ]
        constraints = [
            models.UniqueConstraint("organisation", "key", name="notice_told_once"),
            models.CheckConstraint(condition=Q(kind__in=CODES), name="notice_of_known_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}, {self.at:%Y-%m-%d %H:%MZ}"

    @property
    def subject(self) -> str:
        """Public id of what it is about; empty where that has none."""
        return str(self.facts.get("id", ""))


class LetterQuerySet(models.QuerySet["Letter"]):
    def due(self, *, at: datetime) -> Self:
        """Waiting and due, or claimed by a sender that did not come back in time."""
        free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=at)
        return self.filter(free, sent_at__isnull=True, given_up_at__isnull=True, next_at__lte=at)


class Letter(Record):
    """Outbox of e-mail: written with what it tells of, sent by a task until a server takes it.

    Either it tells of a notice, or it was written whole and is kept sealed (it may hold a link that
    signs somebody in) until it is over.
    """

    to = models.EmailField()
    notice = models.ForeignKey(
        Notice, models.PROTECT, null=True, blank=True, related_name="letters"
    )
    person = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="+")
    subject = models.CharField(max_length=200, blank=True)
    sealed = models.BinaryField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    claim = models.UUIDField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                "next_at",
                condition=Q(sent_at__isnull=True, given_up_at__isnull=True),
                name="letter_due",
            ),
        ]
        constraints = [
            models.UniqueConstraint("notice", "person", name="letter_once"),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(given_up_at__isnull=True),
                name="letter_sent_or_given_up",
            ),
            models.CheckConstraint(
                condition=Q(notice__isnull=False, person__isnull=False, sealed__isnull=True)
                | Q(notice__isnull=True, person__isnull=True),
                name="letter_of_a_notice_or_whole",
            ),
            # what is over is kept without its content
            models.CheckConstraint(
                condition=Q(sealed__isnull=True)
                | Q(sent_at__isnull=True, given_up_at__isnull=True),
                name="letter_emptied_when_over",
            ),
        ]

    def __str__(self) -> str:
        return f"letter {self.public_id}"


class Choice(Record):
    """How a person wants to hear of a kind, where that is not the usual way."""

    person = models.ForeignKey(User, models.CASCADE, related_name="notice_choices")
    kind = models.CharField(max_length=40)
    by_email = models.BooleanField()
    by_page = models.BooleanField()

    class Meta:
        verbose_name = "notice choice"
        constraints = [
            models.UniqueConstraint("person", "kind", name="choice_once"),
            models.CheckConstraint(
                condition=Q(kind__in=[code for code in CODES if code not in FIXED]),
                name="choice_is_free",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.kind}"


class Seen(models.Model):
    """That a person has read a notice."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="seen")
    person = models.ForeignKey(User, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "notice read"
        verbose_name_plural = "notices read"
        constraints = [models.UniqueConstraint("notice", "person", name="seen_once")]

    def __str__(self) -> str:
        return f"{self.person} read {self.notice}"
