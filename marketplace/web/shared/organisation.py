from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from compliance import services as compliance
from compliance.models import CaseEvent, EndUse, EventKind
from marketplace.accounts import roles
from marketplace.accounts.services import Principal
from marketplace.web.access import member

from .forms import AnswerForm, AskForm

#: of each kind of message
SHOWN = 20


@require_safe
@member()
def organisation(request: HttpRequest, principal: Principal) -> HttpResponse:
    """The facts that screening rests on, how it stands, and what we asked."""
    return page(request, principal)


def page(
    request: HttpRequest,
    principal: Principal,
    *,
    ask: AskForm | None = None,
    answers: Mapping[UUID, AnswerForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page; forms that were filled in wrongly are shown again."""
    context = {"facts": _facts(principal), **_screening(principal, ask, answers or {})}
    return render(request, "shared/organisation.html", context, status=status)


def _facts(principal: Principal) -> list[tuple[str, str]]:
    party = principal.organisation.party
    numbers = party.identifiers.filter(until=None).order_by("pk")
    return [
        ("Legal name", party.legal_name),
        ("Name in its own script", party.native_name),
        ("Birth date", party.birth_date),
        ("Registration number", party.registration_number),
        *((one.get_kind_display(), one.number) for one in numbers),
        ("Country of registration", party.country),
        ("Country of the head office", party.hq_country),
        ("Ultimate parent", party.parent_name),
        ("Country of the parent's head office", party.parent_hq_country),
        ("What the GPUs are for", dict(EndUse.choices).get(party.end_use, "")),
        ("In your own words", party.end_use_statement),
    ]


def _screening(
    principal: Principal, ask: AskForm | None, answers: Mapping[UUID, AnswerForm]
) -> dict[str, Any]:
    """How screening stands and what was said; forms only for who may fill them in."""
    party, manages = principal.organisation.party, principal.may(roles.MANAGE)
    standing = compliance.standing_of(party=party, at=now())
    said = compliance.correspondence(party=party)
    return {
        "standing": standing,
        "requests": [
            (row, getattr(row, "answer", None), _form(row, answers) if manages else None)
            for row in compliance.requests_to(party=party)[:SHOWN]
        ],
        "asks": said.filter(kind=EventKind.ASKED)[:SHOWN],
        "documents": compliance.documents_of(party=party).defer("content"),
        "ask": (ask or AskForm()) if manages and standing != "cleared" else None,
    }


def _form(row: CaseEvent, answers: Mapping[UUID, AnswerForm]) -> AnswerForm:
    return answers.get(row.public_id) or AnswerForm(prefix=str(row.public_id))
