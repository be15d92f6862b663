"""Accepting an invitation: as the person signed in, or as a new one."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from marketplace.accounts import services as accounts
from marketplace.accounts.models import Invitation, User
from marketplace.accounts.services import BadInvitation
from marketplace.web.forms import take_over
from marketplace.web.limits import address, limited

from .forms import NewMemberForm

HOUR = 3600


@never_cache
@sensitive_variables("secret")
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@limited("join", most=20, seconds=HOUR, by=address)
def join(request: HttpRequest, secret: str) -> HttpResponse:
    """What the invitation is for; a POST accepts it."""
    try:
        invitation = accounts.invitation_of(secret=secret, at=now())
        if isinstance(request.user, User):
            return _as_member(request, invitation, secret)
        return _as_new(request, invitation, secret)
    except BadInvitation as error:
        return render(request, "shared/join_refused.html", {"reason": str(error)}, status=410)


def _as_member(request: HttpRequest, invitation: Invitation, secret: str) -> HttpResponse:
    assert isinstance(request.user, User)  # noqa: S101  looked at by the caller
    if request.method != "POST":
        return render(request, "shared/join.html", {"invitation": invitation})
    accounts.accept(secret=secret, user=request.user, proof=_proof(request), at=now())
    _welcome(request, invitation)
    return redirect("home")


def _as_new(request: HttpRequest, invitation: Invitation, secret: str) -> HttpResponse:
    form = NewMemberForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        user = _new_person(form, secret, _proof(request))
        if user is not None:
            get_adapter().login(request, user)
            _welcome(request, invitation)
            return redirect("home")
    context = {"invitation": invitation, "form": form}
    return render(request, "shared/join.html", context, status=422 if form.errors else 200)


def _welcome(request: HttpRequest, invitation: Invitation) -> None:
    text = _("You now belong to %(organisation)s.")
    messages.success(request, text % {"organisation": invitation.organisation})


def _proof(request: HttpRequest) -> str:
    """What only the letter's link carries; the form posts to where it was opened."""
    return request.GET.get("letter", "")


def _new_person(form: NewMemberForm, secret: str, proof: str) -> User | None:
    try:
        return accounts.accept_as_new(secret=secret, proof=proof, at=now(), **form.cleaned_data)
    except ValidationError as error:
        take_over(form, error, default="password")
        return None
