"""Does the evidence still read as it did when it was sealed? Reads everything, writes nothing."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from compliance import chain
from compliance.models import ChainLink, Unsealed

from .evidence import KINDS, texts, unlinked
from .sealing import BATCH, WINDOW

ALTERED_CONTENT = """
SELECT 'kept content ' || sha256 || ' reads otherwise than its hash' FROM compliance_content
WHERE sha256 <> encode(sha256(convert_to(text, 'UTF8')), 'hex') ORDER BY 1
"""
LOST_CONTENT = """
SELECT 'decision ' || d.public_id || ': the ' || named.what || ' it rested on is not kept'
FROM compliance_decision d CROSS JOIN LATERAL (
  VALUES ('rulebook', d.ruleset_hash), ('party', encode(d.party_hash, 'hex'))
) AS named (what, hash)
WHERE NOT EXISTS (SELECT FROM compliance_content c WHERE c.sha256 = named.hash) ORDER BY 1
"""
LOST_DOCUMENT = """
SELECT 'document ' || (e.detail ->> 'document') || ' of a case is not kept as it came'
FROM compliance_caseevent e WHERE e.kind = 'document' AND NOT EXISTS (
  SELECT FROM compliance_casedocument d
  WHERE d.case_id = e.case_id AND encode(sha256(d.content), 'hex') = e.detail ->> 'sha256'
) ORDER BY 1
"""


class Anchor(NamedTuple):
    """A link as it was written down outside: only this shows a chain that was cut or redone."""

    seq: int
    sha256: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.sha256}"


def verify(*, at: datetime, anchor: Anchor | None = None) -> Iterator[str]:
    """One sentence per fault found; none means that what is sealed is what is stored."""
    yield from _links()
    for kind in KINDS:
        yield from _unlinked(kind, at)
    yield from _taken_while_waiting()
    with connection.cursor() as cursor:
        for query in (ALTERED_CONTENT, LOST_CONTENT, LOST_DOCUMENT):
            cursor.execute(query)
            yield from (sentence for (sentence,) in cursor.fetchall())
    if anchor and not ChainLink.objects.filter(seq=anchor.seq, sha256=anchor.sha256).exists():
        yield f"link {anchor.seq} is not the one that was written down ({anchor.sha256})"


def sealed() -> Iterator[tuple[ChainLink, str | None]]:
    """Every link in order with the canonical text of its row as stored now; None if it is gone."""
    last = None
    while batch := _after(last):
        found = texts(batch)
        for link in batch:
            yield link, found.get((link.kind, link.subject))
        last = batch[-1].seq


def _after(seq: int | None) -> Sequence[ChainLink]:
    links = ChainLink.objects.order_by("seq")
    return list((links if seq is None else links.filter(seq__gt=seq))[:BATCH])


def _links() -> Iterator[str]:
    seq, sha256 = 0, chain.NOTHING_BEFORE
    for link, text in sealed():
        if link.seq != seq + 1:
            yield f"link {link.seq} follows link {seq}: what was between them is gone"
        elif link.prev_sha256 != sha256:
            yield f"{link} does not follow link {seq}"
        if link.sha256 != link.computed_sha256:
            yield f"{link} reads otherwise than its own hash"
        if text is None:
            yield f"{link} is sealed, but the row is gone"
        elif chain.sha256(text) != link.payload_sha256:
            yield f"{link} reads otherwise than when it was sealed"
        seq, sha256 = link.seq, link.sha256


def _unlinked(kind: str, at: datetime) -> Iterator[str]:
    for subject, since in unlinked(kind).values_list("public_id", "since").iterator(BATCH):
        if since is None:
            yield f"{kind} {subject} was put in past the chain: no link, and none was asked for"
        elif since < at - WINDOW:
            yield f"{kind} {subject} waits for its link since {since:%Y-%m-%d %H:%M:%SZ}"


def _taken_while_waiting() -> Iterator[str]:
    waiting = list(Unsealed.objects.order_by("pk"))
    found = texts(waiting)
    # one that was sealed since the list was read is no longer there to be asked about
    gone = [one.pk for one in waiting if (one.kind, one.subject) not in found]
    for one in Unsealed.objects.filter(pk__in=gone).order_by("pk"):
        yield f"{one} waits for its link, but the row is gone"
