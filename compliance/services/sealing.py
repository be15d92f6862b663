"""Links to the chain, made after the commit: deciding never waits for anybody else's decision."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction

from compliance import chain
from compliance.models import ChainLink, Unsealed

from .evidence import texts

BATCH = 500
#: a row that waits longer than this for its link is a fault; the sealer runs every few seconds
WINDOW = timedelta(minutes=10)


def seal(*, at: datetime) -> int:
    """Link every committed row that waits, in the order of the queue; returns how many.

    A row that was taken away while it waited stays in the queue, for `verify` to name.
    """
    sealed, last = 0, 0
    while waiting := _seal_some(after=last, at=at):
        last = waiting[-1].pk
        sealed += len(waiting)
    return sealed - Unsealed.objects.filter(pk__lte=last).count()


def _seal_some(*, after: int, at: datetime) -> Sequence[Unsealed]:
    """One transaction, one sealer at a time: two would write the same place in the chain."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('compliance.chain'))")
        waiting = list(Unsealed.objects.filter(pk__gt=after).order_by("pk")[:BATCH])
        found = texts(waiting)
        here = [one for one in waiting if (one.kind, one.subject) in found]
        head = ChainLink.objects.order_by("-seq").first()
        links: list[ChainLink] = []
        for one in here:
            head = _link(head, one, found[one.kind, one.subject], at)
            links.append(head)
        ChainLink.objects.bulk_create(links)
        Unsealed.objects.filter(pk__in=[one.pk for one in here]).delete()
    return waiting


def _link(head: ChainLink | None, row: Unsealed, text: str, at: datetime) -> ChainLink:
    made = ChainLink(
        seq=head.seq + 1 if head else 1,
        kind=row.kind,
        subject=row.subject,
        payload_sha256=chain.sha256(text),
        prev_sha256=head.sha256 if head else chain.NOTHING_BEFORE,
        sealed_at=at,
    )
    made.sha256 = made.computed_sha256
    return made
