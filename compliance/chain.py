"""The hash chain over compliance's evidence: what exactly is hashed. Pure.

Canonical JSON is an object with its keys sorted, no spaces, and everything outside ASCII written as
\\uXXXX; its hash is the SHA-256 of those ASCII bytes in lower-case hexadecimal.

- A row is the object {column: text}. Text is what PostgreSQL itself writes for the value
  (`column::text`) with time zone UTC, ISO dates and bytes in hexadecimal, so that 1.0 and 1.00 in a
  JSON column are two values. A column that is NULL is left out: a later migration may add a
  nullable column without touching what is sealed, but may not rename or retype one.
- A link is the object with kind, payload_sha256, prev_sha256, sealed_at (ISO 8601), seq and
  subject. The link before the first one has the hash 0000...0.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

NOTHING_BEFORE = "0" * 64


def canonical(value: Mapping[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def link(
    *,
    seq: int,
    kind: str,
    subject: UUID,
    payload_sha256: str,
    prev_sha256: str,
    sealed_at: datetime,
) -> dict[str, Any]:
    """The object a link is hashed as."""
    return {
        "seq": seq,
        "kind": kind,
        "subject": str(subject),
        "payload_sha256": payload_sha256,
        "prev_sha256": prev_sha256,
        "sealed_at": sealed_at.astimezone(UTC).isoformat(),
    }
