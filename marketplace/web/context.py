from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from .access import principal_of
from .themes import THEMES, theme_of


def notices(request: HttpRequest) -> dict[str, Any]:
    """For every page: what is simulated, what to choose from, for whom the visitor acts."""
    return {
        "fake_stripe": bool(settings.FAKE_STRIPE_URL),
        "simulated_gpus": settings.SIMULATED_GPUS,
        "sample_lists": settings.SAMPLE_LISTS,
        "languages": settings.LANGUAGES,
        "themes": THEMES,
        "theme": theme_of(request),
        "principal": SimpleLazyObject(lambda: principal_of(request)),
    }
