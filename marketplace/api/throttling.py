from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from rest_framework.request import Request
from rest_framework.throttling import ScopedRateThrottle, SimpleRateThrottle

from marketplace.accounts.services import Principal

from .authentication import bearer

if TYPE_CHECKING:
    # REST framework's views import this module through the settings
    from rest_framework.views import APIView


class OwnLimit(SimpleRateThrottle):
    """The limit that a key was made with, whatever it asks for; below the usual ones."""

    rate = "1/min"  # the number comes from the key

    def allow_request(self, request: Request, view: APIView) -> bool:
        acting = request.auth
        if not isinstance(acting, Principal) or acting.per_minute is None:
            return True
        self.num_requests = acting.per_minute
        return super().allow_request(request, view)

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        return self.cache_format % {"scope": "own", "ident": _fingerprint(bearer(request) or "")}


class PerKeyThrottle(ScopedRateThrottle):
    """Counts each API key by itself, each browser session's user, and strangers by address."""

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        secret = bearer(request)
        if secret is None or not request.user.is_authenticated:
            return super().get_cache_key(request, view)
        return self.cache_format % {"scope": self.scope, "ident": _fingerprint(secret)}


def _fingerprint(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()
