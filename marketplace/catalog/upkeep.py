"""Maintenance of a machine, as its provider plans it: no new lease reaches into it."""

from datetime import datetime, timedelta

from django.db import transaction
from psycopg.types.range import TimestamptzRange

from marketplace.accounts.models import User
from marketplace.accounts.trail import trail
from marketplace.core import changes
from marketplace.core.refusals import BadField

from .models import Gpu, Machine

#: "now" as the provider saw it may be this old when it reaches us
SLACK = timedelta(minutes=15)
FURTHEST = timedelta(days=365)


class BadUpkeep(BadField):
    """It cannot be planned like this; the message says how it can."""


def plan_upkeep(
    *, machine: Machine, start: datetime, until: datetime | None, by: User | None, at: datetime
) -> None:
    """Take no new lease that reaches into [start, until); it replaces what was planned before.

    Without an end the machine is drained until it is taken back. What is booked stays booked.
    Raises BadUpkeep; then nothing was changed.
    """
    start = _checked(start, until, at)
    with transaction.atomic():
        _lock(machine)
        span = TimestamptzRange(start, until)
        Machine.objects.filter(pk=machine.pk).update(upkeep=span)
        told = {"from": start.isoformat(), "until": until.isoformat() if until else ""}
        trail(verb="planned maintenance of", subject=machine, by=by, at=at, **told)
        changes.after_commit(machine)
    machine.upkeep = span


def end_upkeep(*, machine: Machine, by: User | None, at: datetime) -> bool:
    """Take leases again at once; returns whether any maintenance was planned."""
    with transaction.atomic():
        planned = Machine.objects.filter(pk=machine.pk, upkeep__isnull=False)
        ended = bool(planned.update(upkeep=None))
        if ended:
            trail(verb="ended maintenance of", subject=machine, by=by, at=at)
            changes.after_commit(machine)
    machine.upkeep = None
    return ended


def _checked(start: datetime, until: datetime | None, at: datetime) -> datetime:
    if start < at - SLACK:
        raise BadUpkeep("start", "lies in the past; leave it empty to begin now")
    if until is not None and until <= max(start, at):
        raise BadUpkeep("until", "must be later than the start and than now")
    if max(start, until or start) > at + FURTHEST:
        raise BadUpkeep("start", f"must be within {FURTHEST.days} days")
    return max(start, at)


def _lock(machine: Machine) -> None:
    """The machine, then its GPUs in key order, as brokers lock them before they write leases: who
    comes second sees what the first wrote.
    """
    Machine.objects.select_for_update(no_key=True).get(pk=machine.pk)
    rows = Gpu.objects.filter(machine=machine).order_by("pk").select_for_update(no_key=True)
    list(rows.values_list("pk", flat=True))
