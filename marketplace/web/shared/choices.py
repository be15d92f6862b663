"""The choice of a language: kept in this browser, and with the person who is signed in."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from marketplace.accounts import services as accounts
from marketplace.accounts.models import Language, User
from marketplace.web.limits import address, limited

HOUR = 3600


@require_POST
@limited("language", most=120, seconds=HOUR, by=address)
def choose(request: HttpRequest) -> HttpResponse:
    """Keep the choice and go back to the page it was made on."""
    wanted = request.POST.get("language", "")
    if wanted not in Language.values:
        messages.error(request, _("Choose one of the languages at the foot of the page."))
        return redirect(_back(request))
    if isinstance(request.user, User):
        accounts.choose_language(user=request.user, language=wanted)
    answer = redirect(_back(request))
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        wanted,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
    return answer


def _back(request: HttpRequest) -> str:
    """A page of ours; never where somebody else would send the visitor."""
    wanted = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else "home"
