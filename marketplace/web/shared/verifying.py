"""The program with which anybody recomputes a usage statement, as we publish it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

PROGRAM = settings.BASE_DIR / "docs" / "verify_usage.py"


@require_safe
def usage_verifier(request: HttpRequest) -> HttpResponse:
    """For everybody: who is handed a statement by its renter may have no account here."""
    return HttpResponse(
        PROGRAM.read_bytes(),
        content_type="text/x-python; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{PROGRAM.name}"'},
    )
