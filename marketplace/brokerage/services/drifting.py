"""Reconciliation, both ways: rows against what machines report. It finds and heals nothing.

What heals by itself is healed by the sweep that a finding names; the rest waits for people.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Max, Min, Q

from marketplace.accounts.trail import trail
from marketplace.brokerage.drift import Difference, Kind, Part, Said, compare
from marketplace.brokerage.drifts import Drift, MachineReport
from marketplace.brokerage.models import Assignment, Reservation
from marketplace.brokerage.states import OPEN, SHORT, Observed, State
from marketplace.catalog.models import Machine
from marketplace.catalog.states import MachineState

from .running import WANTED, Observation

#: a difference that stood this long is a finding: news takes a beat each way, here are four
SURE_AFTER = timedelta(minutes=2)
#: of PostgreSQL's advisory locks: one look at a time
LOCK = 0x5712A176
#: longer than this nothing waits for a broker, which looks every few seconds
BROKERED_WITHIN = timedelta(minutes=10)
#: a sweep that closes what ran out looks every few seconds
CLOSED_WITHIN = timedelta(minutes=5)
#: an image may be pulled for long, but not for this long
BEGUN_WITHIN = timedelta(hours=1)


class Tally(NamedTuple):
    """Open findings of a kind: how many, how many of them people must look at, the oldest."""

    kind: Kind
    open: int
    for_people: int
    since: datetime


def keep_report(*, machine: Machine, reports: Sequence[Observation], at: datetime) -> None:
    """Keep what a machine says it runs, in the place of what it said before.

    The caller lets a machine's messages through one by one, in their order.
    """
    row = MachineReport(machine=machine, heard_at=at, runs=[_kept(report) for report in reports])
    MachineReport.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["machine"], update_fields=["heard_at", "runs"]
    )


def find_drift(*, at: datetime) -> int:
    """Look once, and write what differs; returns how many differences there are now.

    Machines that do not answer are left out: what they last said is old, and other sweeps are for
    them. Safe to run twice or in parallel; of two at once one does nothing.
    """
    with transaction.atomic():
        if not _alone():
            return 0
        said = _said()
        found = [*compare(_parts(said, at), said, at), *_stuck(at)]
        _write({one.key: one for one in found}, said.keys(), at)
        MachineReport.objects.filter(machine__in=said.keys()).update(compared_at=at)
    return len(found)


def tally_drift() -> list[Tally]:
    """Open findings by kind, for those that have any."""
    rows = (
        Drift.objects.open()
        .values_list("kind")
        .annotate(n=Count("pk"), people=Count("pk", Q(mended_by="")), since=Min("since"))
    )
    return [Tally(Kind(kind), *counts) for kind, *counts in rows.order_by("kind")]


def drift_looked_at() -> datetime | None:
    """When machines were last compared with the rows; None when never."""
    found: datetime | None = MachineReport.objects.aggregate(at=Max("compared_at"))["at"]
    return found


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _kept(report: Observation) -> dict[str, object]:
    return {
        "assignment": str(report.assignment),
        "generation": report.generation,
        "state": report.state,
        "gpus": None if report.gpu_uuids is None else sorted(report.gpu_uuids),
        "end": None if report.end is None else report.end.isoformat(),
    }


def _said() -> dict[int, list[Said]]:
    rows = MachineReport.objects.filter(machine__state=MachineState.ONLINE)
    return {
        machine: [
            Said(
                assignment=UUID(one["assignment"]),
                generation=one["generation"],
                state=one["state"],
                gpus=None if one["gpus"] is None else frozenset(one["gpus"]),
                end=datetime.fromisoformat(one["end"]) if one["end"] else None,
            )
            for one in runs
        ]
        for machine, runs in rows.values_list("machine", "runs")
    }


def _parts(said: Mapping[int, Iterable[Said]], at: datetime) -> Iterator[Part]:
    """What those machines should run now, and all that they name."""
    named = {one.assignment for reports in said.values() for one in reports}
    now = Q(reservation__state__in=WANTED, reservation__during__contains=at)
    rows = (
        Assignment.objects.filter(Q(public_id__in=named) | now, machine__in=said.keys())
        .select_related("reservation")
        .prefetch_related("leases__gpu")
    )
    for row in rows:
        yield Part(
            assignment=row.public_id,
            machine=row.machine_id,
            reservation=row.reservation_id,
            generation=row.generation,
            observed=row.observed,
            run=row.reservation.state in WANTED and not row.reservation.due_micro,
            withdrawn=row.withdrawn_at is not None,
            start=row.reservation.during.lower,
            end=row.reservation.during.upper,
            gpus=frozenset(lease.gpu.uuid for lease in row.leases.all()),
        )


def _stuck(at: datetime) -> Iterator[Difference]:
    """Rows that a sweep should have moved on, each with its name; and what never begins."""
    never = {"assignments__withdrawn_at": None, "assignments__observed": Observed.STARTING}
    settled_within = timedelta(seconds=settings.SETTLE_GRACE_SECONDS) + CLOSED_WITHIN
    ways = (
        ("broker_open", Q(state__in=OPEN, created_at__lte=at - BROKERED_WITHIN)),
        ("expire_overdue", Q(state__in=SHORT, hold_expires_at__lte=at - CLOSED_WITHIN)),
        ("end_due", Q(state__in=WANTED, during__endswith__lte=at - CLOSED_WITHIN)),
        ("settle_ended", Q(state=State.ENDED, ended_at__lte=at - settled_within)),
        (
            "",
            Q(
                state=State.CONFIRMED,
                during__startswith__lte=at - BEGUN_WITHIN,
                during__endswith__gt=at,
                **never,
            ),
        ),
    )
    for task, late in ways:
        room = "billing" if task == "settle_ended" else "brokerage"
        by = f"marketplace.{room}.tasks.{task}" if task else ""
        rows = Reservation.objects.filter(late).select_related("offer").distinct()
        for row in rows:
            ought = "moved on by now" if task else "running by now"
            where = (row.public_id, row.offer.machine_id, row.pk)
            yield Difference(Kind.STUCK, *where, ought, row.state, by)


def _write(
    found: Mapping[tuple[str, UUID, int], Difference], heard: Iterable[int], at: datetime
) -> None:
    known = {
        (row.kind, row.subject, row.machine_id): row
        for row in Drift.objects.filter(healed_at__isnull=True)
    }
    for key, one in found.items():
        _see(known.get(key) or _new(one, at), one, at)
    heard = set(heard)
    for key, row in known.items():
        # of a machine that fell silent nothing new is known
        if key not in found and (row.machine_id in heard or row.kind == Kind.STUCK):
            _heal(row, at)


def _new(one: Difference, at: datetime) -> Drift:
    return Drift(
        kind=one.kind,
        machine_id=one.machine,
        reservation_id=one.reservation,
        subject=one.subject,
        ought=one.ought,
        found=one.found,
        since=at,
        seen_at=at,
        created_at=at,
    )


def _see(row: Drift, one: Difference, at: datetime) -> None:
    """The same again; until it is sure, another difference in its place begins anew."""
    same = (row.ought, row.found) == (one.ought, one.found)
    if row.sure_at is None and not same:
        row.since = at
    first = row.sure_at is None and row.since <= at - SURE_AFTER
    if first:
        row.sure_at = at
    row.seen_at = max(at, row.seen_at)
    row.ought, row.found, row.mended_by = one.ought, one.found, one.mended_by
    row.save()
    if first:
        trail(verb="drift found", subject=row, by=None, at=at, kind=row.kind)


def _heal(row: Drift, at: datetime) -> None:
    if row.sure_at is None:
        row.delete()
        return
    row.healed_at = at
    row.save(update_fields=["healed_at"])
    trail(verb="drift healed", subject=row, by=None, at=at, kind=row.kind)
