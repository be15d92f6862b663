"""The end-use statement: signed once a year by an owner, or taken back."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from compliance import services as compliance
from compliance.models import EndUseStatement
from marketplace.accounts import roles
from marketplace.accounts.services import Principal
from marketplace.core.idempotency import KeyReused
from marketplace.web.access import member
from marketplace.web.forms import take_over
from marketplace.web.limits import limited, user

from .forms import StatementForm
from .organisation import STATED, page

HOUR = 3600


@require_POST
@member(roles.MANAGE)
@limited("statement", most=30, seconds=HOUR, by=user)
def sign(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Sign an end-use statement; the same page sent twice signs once."""
    form = StatementForm(request.POST)
    if signed(form, principal):
        messages.success(request, _("Signed. You are screened again with what it says."))
        return redirect("organisation")
    return page(request, principal, statement=form, status=422)


def signed(form: StatementForm, principal: Principal) -> bool:
    """Whether it was signed; what is wrong stands at its field."""
    if not form.is_valid():
        return False
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
        form.add_error(None, _("This page was sent before with other content. Load it again."))
    return not form.errors


@require_POST
@member(roles.MANAGE)
def withdraw(request: HttpRequest, principal: Principal, statement: UUID) -> HttpResponse:
    """Take the statement back; nothing is cleared without one."""
    own = EndUseStatement.objects.filter(party=principal.organisation.party_id)
    row = get_object_or_404(own, public_id=statement)
    compliance.withdraw_end_use(statement=row, by=principal.user.email, at=now())
    messages.success(request, _("The statement no longer counts. It stays on record."))
    return redirect("organisation")
