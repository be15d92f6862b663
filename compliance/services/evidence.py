"""The rows that the chain seals, each as the canonical text of compliance.chain."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Protocol
from uuid import UUID

from django.db import connection
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery, TextField
from django.db.models.functions import Cast

from compliance import chain
from compliance.models import (
    CaseDecision,
    CaseEvent,
    ChainLink,
    Clearing,
    Decision,
    Licence,
    LicenceDraw,
    LicenceEvent,
    LicenceReturn,
    ListSnapshot,
    PolicyRule,
    RedFlag,
    RedFlagClosed,
    ReviewClearance,
    RuleApproval,
    ScoringBand,
    Unsealed,
)
from marketplace.core.models import AuditEvent

#: what `column::text` depends on
PIN = """
SELECT set_config('TimeZone', 'UTC', false), set_config('DateStyle', 'ISO, MDY', false),
  set_config('bytea_output', 'hex', false)
"""


class Named(Protocol):
    """A link, or a row of the queue: which row of evidence is meant."""

    kind: str
    subject: UUID


def rows_of(kind: str) -> QuerySet[Any]:
    """All rows of one kind; KeyError for a kind that nobody seals.

    Acts on compliance's own nouns (an amended party, a corrected chip) are told from
    other acts by their subject, so a new verb joins the chain without a change here.
    """
    return {
        "decision": Decision.objects.all(),
        "rule": PolicyRule.objects.all(),
        "band": ScoringBand.objects.all(),
        "snapshot": ListSnapshot.objects.all(),
        "flag": RedFlag.objects.all(),
        "flag_closed": RedFlagClosed.objects.all(),
        "act": AuditEvent.objects.filter(subject__startswith="compliance."),
        "rule_approval": RuleApproval.objects.all(),
        "licence": Licence.objects.all(),
        "licence_event": LicenceEvent.objects.all(),
        "licence_draw": LicenceDraw.objects.all(),
        "licence_return": LicenceReturn.objects.all(),
        "case_event": CaseEvent.objects.all(),
        "case_decision": CaseDecision.objects.all(),
        "clearing": Clearing.objects.all(),
        "review": ReviewClearance.objects.all(),
    }[kind]


KINDS = (
    "decision",
    "rule",
    "band",
    "snapshot",
    "flag",
    "flag_closed",
    "act",
    "rule_approval",
    "licence",
    "licence_event",
    "licence_draw",
    "licence_return",
    "case_event",
    "case_decision",
    "clearing",
    "review",
)


def texts(named: Iterable[Named]) -> dict[tuple[str, UUID], str]:
    """The canonical text of each named row; a row that is not there is left out."""
    wanted: dict[str, list[UUID]] = defaultdict(list)
    for one in named:
        wanted[one.kind].append(one.subject)
    return {
        (kind, subject): text
        for kind in wanted.keys() & set(KINDS)
        for subject, text in _read(rows_of(kind).filter(public_id__in=wanted[kind]))
    }


def unlinked(kind: str) -> QuerySet[Any]:
    """Rows without a link, oldest first, with `since`: when they joined the queue, or None."""
    same = {"kind": kind, "subject": OuterRef("public_id")}
    linked = Exists(ChainLink.objects.filter(**same))
    since = Subquery(Unsealed.objects.filter(**same).values("since"))
    rows: QuerySet[Any] = rows_of(kind).exclude(linked).annotate(since=since)
    return rows.order_by("pk")


def _read(rows: QuerySet[Any]) -> Iterator[tuple[UUID, str]]:
    columns = [field.attname for field in rows.model._meta.concrete_fields]
    as_text = {f"text_{name}": Cast(F(name), TextField()) for name in columns}
    with connection.cursor() as cursor:
        cursor.execute(PIN)
    for subject, *values in rows.annotate(**as_text).values_list("public_id", *as_text):
        pairs = zip(columns, values, strict=True)
        yield subject, chain.canonical({name: text for name, text in pairs if text is not None})
