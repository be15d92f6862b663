"""What is promised about availability, for everybody to read."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from marketplace.billing import services as billing


@require_safe
def service_levels(request: HttpRequest) -> HttpResponse:
    return render(request, "shared/service_levels.html", {"tiers": billing.schedule(at=now())})
