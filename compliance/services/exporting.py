"""The chain as a file that anybody can verify with docs/verify_audit.py and nothing else."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from compliance import chain
from compliance.models import ChainLink
from marketplace.core.files import whole

from .evidence import KINDS, unlinked
from .sealing import BATCH, seal
from .verifying import Anchor, sealed


def export(*, target: Path, at: datetime) -> Anchor:
    """Seal what waits, write all links with their rows as JSON lines, return the head.

    The file appears only when it is whole. Rows that have no link and asked for none are written
    too, so that whoever reads the file sees them.
    """
    seal(at=at)
    head = Anchor(0, chain.NOTHING_BEFORE)
    with whole(target) as out:
        for link, text in sealed():
            head = Anchor(link.seq, link.sha256)
            out.write(json.dumps(_line(link, text)) + "\n")
        for line in _past_the_chain():
            out.write(json.dumps(line) + "\n")
        out.write(json.dumps({"head": str(head), "exported_at": at.isoformat()}) + "\n")
    return head


def _line(link: ChainLink, text: str | None) -> dict[str, Any]:
    """The payload stays the text that was hashed; a reader need not write JSON as we do."""
    names = ("seq", "kind", "payload_sha256", "prev_sha256", "sha256")
    return {
        **{name: getattr(link, name) for name in names},
        "subject": str(link.subject),
        "sealed_at": link.sealed_at.astimezone(UTC).isoformat(),
        "payload": text,
    }


def _past_the_chain() -> Iterator[dict[str, Any]]:
    for kind in KINDS:
        rows = unlinked(kind).filter(since__isnull=True)
        for subject in rows.values_list("public_id", flat=True).iterator(BATCH):
            yield {"unlinked": kind, "subject": str(subject)}
