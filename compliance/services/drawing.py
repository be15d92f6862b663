"""What rentals take from licences: drawn when GPUs are set aside, the rest put back at the end."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from compliance.licences import Row, Used, Wanted, gpu_us
from compliance.models import Decision, Licence, LicenceDraw, LicenceReturn

#: the name under which the database refuses a draw that the licence has no room for
GUARD = "licence_not_overdrawn"
USED = "SELECT gpu_us, at_once, own FROM compliance_licence_used(%s, tstzrange(%s, %s), %s)"


class LicenceSpent(Exception):
    """The licence has too little left for this, or is no longer in force."""


def used(licence: Row, wanted: Wanted) -> Used:
    """What is drawn on the licence now, without what the rental itself holds of it."""
    window = wanted.start, max(wanted.start, wanted.end)
    with connection.cursor() as cursor:
        cursor.execute(USED, [licence["id"], *window, wanted.rental])
        return Used(*cursor.fetchone())


def drawn_gpu_us(*, licence: Licence) -> int:
    """GPU-microseconds that are drawn in all, without what was put back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT gpu_us FROM compliance_licence_used(%s, NULL, NULL)", [licence.pk])
        [drawn] = cursor.fetchone()
    return int(drawn)


def draw(
    *, decision: Decision, rental: UUID, gpus: int, start: datetime, end: datetime, at: datetime
) -> None:
    """Make what the rental draws what its decision asks for, in the caller's transaction.

    A draw on the decision's own licence stays as it is; one on another is put back from `start`
    on. Raises LicenceSpent; then nothing was drawn or put back. Locks the licence until the
    commit: take it after the GPUs and before the money.
    """
    held = _held(rental)
    if held and held.licence_id == decision.licence_id:
        return
    with transaction.atomic():
        put_back(rental=rental, until=start, at=at)
        if decision.licence:
            _draw(decision.licence, decision, rental, gpus, start, end, at)


def put_back(*, rental: UUID, until: datetime, at: datetime) -> None:
    """Give the licence back what the rental holds from `until` on; what was before stays used.

    Nothing happens for a rental that draws on none. The caller has locked the rental.
    """
    held = _held(rental)
    if held is None:
        return
    until = max(until, held.during.lower)
    rest = gpu_us(held.gpus, until, held.during.upper)
    if rest:
        LicenceReturn.objects.create(draw=held, until=until, gpu_us=rest, at=at)


def _held(rental: UUID) -> LicenceDraw | None:
    return LicenceDraw.objects.filter(rental=rental, returned__isnull=True).first()


def _draw(
    licence: Licence,
    decision: Decision,
    rental: UUID,
    gpus: int,
    start: datetime,
    end: datetime,
    at: datetime,
) -> None:
    try:
        with transaction.atomic():
            LicenceDraw.objects.create(
                licence=licence,
                decision=decision,
                rental=rental,
                gpus=gpus,
                during=DateTimeTZRange(start, end),
                gpu_us=gpu_us(gpus, start, end),
                at=at,
            )
    except IntegrityError as error:
        if GUARD not in str(error):
            raise
        raise LicenceSpent(f"{licence} has too little left") from error
