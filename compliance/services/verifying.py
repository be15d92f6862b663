"""Does the evidence still read as it did when it was sealed? Reads everything, writes nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
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
    yield from Walk().on()
    yield from beside_chain(at=at)
    if anchor and not ChainLink.objects.filter(seq=anchor.seq, sha256=anchor.sha256).exists():
        yield f"link {anchor.seq} is not the one that was written down ({anchor.sha256})"


def beside_chain(*, at: datetime) -> Iterator[str]:
    """The faults that no link shows: of rows without one, and of texts and documents."""
    for kind in KINDS:
        yield from _unlinked(kind, at)
    yield from _taken_while_waiting()
    with connection.cursor() as cursor:
        for query in (ALTERED_CONTENT, LOST_CONTENT, LOST_DOCUMENT):
            cursor.execute(query)
            yield from (sentence for (sentence,) in cursor.fetchall())


@dataclass(slots=True)
class Walk:
    """A way along the chain; `seq` and `sha256` are those of the last link that was read."""

    seq: int = 0
    sha256: str = chain.NOTHING_BEFORE
    #: there was nothing behind the last link
    ended: bool = False

    def on(self, most: int | None = None) -> Iterator[str]:
        """Read on, at most so many links; one sentence per fault found."""
        links = sealed(after=self.seq)
        read = 0
        for link, text in islice(links, most):
            yield from self._faults(link, text)
            self.seq, self.sha256, read = link.seq, link.sha256, read + 1
        self.ended = most is None or read < most

    def _faults(self, link: ChainLink, text: str | None) -> Iterator[str]:
        if link.seq != self.seq + 1:
            yield f"link {link.seq} follows link {self.seq}: what was between them is gone"
        elif link.prev_sha256 != self.sha256:
            yield f"{link} does not follow link {self.seq}"
        if link.sha256 != link.computed_sha256:
            yield f"{link} reads otherwise than its own hash"
        if text is None:
            yield f"{link} is sealed, but the row is gone"
        elif chain.sha256(text) != link.payload_sha256:
            yield f"{link} reads otherwise than when it was sealed"


def sealed(*, after: int | None = None) -> Iterator[tuple[ChainLink, str | None]]:
    """The links behind one, in order, each with the canonical text of its row as stored now.

    The text is None if the row is gone.
    """
    last = after
    while batch := _after(last):
        found = texts(batch)
        for link in batch:
            yield link, found.get((link.kind, link.subject))
        last = batch[-1].seq


def _after(seq: int | None) -> Sequence[ChainLink]:
    links = ChainLink.objects.order_by("seq")
    return list((links if seq is None else links.filter(seq__gt=seq))[:BATCH])


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
