"""Signing up, in and out."""

from typing import cast

from django.contrib.auth import login
from django.contrib.auth.views import LoginView, LogoutView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from marketplace.accounts import services as accounts
from marketplace.accounts.models import User
from marketplace.web.forms import take_over
from marketplace.web.limits import address, limited

from .forms import PartyForm, PersonForm, SignInForm

HOUR = 3600
QUARTER = 900


def _account(request: HttpRequest) -> str:
    return request.POST.get("username", "").strip().lower()


@require_http_methods(["GET", "HEAD", "POST"])
@limited("sign-in", most=60, seconds=QUARTER, by=address)
@limited("sign-in-account", most=10, seconds=QUARTER, by=_account)
def sign_in(request: HttpRequest) -> HttpResponse:
    view = LoginView.as_view(
        template_name="shared/sign_in.html",
        authentication_form=SignInForm,
        redirect_authenticated_user=True,
    )
    return cast(HttpResponse, view(request))


sign_out = LogoutView.as_view(http_method_names=["post", "options"])


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@limited("sign-up", most=10, seconds=HOUR, by=address)
def sign_up(request: HttpRequest) -> HttpResponse:
    """A person with an organisation, signed in at once."""
    if request.user.is_authenticated:
        return redirect("home")
    given = request.POST if request.method == "POST" else None
    person, party = PersonForm(given), PartyForm(given)
    if given is not None and all([person.is_valid(), party.is_valid()]):
        user = _sign_up(person, party)
        if user is not None:
            login(request, user)
            return redirect("home")
    status = 200 if given is None else 422
    return render(request, "shared/sign_up.html", {"person": person, "party": party}, status=status)


def _sign_up(person: PersonForm, party: PartyForm) -> User | None:
    facts = person.cleaned_data
    try:
        user, _ = accounts.sign_up(
            email=facts["email"],
            password=facts["password"],
            name=facts["name"],
            organisation_name=facts["organisation_name"],
            party=party.facts,
            at=now(),
        )
    except ValidationError as error:
        _take_over(person, party, error)
        return None
    return user


def _take_over(person: PersonForm, party: PartyForm, error: ValidationError) -> None:
    named = set(getattr(error, "error_dict", ()))
    form = party if named & set(party.fields) else person
    take_over(form, error, default="password")  # only the rules for passwords name no field
