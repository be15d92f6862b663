"""A file of a case or a party as an answer: always a download, never a page."""

from django.http import HttpResponse
from django.utils.cache import add_never_cache_headers
from django.utils.http import content_disposition_header

from .models import CaseDocument, PartyDocument


def download(document: CaseDocument | PartyDocument) -> HttpResponse:
    """Of the type that its content told, which no browser may guess again or show."""
    answer = HttpResponse(bytes(document.content), content_type=document.media_type)
    answer["Content-Disposition"] = content_disposition_header(True, document.name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    add_never_cache_headers(answer)
    return answer
