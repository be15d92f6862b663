"""Signing up and out; the way in is in `entrance`."""

from allauth.account.internal.flows.email_verification import send_verification_email_for_user
from django.contrib.auth.views import LogoutView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from marketplace.accounts import services as accounts
from marketplace.accounts.models import User
from marketplace.accounts.services import AddressTaken
from marketplace.web import letters
from marketplace.web.forms import take_over
from marketplace.web.limits import address, limited

from .forms import PersonForm
from .known_forms import PartyForm

HOUR = 3600


sign_out = LogoutView.as_view(http_method_names=["post", "options"])


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@limited("sign-up", most=10, seconds=HOUR, by=address)
def sign_up(request: HttpRequest) -> HttpResponse:
    """A person with an organisation. The answer is the same whether the address is known here."""
    if request.user.is_authenticated:
        return redirect("home")
    given = request.POST if request.method == "POST" else None
    person, party = PersonForm(given), PartyForm(given)
    if given is not None and all([person.is_valid(), party.is_valid()]):
        try:
            user = _sign_up(person, party)
        except AddressTaken as error:
            letters.write("address_taken", error.email, _ways_back())
            return redirect("account_email_verification_sent")
        if user is not None:
            send_verification_email_for_user(request, user)
            return redirect("account_email_verification_sent")
    status = 200 if given is None else 422
    return render(request, "shared/sign_up.html", {"person": person, "party": party}, status=status)


def _ways_back() -> dict[str, str]:
    return {
        "sign_in": letters.address_of(reverse("sign-in")),
        "forgotten": letters.address_of(reverse("account_reset_password")),
    }


def _sign_up(person: PersonForm, party: PartyForm) -> User | None:
    facts = person.cleaned_data
    try:
        user, _made = accounts.sign_up(
            email=facts["email"],
            password=facts["password"],
            name=facts["name"],
            organisation_name=facts["organisation_name"],
            party=party.cleaned_data,
            at=now(),
        )
    except AddressTaken:
        raise
    except ValidationError as error:
        _take_over(person, party, error)
        return None
    return user


def _take_over(person: PersonForm, party: PartyForm, error: ValidationError) -> None:
    named = set(getattr(error, "error_dict", ()))
    form = party if named & set(party.fields) else person
    take_over(form, error, default="password")  # only the rules for passwords name no field
