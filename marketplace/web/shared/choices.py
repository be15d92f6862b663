"""What a visitor chooses at the foot of any page: its language, and light or dark."""

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
from marketplace.web.themes import COOKIE, SYSTEM, THEMES

HOUR = 3600


@require_POST
@limited("language", most=120, seconds=HOUR, by=address)
def language(request: HttpRequest) -> HttpResponse:
    """Keep it in this browser, and with the person who is signed in."""
    wanted = request.POST.get("language", "")
    if wanted not in Language.values:
        messages.error(request, _("Choose one of the languages at the foot of the page."))
        return redirect(_back(request))
    if isinstance(request.user, User):
        accounts.choose_language(user=request.user, language=wanted)
    answer = redirect(_back(request))
    _keep(answer, settings.LANGUAGE_COOKIE_NAME, wanted)
    return answer


@require_POST
@limited("theme", most=120, seconds=HOUR, by=address)
def theme(request: HttpRequest) -> HttpResponse:
    """Keep it in this browser: eyes and screens differ, even of one person."""
    wanted = request.POST.get("theme", "")
    if wanted not in THEMES:
        messages.error(request, _("Choose light, dark or as your system at the foot of the page."))
        return redirect(_back(request))
    answer = redirect(_back(request))
    if wanted == SYSTEM:
        answer.delete_cookie(COOKIE, samesite="Lax")
    else:
        _keep(answer, COOKIE, wanted)
    return answer


def _keep(answer: HttpResponse, name: str, wanted: str) -> None:
    answer.set_cookie(
        name,
        wanted,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )


def _back(request: HttpRequest) -> str:
    """The page it was chosen on, if it is of ours; never where somebody else would send them."""
    wanted = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else "home"
