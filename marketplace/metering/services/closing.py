"""The end of metering: where each chain stood, and what of the time was not seen as it passed."""

from datetime import datetime

from django.db import transaction
from psycopg.types.range import TimestamptzRange

from agents.protocol.evidence import GENESIS
from marketplace.brokerage.models import Assignment, Reservation
from marketplace.metering import gaps
from marketplace.metering.gaps import Seen
from marketplace.metering.models import Closing, Gap, Link, OwnOutage, Segment

from .chaining import slice_of
from .sealing import interval, seal

#: a lease of months has hundreds of thousands of links
CHUNK = 500


def close(*, reservation: Reservation, at: datetime) -> None:
    """Seal what is here and note, once, where the chains end; what is linked later is not billed.

    Takes the assignments' locks, so that no segment is on its way into a chain meanwhile.
    """
    with transaction.atomic():
        assignments = list(
            Assignment.objects.filter(reservation=reservation, started_at__isnull=False)
            .select_for_update(no_key=True, of=("self",))
            .order_by("pk")
        )
        seal(reservation=reservation, at=at, anew=True)
        closed = set(Closing.objects.filter(assignment__in=assignments).values_list("assignment"))
        for assignment in assignments:
            if (assignment.pk,) not in closed:
                _close(assignment, at)


def _close(assignment: Assignment, at: datetime) -> None:
    links = Link.objects.filter(assignment=assignment).select_related("segment")
    last = links.order_by("position").last()
    Closing.objects.create(
        assignment=assignment,
        links=last.position if last else 0,
        head_sha256=bytes(last.segment.content_sha256) if last else bytes.fromhex(GENESIS),
        closed_at=at,
        created_at=at,
    )
    lease = assignment.leases.order_by("pk").first()
    bounds = interval(lease, at) if lease else None
    if bounds is None:
        return
    found = gaps.classify(
        map(_seen, links.order_by("position").iterator(chunk_size=CHUNK)),
        lease=bounds,
        waiting=_waiting(assignment),
        own_outages=_own_outages(bounds),
    )
    Gap.objects.bulk_create(
        Gap(
            assignment=assignment,
            during=TimestamptzRange(one.start, one.end),
            kind=one.kind,
            billed=one.billed,
            found_at=at,
        )
        for one in found
    )


def _seen(link: Link) -> Seen:
    time = link.counted
    return Seen(
        said=slice_of(link.segment),
        counted=(time.lower, time.upper) if time else None,
        doubt=link.doubt,
        received_at=link.segment.received_at,
    )


def _waiting(assignment: Assignment) -> bool:
    return Segment.objects.filter(assignment=assignment, forked=False, link=None).exists()


def _own_outages(bounds: tuple[datetime, datetime]) -> list[tuple[datetime, datetime]]:
    rows = OwnOutage.objects.filter(during__overlap=TimestamptzRange(*bounds))
    return [(row.during.lower, row.during.upper) for row in rows]
