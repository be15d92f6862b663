from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from rest_framework.request import Request
from rest_framework.throttling import ScopedRateThrottle

from .authentication import bearer

if TYPE_CHECKING:
    # REST framework's views import this module through the settings
    from rest_framework.views import APIView


class PerKeyThrottle(ScopedRateThrottle):
    """Counts each API key by itself, each browser session's user, and strangers by address."""

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        secret = bearer(request)
        if secret is None or not request.user.is_authenticated:
            return super().get_cache_key(request, view)
        ident = hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()
        return self.cache_format % {"scope": self.scope, "ident": ident}
