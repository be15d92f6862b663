"""In which language a page is written: the person's choice, the browser's, or English.

What programs read (the API, the agent's protocol, Stripe's events) and the staff's desk are always
English, whatever a browser asks for.
"""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

from marketplace.accounts.models import User

Handler = Callable[[HttpRequest], HttpResponseBase]
ENGLISH = "en"
ENGLISH_ONLY = ("/admin/", "/agent/", "/api/", "/stripe/")


def speak(get_response: Handler) -> Handler:
    """A middleware, after the one that knows who asks. It leaves the thread as it was."""

    def handle(request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(ENGLISH_ONLY):
            with translation.override(ENGLISH):
                return get_response(request)
        language = _language_of(request)
        with translation.override(language):
            answer = get_response(request)
        patch_vary_headers(answer, ("Accept-Language", "Cookie"))
        answer.headers.setdefault("Content-Language", language)
        return answer

    return handle


def _language_of(request: HttpRequest) -> str:
    """The choice that is kept with the person, that of this browser, or what the browser reads."""
    user = request.user
    if isinstance(user, User) and user.language:
        return user.language
    return translation.get_language_from_request(request)
