"""A key names one act: with the same content it is that act again, with other content an error."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


class KeyReused(Exception):
    """An idempotency key came back with different content than the first time."""


def digest(content: Mapping[str, Any]) -> bytes:
    """SHA-256 of the content in canonical JSON (sorted keys, no spaces; dates and ids as text)."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).digest()


def require_same(stored: bytes | memoryview, given: bytes, *, key: str) -> None:
    """Raise KeyReused unless the digest stored with the key equals the one given now."""
    if bytes(stored) != given:
        raise KeyReused(f"key {key!r} was used before with different content; choose a new key")
