"""Secrets that must be read again, in rows: a copy of the database alone tells none of them."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

__all__ = ["InvalidToken", "seal", "unseal"]


def seal(*, purpose: str, text: str) -> bytes:
    """Encrypt under a key of this purpose, which follows SECRET_KEY."""
    return _locks(purpose).encrypt(text.encode())


def unseal(*, purpose: str, sealed: bytes) -> str:
    """What was sealed for this purpose. Raises InvalidToken once its SECRET_KEY is gone."""
    return _locks(purpose).decrypt(sealed).decode()


def _locks(purpose: str) -> MultiFernet:
    """The key of today first; those of SECRET_KEY_FALLBACKS open what was sealed before."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(f"{purpose} {key!s}".encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(one)) for one in digests])
