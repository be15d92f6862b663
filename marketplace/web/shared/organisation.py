from datetime import datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from compliance import services as compliance
from compliance.models import EndUse, EndUseStatement, Party
from marketplace.accounts import roles
from marketplace.accounts.services import Principal
from marketplace.core.idempotency import KeyReused
from marketplace.web.access import member
from marketplace.web.forms import take_over
from marketplace.web.limits import limited, user

from .forms import StatementForm

HOUR = 3600
#: the page asks for a new statement this long before the old one runs out
SOON = timedelta(days=30)
STATED = {"end_use": "end_use", "text": "end_use_statement", "end_users": "end_users"}


@require_safe
@member()
def organisation(request: HttpRequest, principal: Principal) -> HttpResponse:
    """The facts that screening rests on, to read, and the end-use statement, to sign."""
    return _show(request, principal, None, 200)


@require_POST
@member(roles.MANAGE)
@limited("statement", most=30, seconds=HOUR, by=user)
def sign(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Sign an end-use statement; the same page sent twice signs once."""
    form = StatementForm(request.POST)
    if not form.is_valid():
        return _show(request, principal, form, 422)
    facts = {name: form.cleaned_data[name] for name in (*STATED, "signed_name")}
    try:
        compliance.sign_end_use(
            party=principal.organisation.party,
            signed_by=principal.user.public_id,
            email=principal.user.email,
            wording=form.cleaned_data["version"],
            key=form.key,
            at=now(),
            **facts,
        )
    except ValidationError as error:
        take_over(form, error, default=None)
    except KeyReused:
        form.add_error(None, "This page was sent before with other content. Load it again.")
    else:
        messages.success(request, "Signed. You are screened again with what it says.")
        return redirect("organisation")
    return _show(request, principal, form, 422)


@require_POST
@member(roles.MANAGE)
def withdraw(request: HttpRequest, principal: Principal, statement: UUID) -> HttpResponse:
    """Take the statement back; nothing is cleared without one."""
    own = EndUseStatement.objects.filter(party=principal.organisation.party_id)
    row = get_object_or_404(own, public_id=statement)
    compliance.withdraw_end_use(statement=row, by=principal.user.email, at=now())
    messages.success(request, "The statement no longer counts. It stays on record.")
    return redirect("organisation")


def _show(
    request: HttpRequest, principal: Principal, form: StatementForm | None, status: int
) -> HttpResponse:
    party, at = Party.objects.get(pk=principal.organisation.party_id), now()
    statement = compliance.statement_in_force(party=party, at=at)
    context = {
        "facts": _facts(party),
        "statement": statement,
        "soon": statement is not None and _is_soon(statement, at),
        "form": form or _filled(party),
    }
    return render(request, "shared/organisation.html", context, status=status)


def _is_soon(statement: EndUseStatement, at: datetime) -> bool:
    return statement.expires_at <= at + SOON


def _filled(party: Party) -> StatementForm:
    """With what the party says of itself, to be signed or changed."""
    return StatementForm(initial={name: getattr(party, own) for name, own in STATED.items()})


def _facts(party: Party) -> list[tuple[str, object]]:
    return [
        ("Legal name", party.legal_name),
        ("Name in its own script", party.native_name),
        ("Registration number", party.registration_number),
        ("Country of registration", party.country),
        ("Registered address", party.address),
        ("Founded on", party.founded_on),
        ("Country of the head office", party.hq_country),
        ("Ultimate parent", party.parent_name),
        ("Country of the parent's head office", party.parent_hq_country),
        ("What the GPUs are for", dict(EndUse.choices).get(party.end_use, "")),
        ("In your own words", party.end_use_statement),
        ("Rents for customers of its own", "yes" if party.is_reseller else "no"),
        ("Who else uses it", party.end_users),
    ]
