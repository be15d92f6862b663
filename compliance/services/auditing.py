"""The check of the evidence that nobody has to think of: once a day, its faults kept as rows.

It finds and mends nothing. A chain of many links is read in spans, one a call.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from compliance.models import AuditCheck, AuditFault, ChainLink
from marketplace.core.audit import record

from .verifying import Walk, beside_chain

#: links; some 15 s on a quiet core
SPAN = 200_000
#: a row each of what one call finds, at most; the check counts them all
MOST = 1000
#: of PostgreSQL's advisory locks: one check at a time
LOCK = 0x5712AD17


class Checked(NamedTuple):
    """The last whole check, None before there was one; and the faults that are open."""

    last: AuditCheck | None
    faults: int


def check_audit(*, at: datetime) -> AuditCheck | None:
    """Go on with the check under way, or begin the day's (UTC); None if that is done.

    Safe to run twice or in parallel: of two at once one does nothing.
    """
    with transaction.atomic():
        check = _under_way(at) if _alone() else None
        if check is not None:
            _go_on(check, at)
    return check


def audit_checked() -> Checked:
    last = AuditCheck.objects.filter(finished_at__isnull=False).order_by("finished_at").last()
    return Checked(last, AuditFault.objects.open().count())


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _under_way(at: datetime) -> AuditCheck | None:
    newest = _newest()
    if newest and (newest.finished_at is None or _day(newest.created_at) >= _day(at)):
        return None if newest.finished_at else newest
    return AuditCheck.objects.create(created_at=at)


def _newest() -> AuditCheck | None:
    return AuditCheck.objects.order_by("created_at").last()


def _day(moment: datetime) -> int:
    return moment.astimezone(UTC).toordinal()


def _go_on(check: AuditCheck, at: datetime) -> None:
    walk = Walk(check.reached, check.head)
    faults = list(walk.on(SPAN))
    check.reached, check.head = walk.seq, walk.sha256
    if walk.ended:
        faults += [*beside_chain(at=at), *_heads_lost()]
        check.finished_at = at
    for sentence in faults[:MOST]:
        _see(sentence, at)
    check.faults += len(faults)
    check.save()
    if check.finished_at:
        _heal(AuditFault.objects.open().filter(seen_at__lt=check.created_at), at)


def _heads_lost() -> Iterator[str]:
    """Links that earlier checks read and that are not there any more as they were."""
    still = ChainLink.objects.filter(seq=OuterRef("reached"), sha256=OuterRef("head"))
    whole = AuditCheck.objects.filter(~Exists(still), finished_at__isnull=False, reached__gt=0)
    for check in whole.order_by("reached", "created_at"):
        yield (
            f"link {check.reached} is not the one that was read"
            f" on {check.created_at.astimezone(UTC):%Y-%m-%d} ({check.head})"
        )


def _see(sentence: str, at: datetime) -> None:
    known = AuditFault.objects.open().filter(sentence=sentence).update(seen_at=at)
    if not known:
        fault = AuditFault.objects.create(sentence=sentence, created_at=at, seen_at=at)
        record(verb="audit fault found", subject=fault, at=at, detail={"what": sentence})


def _heal(faults: Iterable[AuditFault], at: datetime) -> None:
    for fault in faults:
        fault.healed_at = at
        fault.save(update_fields=["healed_at"])
        record(verb="audit fault healed", subject=fault, at=at, detail={"what": fault.sentence})
