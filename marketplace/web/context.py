from django.conf import settings
from django.http import HttpRequest


def notices(request: HttpRequest) -> dict[str, bool]:
    """Say on every page what is simulated here."""
    return {
        "fake_stripe": bool(settings.FAKE_STRIPE_URL),
        "simulated_gpus": settings.SIMULATED_GPUS,
        "sample_lists": settings.SAMPLE_LISTS,
    }
