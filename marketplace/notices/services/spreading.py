"""From a notice to the letters that tell of it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from marketplace.accounts import roles
from marketplace.accounts.models import Membership, Role
from marketplace.core import changes, hints
from marketplace.notices.kinds import BY_CODE
from marketplace.notices.models import Choice, Letter, Notice

#: letters of one kind that a person gets in an hour; more stand on the page only
MOST_ALIKE, ALIKE_WITHIN = 10, timedelta(hours=1)
SEND = "marketplace.notices.tasks.send_letters"
DELIVER = "marketplace.hooks.tasks.pass_on"


def spread(*, notice: Notice, at: datetime) -> None:
    """Write the letters of a notice and wake open pages. Safe to call twice or in parallel."""
    with transaction.atomic():
        rows = Notice.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
        row = rows.unspread().filter(pk=notice.pk).select_related("organisation").first()
        if row is None:
            return
        Letter.objects.bulk_create(_letters(row, at), ignore_conflicts=True)
        Notice.objects.filter(pk=row.pk).update(spread_at=at)
        changes.after_commit(row.organisation)
        hints.after_commit(SEND)
        hints.after_commit(DELIVER)


def _letters(row: Notice, at: datetime) -> Iterator[Letter]:
    """None where this marketplace has no mail server: in development pages are enough."""
    if not settings.EMAIL_HOST:
        return
    readers = _readers(row)
    people = [one.user_id for one in readers]
    chosen = dict(
        Choice.objects.filter(kind=row.kind, person__in=people).values_list("person", "by_email")
    )
    for one in readers:
        wanted = chosen.get(one.user_id, BY_CODE[row.kind].letter)
        if wanted and not _had_enough(one.user_id, row, at):
            yield Letter(to=one.user.email, notice=row, person=one.user, next_at=at, created_at=at)


def _readers(row: Notice) -> list[Membership]:
    """Whom it concerns most, while a member; or all whose role may act on it.

    What everybody may read is told by letter to owners: viewers look at the page.
    """
    active = Membership.objects.filter(organisation=row.organisation, user__is_active=True)
    members = list(active.select_related("user").order_by("pk"))
    concerned = [one for one in members if one.user_id == row.person_id]
    act = BY_CODE[row.kind].act
    if act == roles.VIEW:
        return concerned or [one for one in members if one.role == Role.OWNER]
    return concerned or [one for one in members if roles.may(one.role, act)]


def _had_enough(person: int, row: Notice, at: datetime) -> bool:
    if BY_CODE[row.kind].fixed:
        return False
    lately = Letter.objects.filter(person=person, created_at__gt=at - ALIKE_WITHIN)
    return lately.filter(notice__kind=row.kind).count() >= MOST_ALIKE
