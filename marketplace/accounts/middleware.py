"""Notes for whom a request acted and from where; the sweep makes rows of it."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.timezone import now

from . import sightings
from .services import Principal

Handler = Callable[[HttpRequest], HttpResponseBase]


def note_access(get_response: Handler) -> Handler:
    """After the view, when it is known who asked: pages keep it, the API has it as `auth`."""

    def handle(request: HttpRequest) -> HttpResponseBase:
        answer = get_response(request)
        acting = vars(request).get("principal") or getattr(request, "auth", None)
        if isinstance(acting, Principal):
            address = request.META.get("REMOTE_ADDR", "")
            sightings.note(organisation=acting.organisation, address=address, at=now())
        return answer

    return handle
