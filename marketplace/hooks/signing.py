"""Signatures in the form of standard-webhooks (https://www.standardwebhooks.com), version v1."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Final

PREFIX: Final = "whsec_"
BYTES: Final = 32


def new_secret() -> str:
    """A secret as a reader gets it: whsec_ and 32 random bytes in base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(BYTES)).decode()


def signature(*, secret: str, message: str, at: datetime, body: bytes) -> str:
    """`v1,` and the HMAC-SHA256 of `id.seconds.body` in base64."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message}.{int(at.timestamp())}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def headers(*, keys: Iterable[str], message: str, at: datetime, body: bytes) -> dict[str, str]:
    """What goes with the body: a signature for each secret that is good, newest first."""
    signed = [signature(secret=key, message=message, at=at, body=body) for key in keys]
    return {
        "webhook-id": message,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signed),
    }
