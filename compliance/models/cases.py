from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from compliance.casework import spoken
from compliance.states import LIVE, CaseState
from marketplace.core.models import Record
from marketplace.core.states import Stateful

from .decisions import Decision
from .parties import Party


class CaseKind(models.TextChoices):
    NAME = "name_match", "name like a listed one"
    OWNERSHIP = "ownership", "owners, directors, control"
    RENTAL = "rental", "chip or site"
    RED_FLAG = "red_flag", "red flag"
    FLIP = "flip", "a clearance that fell"
    INFORMATION = "information", "facts are missing"


class Risk(models.TextChoices):
    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class CaseDeadline(models.Model):
    """How long a case of this risk may take. A setting; a row appears when it is first needed."""

    risk = models.CharField(max_length=8, choices=Risk, unique=True)
    hours = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(risk__in=Risk.values), name="deadline_risk_known"),
            models.CheckConstraint(condition=Q(hours__gt=0), name="deadline_not_at_once"),
        ]

    def __str__(self) -> str:
        return f"{self.risk}: {self.hours} h"


class CaseQuerySet(models.QuerySet["Case"]):
    def live(self) -> Self:
        return self.filter(state__in=LIVE)


class Case(Record, Stateful):
    """Something about a party that two people decide. Its history is its events."""

    party = models.ForeignKey(Party, models.PROTECT, related_name="cases")
    kind = models.CharField(max_length=16, choices=CaseKind)
    state = models.CharField(max_length=16, choices=CaseState, default=CaseState.OPEN)
    risk = models.CharField(max_length=8, choices=Risk)
    decision = models.ForeignKey(
        Decision, models.PROTECT, related_name="+", help_text="the one that opened it"
    )
    reasons = models.JSONField(
        help_text="all there is to look at, by the names of compliance.casework"
    )
    opened_at = models.DateTimeField()
    deadline = models.DateTimeField()
    deadline_passed_at = models.DateTimeField(null=True, blank=True)
    assignee = models.UUIDField(null=True, blank=True, help_text="public id of the officer")
    assignee_label = models.CharField(max_length=254, blank=True)
    proposal = models.ForeignKey(
        "CaseEvent", models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = CaseQuerySet.as_manager()

    class Meta:
        permissions: ClassVar = [
            ("work_cases", "Can work on compliance cases"),
            ("approve_cases", "Can approve or reject a proposed verdict"),
        ]
        indexes = [models.Index(fields=["state", "deadline"], name="case_by_deadline")]
        constraints = [
            models.UniqueConstraint(
                "party", "kind", condition=Q(state__in=sorted(LIVE)), name="case_once_open"
            ),
            models.CheckConstraint(
                condition=Q(state__in=CaseState.values), name="case_state_known"
            ),
            models.CheckConstraint(condition=Q(kind__in=CaseKind.values), name="case_kind_known"),
            models.CheckConstraint(condition=Q(risk__in=Risk.values), name="case_risk_known"),
            models.CheckConstraint(
                condition=~Q(state__in=["proposed", "decided", "closed"])
                | Q(proposal__isnull=False),
                name="case_decided_on_a_proposal",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party}: {CaseKind(self.kind).label}"


class EventKind(models.TextChoices):
    OPENED = "opened"
    RECURRED = "recurred", "screened anew"
    ASKED = "asked", "the party asked"
    ASSIGNED = "assigned"
    NOTE = "note"
    REQUESTED = "requested", "information requested"
    ANSWERED = "answered", "request answered"
    DOCUMENT = "document", "document added"
    ESCALATED = "escalated"
    PROPOSED = "proposed", "verdict proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    DECIDED = "decided"
    CLOSED = "closed"
    DEADLINE_PASSED = "deadline_passed", "deadline passed"


#: what the party itself may read again
PUBLIC_EVENTS = (EventKind.ASKED, EventKind.REQUESTED, EventKind.ANSWERED)


class CaseEvent(Record):
    """One thing that happened to a case. Append-only and sealed."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=16, choices=EventKind)
    at = models.DateTimeField()
    actor = models.UUIDField(null=True, blank=True, help_text="public id; empty: the system")
    actor_label = models.CharField(max_length=254)
    text = models.TextField(blank=True)
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, blank=True, related_name="+")
    answers = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="answer"
    )
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["case", "at"], name="case_event_by_case")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=EventKind.values), name="case_event_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(answers__isnull=True) | Q(kind="answered"), name="case_event_answers"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {EventKind(self.kind).label}"

    @property
    def recorded(self) -> dict[str, Any]:
        """The detail for a reader: what there is to look at without the hashes of entries."""
        if "reasons" not in self.detail:
            return dict(self.detail)
        return {**self.detail, "reasons": [spoken(one) for one in self.detail["reasons"]]}


class CaseDecision(Record):
    """One person's signature under a proposed verdict, for or against it. Append-only, sealed."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="signatures")
    proposal = models.ForeignKey(CaseEvent, models.PROTECT, related_name="signatures")
    actor = models.UUIDField(help_text="public id of the officer")
    actor_label = models.CharField(max_length=254)
    role = models.CharField(max_length=8, choices=[("proposer", "proposer"), ("other", "other")])
    verdict = models.CharField(max_length=8, choices=[("approve", "approve"), ("reject", "reject")])
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("proposal", "actor", name="case_signed_once"),
            models.CheckConstraint(
                condition=Q(verdict__in=["approve", "reject"]), name="case_signature_verdict_known"
            ),
            models.CheckConstraint(
                condition=Q(role__in=["proposer", "other"]), name="case_signature_role_known"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="case_signature_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_label}: {self.verdict}"


class CaseDocument(Record):
    """A file of a case, as it came. Append-only; its event names it by hash."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="documents")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=40, help_text="by what the file holds")
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    by_party = models.BooleanField(help_text="uploaded by the party, which may read it again")
    uploaded_by = models.CharField(max_length=254)
    uploaded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("case", "sha256", name="case_document_once"),
        ]

    def __str__(self) -> str:
        return self.name
