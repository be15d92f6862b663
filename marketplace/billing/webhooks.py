from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from . import services

MAX_BYTES = 256_000


@csrf_exempt  # Stripe signs the body instead
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """Store a signed event and answer at once; whatever is not signed leaves nothing behind."""
    payload = request.read(MAX_BYTES + 1)  # a body sent in chunks announces no length
    if len(payload) > MAX_BYTES:
        return HttpResponse("too large", status=413, content_type="text/plain")
    try:
        services.store_event(
            payload=payload,
            signature=request.headers.get("Stripe-Signature", ""),
            at=now(),
        )
    except services.BadSignature as error:
        return HttpResponse(str(error), status=400, content_type="text/plain")
    return HttpResponse(status=200)
