from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from compliance import services as compliance
from compliance.models import CaseEvent, EndUse, EndUseStatement, EventKind, Party
from marketplace.accounts import roles
from marketplace.accounts.services import Principal
from marketplace.web.access import member
from marketplace.web.said import said
from marketplace.web.templatetags.straits import country

from .forms import AnswerForm, AskForm, StatementForm

#: of each kind of message
SHOWN = 20
#: the page asks for a new statement this long before the old one runs out
SOON = timedelta(days=30)
#: what a statement states, and what the party's own field of it is called
STATED = {"end_use": "end_use", "text": "end_use_statement", "end_users": "end_users"}


@require_safe
@member()
def organisation(request: HttpRequest, principal: Principal) -> HttpResponse:
    """The facts that screening rests on, how it stands, what we asked, and what to sign."""
    return page(request, principal)


def page(
    request: HttpRequest,
    principal: Principal,
    *,
    ask: AskForm | None = None,
    answers: Mapping[UUID, AnswerForm] | None = None,
    statement: StatementForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page; forms that were filled in wrongly are shown again."""
    party = Party.objects.get(pk=principal.organisation.party_id)
    context = {
        "facts": _facts(party),
        **_screening(principal, ask, answers or {}),
        **_statement(party, statement, now()),
    }
    return render(request, "shared/organisation.html", context, status=status)


def _facts(party: Party) -> list[tuple[str, object]]:
    numbers = party.identifiers.filter(until=None).order_by("pk")
    return [
        (_("Legal name"), party.legal_name),
        (_("Name in its own script"), party.native_name),
        (_("Birth date"), party.birth_date),
        (_("Registration number"), party.registration_number),
        *((said(one.get_kind_display()), one.number) for one in numbers),
        (_("Country of registration"), country(party.country)),
        (_("Registered address"), party.address),
        (_("Founded on"), party.founded_on),
        (_("Country of the head office"), country(party.hq_country)),
        (_("Ultimate parent"), party.parent_name),
        (_("Country of the parent's head office"), country(party.parent_hq_country)),
        (_("What the GPUs are for"), said(dict(EndUse.choices).get(party.end_use, ""))),
        (_("In your own words"), party.end_use_statement),
        (_("Rents for customers of its own"), _("yes") if party.is_reseller else _("no")),
        (_("Who else uses it"), party.end_users),
    ]


def _statement(party: Party, form: StatementForm | None, at: datetime) -> dict[str, Any]:
    signed = compliance.statement_in_force(party=party, at=at)
    return {
        "statement": signed,
        "soon": signed is not None and _is_soon(signed, at),
        "form": form or filled(party),
    }


def _is_soon(statement: EndUseStatement, at: datetime) -> bool:
    return statement.expires_at <= at + SOON


def filled(party: Party) -> StatementForm:
    """With what the party says of itself, to be signed or changed."""
    return StatementForm(initial={name: getattr(party, own) for name, own in STATED.items()})


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
