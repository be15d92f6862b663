"""Another e-mail address: asked for, proven by a link that is sent there, told to the old one."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from marketplace.accounts import services as accounts
from marketplace.accounts.models import User
from marketplace.accounts.services import AddressTaken, BadLink
from marketplace.web import letters
from marketplace.web.forms import take_over
from marketplace.web.limits import limited, user

from .forms import AddressForm

HOUR = 3600


@never_cache
@login_required
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
@require_http_methods(["GET", "HEAD", "POST"])
@limited("change-address", most=10, seconds=HOUR, by=user)
def change(request: HttpRequest) -> HttpResponse:
    """Send a link to the new address. The answer is the same whether it is known here."""
    assert isinstance(request.user, User)  # noqa: S101  looked at by the decorator
    form = AddressForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _asked(request.user, form):
        said = _("We sent a link to %(email)s. It works for 3 days; your address stays until then.")
        messages.success(request, said % {"email": form.cleaned_data["email"]})
        return redirect("mfa_index")
    status = 422 if form.errors else 200
    return render(request, "account/email_change.html", {"form": form}, status=status)


def _asked(person: User, form: AddressForm) -> bool:
    new = form.cleaned_data["email"]
    told = {"old": person.email, "new": new, "person": person}
    try:
        link = accounts.ask_for_address(user=person, email=new, at=now())
    except AddressTaken as error:
        letters.write("address_in_use", error.email, told)
    except ValidationError as error:
        take_over(form, error, default="email")
        return False
    else:
        path = reverse("prove-address", args=[link])
        letters.write("address_prove", new, {**told, "address": letters.address_of(path)})
    letters.write("address_asked", person.email, {**told, **_ways()})
    return True


def _ways() -> dict[str, str]:
    return {"security": letters.address_of(reverse("mfa_index"))}


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("prove-address", most=60, seconds=HOUR, by=user)
def prove(request: HttpRequest, link: str) -> HttpResponse:
    """Opening the link asks, the button changes: mail scanners open links, too.

    Only for the person who asked, signed in: with a slip in the address it reaches a stranger.
    """
    assert isinstance(request.user, User)  # noqa: S101  looked at by the decorator
    try:
        if request.method != "POST":
            asked = accounts.read_link(user=request.user, link=link, at=now())
            return render(request, "account/email_prove.html", {"asked": asked})
        asked = accounts.change_address(user=request.user, link=link, at=now())
    except BadLink:
        return render(request, "account/email_prove.html", status=410)
    letters.write("address_changed", asked.old, {"old": asked.old, "new": asked.new, **_ways()})
    messages.success(request, _("You are now known as %(email)s.") % {"email": asked.new})
    return redirect("mfa_index")
