"""What the party itself sees of its screening, asks, and answers: never a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from compliance.models import (
    PUBLIC_EVENTS,
    Case,
    CaseDocument,
    CaseEvent,
    EventKind,
    Outcome,
    Party,
)
from compliance.services import screening
from compliance.services.freshness import list_states
from compliance.services.judging import judge
from compliance.services.rulebook import rulebook
from compliance.services.wording import ANSWERED, ASKED, look_at_words
from compliance.states import MOVES, CaseState
from marketplace.core.states import move

from . import documents
from .officers import Person, signed
from .opening import case_for, note
from .working import live, words

#: how often a party may ask in a day
ASKS = 5
SEEN = {
    Outcome.ALLOW: "cleared",
    Outcome.ALLOW_LICENCE: "cleared",
    Outcome.MANUAL_REVIEW: "under review",
    Outcome.LICENCE_REQUIRED: "under review",
    Outcome.DENY_TEMPORARY: "not available",
    Outcome.DENY: "not available",
}


class AnsweredAlready(Exception):
    """The request was answered before; what was said stays."""


@dataclass(frozen=True, slots=True)
class Upload:
    name: str
    content: bytes


def standing_of(*, party: Party, at: datetime) -> str:
    """`cleared`, `under review` or `not available`: the party on its own, judged now.

    Nothing is stored, so it permits nothing; it never says which fact decided.
    """
    party = Party.objects.get(pk=party.pk)
    book = rulebook()
    judged = judge(party=party, question=None, lists=list_states(at=at), book=book, at=at)
    return SEEN[Outcome(judged.by(book).outcome)]


def correspondence(*, party: Party) -> QuerySet[CaseEvent]:
    """What was asked and answered between the party and us, newest first."""
    rows = CaseEvent.objects.filter(case__party=party, kind__in=PUBLIC_EVENTS)
    return rows.select_related("answer").order_by("-pk")


def requests_to(*, party: Party) -> QuerySet[CaseEvent]:
    """What we asked of the party, newest first, with its answers."""
    return correspondence(party=party).filter(kind=EventKind.REQUESTED)


def documents_of(*, party: Party) -> QuerySet[CaseDocument]:
    """The files that the party itself gave us, newest first."""
    return CaseDocument.objects.filter(case__party=party, by_party=True).order_by("-pk")


def ask_about_screening(*, party: Party, by: Person, text: str, at: datetime) -> CaseEvent:
    """The party asks for a person to look. It is screened again; what is open hears of it.

    Raises ValidationError when it is cleared and nothing is open, or has asked often today.
    """
    text = words(text)
    asked = CaseEvent.objects.filter(
        case__party=party, kind=EventKind.ASKED, at__gt=at - timedelta(days=1)
    )
    if asked.count() >= ASKS:
        raise ValidationError({"text": "You have asked often today; we will answer."})
    look_at_words(party=party, said={ASKED: text}, at=at)
    decision = screening.screen(party=party, question=None, at=at)
    if decision.permits and not Case.objects.live().filter(party=decision.party_id).exists():
        raise ValidationError({"text": "Your organisation is cleared; nothing is under review."})
    with transaction.atomic():
        return note(case_for(decision), EventKind.ASKED, at=at, text=text, **signed(by))


def answer_request(
    *,
    request: CaseEvent,
    by: Person,
    text: str,
    uploads: Sequence[Upload] = (),
    at: datetime,
) -> CaseEvent:
    """The party answers what an officer asked, once. The officer goes on with the case.

    Raises ValidationError, AnsweredAlready, and IllegalMove when the case is decided; then nothing
    was written.
    """
    text = words(text)
    for upload in uploads:
        documents.checked(upload.content)
    with transaction.atomic():
        case = live(request.case)
        if CaseEvent.objects.filter(answers=request).exists():
            raise AnsweredAlready("this request is answered already")
        for upload in uploads:
            documents.keep(case, by, upload.name, upload.content, at, by_party=True)
        made = note(case, EventKind.ANSWERED, at=at, text=text, answers=request, **signed(by))
        look_at_words(party=case.party, said={ANSWERED: text}, at=at)
        if case.state == CaseState.WAITING and not _waits(case):
            move(case, CaseState.ASSIGNED, table=MOVES)
    return made


def _waits(case: Case) -> bool:
    return case.events.filter(kind=EventKind.REQUESTED, answer__isnull=True).exists()
