"""What a person reads of an organisation's notices, and what is still unread."""

from datetime import datetime
from uuid import UUID

from django.db.models import BooleanField, Exists, OuterRef, QuerySet

from marketplace.accounts.services import Principal
from marketplace.notices.kinds import readable
from marketplace.notices.models import SHOWN, Notice, NoticeQuerySet, Seen

#: a bell says no more than this
MOST = 99


def page_of(*, principal: Principal, at: datetime) -> QuerySet[Notice]:
    """Newest first, each with `read`: whether this person has read it."""
    seen = Seen.objects.filter(notice=OuterRef("pk"), person=principal.user)
    rows = _shown(principal, at).annotate(read=Exists(seen, output_field=BooleanField()))
    return rows.order_by("-pk")


def unread(*, principal: Principal, at: datetime) -> int:
    """How many are unread, up to one more than a bell can say: one statement."""
    rows = _shown(principal, at).unread(person=principal.user)
    return rows.order_by("-pk")[: MOST + 1].count()


def read_one(*, principal: Principal, notice: UUID, at: datetime) -> bool:
    """Note that it was read; again changes nothing. False where there is none for this person."""
    row = _shown(principal, at).filter(public_id=notice).first()
    if row is None:
        return False
    Seen.objects.bulk_create(
        [Seen(notice=row, person=principal.user, at=at)], ignore_conflicts=True
    )
    return True


def read_all(*, principal: Principal, at: datetime) -> int:
    """Note that all of them were read; returns how many were not before."""
    rows = _shown(principal, at).unread(person=principal.user)
    marks = [
        Seen(notice_id=pk, person=principal.user, at=at) for pk in rows.values_list("pk", flat=True)
    ]
    return len(Seen.objects.bulk_create(marks, ignore_conflicts=True, batch_size=1_000))


def _shown(principal: Principal, at: datetime) -> NoticeQuerySet:
    rows = Notice.objects.for_page(
        organisation=principal.organisation, person=principal.user, kinds=readable(principal.may)
    )
    return rows.filter(at__gt=at - SHOWN)
