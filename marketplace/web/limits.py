"""How often somebody may do something: counted in the cache, in fixed windows."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

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
            if request.method == "POST" and _count(name, by(request), seconds) > most:
                return _too_many(request, seconds)
            return view(request, *args, **kwargs)

        return counted

    return decorate


def _count(name: str, who: str, seconds: int) -> int:
    """Add one and return how many there were since the window began."""
    # hashed: what people type is neither a cache key nor to be read there
    key = f"limit:{name}:{hashlib.sha256(who.encode(errors='replace')).hexdigest()}"
    cache.add(key, 0, timeout=seconds)
    try:
        return cache.incr(key)
    except ValueError:  # the window ended between the two calls
        return 1


def _too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    minutes = max(1, seconds // 60)
    answer = render(request, "429.html", {"minutes": minutes}, status=429)
    answer["Retry-After"] = str(seconds)
    return answer
