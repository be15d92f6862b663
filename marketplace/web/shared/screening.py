"""What an organisation asks about its screening, and answers."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from compliance import services as compliance
from compliance.serving import download
from marketplace.accounts import roles
from marketplace.accounts.services import Principal
from marketplace.core.states import IllegalMove
from marketplace.web.access import member
from marketplace.web.forms import take_over
from marketplace.web.limits import limited, user

from .forms import AnswerForm, AskForm
from .organisation import page

HOUR = 3600


@require_POST
@member(roles.MANAGE)
@limited("ask-screening", most=20, seconds=HOUR, by=user)
def ask(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Ask for a person to look again."""
    form = AskForm(request.POST)
    if form.is_valid():
        try:
            compliance.ask_about_screening(
                party=principal.organisation.party,
                by=principal.user,
                text=form.cleaned_data["text"],
                at=now(),
            )
        except ValidationError as error:
            take_over(form, error, default="text")
        else:
            messages.success(
                request, _("We have your question. What we need from you appears here.")
            )
            return redirect("organisation")
    return page(request, principal, ask=form, status=422)


@require_POST
@member(roles.MANAGE)
@limited("answer-screening", most=60, seconds=HOUR, by=user)
def answer(request: HttpRequest, principal: Principal, asked: UUID) -> HttpResponse:
    """Answer what we asked, with files if need be; once."""
    row = get_object_or_404(
        compliance.requests_to(party=principal.organisation.party), public_id=asked
    )
    form = AnswerForm(request.POST, request.FILES, prefix=str(asked))
    if form.is_valid():
        try:
            compliance.answer_request(
                request=row,
                by=principal.user,
                text=form.cleaned_data["text"],
                uploads=form.uploads(),
                at=now(),
            )
        except ValidationError as error:
            take_over(form, error, default="text")
        except (compliance.AnsweredAlready, IllegalMove):
            messages.error(request, _("This needs no answer any more."))
            return redirect("organisation")
        else:
            messages.success(request, _("Thank you. We have your answer."))
            return redirect("organisation")
    return page(request, principal, answers={asked: form}, status=422)


@require_safe
@member()
def document(request: HttpRequest, principal: Principal, document: UUID) -> HttpResponse:
    """A file that the organisation itself gave us; all others are not there."""
    rows = compliance.documents_of(party=principal.organisation.party)
    return download(get_object_or_404(rows, public_id=document))
