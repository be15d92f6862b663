from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from .access import principal_of


def notices(request: HttpRequest) -> dict[str, Any]:
    """What every page says: what is simulated here, and for whom the visitor acts (lazily)."""
    return {
        "fake_stripe": bool(settings.FAKE_STRIPE_URL),
        "simulated_gpus": settings.SIMULATED_GPUS,
        "sample_lists": settings.SAMPLE_LISTS,
        "principal": SimpleLazyObject(lambda: principal_of(request)),
    }
