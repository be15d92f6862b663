"""Light, dark, or whatever the visitor's system says: kept in a cookie, so it needs no script.

The choice stands on <html data-theme>, which straits.css turns into a colour scheme.
"""

from typing import Final

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

COOKIE: Final = "theme"
#: no cookie is kept for it
SYSTEM: Final = "system"
THEMES: Final[dict[str, StrOrPromise]] = {
    "light": _("Light"),
    "dark": _("Dark"),
    SYSTEM: _("As the system"),
}


def theme_of(request: HttpRequest) -> str:
    """What this browser keeps; anything else counts for nothing."""
    kept = request.COOKIES.get(COOKIE, SYSTEM)
    return kept if kept in THEMES else SYSTEM
