"""Know your customer: each step is a page that is saved by itself; the last sends everything in."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from compliance import services as compliance
from compliance.models import Party
from compliance.services import Incomplete
from marketplace.accounts import roles
from marketplace.accounts.services import Principal
from marketplace.web.access import member
from marketplace.web.forms import StyledForm, take_over
from marketplace.web.limits import limited, user
from marketplace.web.said import said
from marketplace.web.sentences import together

from .forms import StatementForm
from .known_forms import NUMBERS, ControlForm, IdentityForm
from .known_steps import after, steps
from .organisation import filled
from .statements import signed

HOUR = 3600
CONTROL = ("hq_country", "parent_name", "parent_hq_country", "is_reseller")
FORMS = ["GET", "HEAD", "POST"]


def step_page(
    request: HttpRequest, principal: Principal, step: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    """A step with the rail of all steps beside it."""
    party = principal.organisation.party
    shown = {"steps": steps(party=party, here=step, at=now()), "party": party, **context}
    return render(request, f"shared/know/{step}.html", shown, status=status)


@require_safe
@member()
def know(request: HttpRequest, principal: Principal) -> HttpResponse:
    """What is missing, how screening stands, and what to do next."""
    party = principal.organisation.party
    context: dict[str, Any] = {
        "standing": compliance.standing_of(party=party, at=now()),
        "sent_at": compliance.sent_at(party=party),
        "asked": compliance.requests_to(party=party).filter(answer__isnull=True).exists(),
    }
    return step_page(request, principal, "overview", **context)


@require_POST
@member(roles.MANAGE)
@limited("send-known", most=20, seconds=HOUR, by=user)
def send(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Everything is said: screen it."""
    try:
        compliance.send_to_screening(
            party=principal.organisation.party, by=principal.user.email, at=now()
        )
    except Incomplete as error:
        messages.error(request, _not_sent(error))
    else:
        messages.success(request, _("Sent. What it came to stands below."))
    return redirect("know")


def _not_sent(error: Incomplete) -> str:
    lacks = [said(one) for words in error.lacks.values() for one in words]
    return _("Not sent. Missing: %(lacks)s.") % {"lacks": together(lacks)}


@require_http_methods(FORMS)
@member(roles.MANAGE)
@limited("know", most=120, seconds=HOUR, by=user)
def identity(request: HttpRequest, principal: Principal) -> HttpResponse:
    party = principal.organisation.party
    if request.method != "POST":
        form = IdentityForm(initial=_identity(party))
    else:
        form = IdentityForm(request.POST)
        if form.is_valid() and _saved(form, _save_identity, party, principal):
            return redirect(after("identity"))
    return step_page(request, principal, "identity", form=form, status=422 if form.errors else 200)


@require_http_methods(FORMS)
@member(roles.MANAGE)
@limited("know", most=120, seconds=HOUR, by=user)
def control(request: HttpRequest, principal: Principal) -> HttpResponse:
    party = principal.organisation.party
    if request.method != "POST":
        form = ControlForm(initial={name: getattr(party, name) for name in CONTROL})
    else:
        form = ControlForm(request.POST)
        if form.is_valid() and _saved(form, _save_control, party, principal):
            return redirect(after("control"))
    return step_page(request, principal, "control", form=form, status=422 if form.errors else 200)


@require_http_methods(FORMS)
@member(roles.MANAGE)
@limited("statement", most=30, seconds=HOUR, by=user)
def use(request: HttpRequest, principal: Principal) -> HttpResponse:
    """What the GPUs are for, signed."""
    party = principal.organisation.party
    form = StatementForm(request.POST) if request.method == "POST" else filled(party)
    if request.method == "POST" and signed(form, principal):
        return redirect(after("use"))
    context = {"form": form, "statement": compliance.statement_in_force(party=party, at=now())}
    return step_page(request, principal, "use", status=422 if form.errors else 200, **context)


def _identity(party: Party) -> dict[str, Any]:
    kept = dict(
        party.identifiers.filter(until=None, kind__in=NUMBERS).values_list("kind", "number")
    )
    own = {name: getattr(party, name) for name in IdentityForm.base_fields if name not in NUMBERS}
    return {**own, **kept}


def _saved(form: StyledForm, save: Any, party: Party, principal: Principal) -> bool:
    """Whether it was saved; what compliance refuses is shown at its field."""
    try:
        save(form, party, principal)
    except ValidationError as error:
        take_over(form, error, default=None)
        return False
    return True


def _save_identity(form: IdentityForm, party: Party, principal: Principal) -> None:
    compliance.identify_party(
        party=party, numbers=form.numbers, by=principal.user.email, at=now(), **form.facts
    )


def _save_control(form: ControlForm, party: Party, principal: Principal) -> None:
    compliance.amend_party(party=party, by=principal.user.email, at=now(), **form.cleaned_data)
