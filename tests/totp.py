"""The code that an authenticator app shows (RFC 6238, SHA-1, six digits, half a minute)."""

import base64
import hashlib
import hmac
import time


def code(secret: str, *, steps: int = 0) -> str:
    """Now, or so many steps of half a minute later."""
    counter = (int(time.time()) // 30 + steps).to_bytes(8, "big")
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    place = digest[-1] & 15
    number = int.from_bytes(digest[place : place + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"
