"""How often somebody may do something: in fixed windows."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from marketplace.core.limits import count, left

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def address(request: HttpRequest) -> str:
    """Where the request comes from; behind a proxy the web server has put it right."""
    return request.META.get("REMOTE_ADDR") or "unknown"


def user(request: HttpRequest) -> str:
    return str(request.user.pk)


def limited(
    name: str, *, most: int, seconds: int, by: Callable[[HttpRequest], str]
) -> Callable[[View[P]], View[P]]:
    """Answer 429 to the POSTs of one `by` above `most` in a window of `seconds`."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def counted(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if request.method == "POST":
                who, window = by(request), timedelta(seconds=seconds)
                if count(name=name, who=who, window=window) > most:
                    return _too_many(request, left(name=name, who=who))
            return view(request, *args, **kwargs)

        return counted

    return decorate


def _too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    minutes = -(-seconds // 60)
    answer = render(request, "429.html", {"minutes": minutes}, status=429)
    answer["Retry-After"] = str(seconds)
    return answer
