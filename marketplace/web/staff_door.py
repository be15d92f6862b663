"""Staff come into the admin through the same door as everybody, and with a second factor.

A middleware rather than a wrapper of views: no page of the admin can be left out.
"""

from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from marketplace.accounts import proof
from marketplace.accounts import services as accounts
from marketplace.accounts.models import User

Handler = Callable[[HttpRequest], HttpResponseBase]
NOT_STAFF = "Only staff work here."


def staff_door(get_response: Handler) -> Handler:
    def handle(request: HttpRequest) -> HttpResponseBase:
        inside = request.path.startswith(reverse("admin:index"))
        return (_elsewhere(request) if inside else None) or get_response(request)

    return handle


def _elsewhere(request: HttpRequest) -> HttpResponseBase | None:
    """Where to go before the admin; None where the request may go on to it."""
    user = request.user
    if request.path == reverse("admin:login") and not user.is_staff:
        if user.is_authenticated:
            raise PermissionDenied(NOT_STAFF)
        return redirect_to_login(request.GET.get("next", reverse("admin:index")))
    if not isinstance(user, User) or not user.is_staff:
        return None  # the admin turns them away itself
    if not proof.has_second_factor(request, user):
        return to_second_factor(request, user)
    if request.path == reverse("admin:password_change"):
        return redirect("account_change_password")  # which is on the trail
    return None


def to_second_factor(request: HttpRequest, user: User) -> HttpResponse:
    """To the page that asks for the factor, or that sets one up, and back here from it."""
    name = "mfa_reauthenticate" if accounts.factors_of(user=user) else "mfa_activate_totp"
    # an act cannot be come back to by GET
    back = request.get_full_path() if request.method == "GET" else "/"
    return redirect(f"{reverse(name)}?{urlencode({'next': back})}")
