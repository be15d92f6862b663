"""What becomes of a machine's health reports, and how a GPU comes back on the market."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.accounts.trail import trail
from marketplace.catalog.models import (
    Gpu,
    GpuEvent,
    HealthChange,
    Machine,
    MachineReading,
    Telemetry,
)
from marketplace.catalog.states import Health
from marketplace.catalog.trust import services as trust
from marketplace.core import changes

from . import judging
from .judging import WELL, Standing
from .rules import Rules, Verdict, shipped

log = logging.getLogger(__name__)

#: of a machine in a day; an honest agent sends each XID of a GPU once a minute at most
MOST_EVENTS, DAY = 20_000, timedelta(days=1)
#: how long telemetry is kept: longer than any reservation, and for disputes
KEEP = timedelta(days=180)
HEALTH = {
    Verdict.NOTED: Health.OK,
    Verdict.DEGRADED: Health.DEGRADED,
    Verdict.FAILED: Health.FAILED,
}
VERDICT = {health: verdict for verdict, health in HEALTH.items()}


@dataclass(frozen=True)
class Event:
    """An XID as an agent tells it; (boot_id, seq) names it on its machine for ever."""

    boot_id: UUID
    seq: int
    uuid: str
    xid: int
    at: datetime


@dataclass(frozen=True)
class Report:
    """`before` is the last look that found nothing new; `gpus` and `averages` are by UUID."""

    kernel_boot: str
    read_at: datetime
    before: datetime | None
    gpus: Mapping[str, Mapping[str, Any]]
    events: Sequence[Event] = ()
    since: datetime | None = None
    averages: Mapping[str, Mapping[str, Any]] | None = None


def record(*, machine: Machine, report: Report, at: datetime) -> int:
    """Take over a health report: events are stored once each, GPUs judged, telemetry rolled up.

    Late, repeated and shuffled reports do no harm: an older reading never replaces a newer one, and
    only events that are new here are judged. Returns how many events were new.
    """
    with transaction.atomic():
        # whoever judges GPUs of a machine holds it
        machine = Machine.objects.select_for_update(no_key=True).get(pk=machine.pk)
        known = MachineReading.objects.filter(machine=machine).first()
        fresh = _store_events(machine, report.events, at)
        newer = known is None or report.read_at > known.read_at
        _judge(machine, report if newer else _only_events(report, known), fresh, known, at)
        if newer:
            _keep_reading(machine, report, at)
    _keep_telemetry(machine, report, at)
    changes.after_commit(machine)
    return len(fresh)


def _only_events(report: Report, known: MachineReading | None) -> Report:
    """An older report has nothing to say but its events: the readings are those we have."""
    assert known is not None  # noqa: S101  nothing is older than nothing
    return Report(known.kernel_boot, known.read_at, report.before, known.gpus, report.events)


def _store_events(machine: Machine, events: Sequence[Event], at: datetime) -> list[Event]:
    if not events or _too_many(machine, at):
        return []
    boots, seqs = {event.boot_id for event in events}, {event.seq for event in events}
    stored = set(
        GpuEvent.objects.filter(machine=machine, boot_id__in=boots, seq__in=seqs).values_list(
            "boot_id", "seq"
        )
    )
    fresh = {
        (event.boot_id, event.seq): event
        for event in events
        if (event.boot_id, event.seq) not in stored
    }
    GpuEvent.objects.bulk_create(
        GpuEvent(
            machine=machine,
            boot_id=event.boot_id,
            seq=event.seq,
            uuid=event.uuid,
            xid=event.xid,
            at=event.at,
            received_at=at,
        )
        for event in fresh.values()
    )
    return list(fresh.values())


def _too_many(machine: Machine, at: datetime) -> bool:
    """Whether a machine sends evidence without end: what it says is kept for ever."""
    today = GpuEvent.objects.filter(machine=machine, received_at__gt=at - DAY)
    full = today.count() >= MOST_EVENTS
    if full:
        log.error("%s sent %d events within a day; more are not taken", machine, MOST_EVENTS)
    return full


def _judge(
    machine: Machine,
    report: Report,
    events: Sequence[Event],
    known: MachineReading | None,
    at: datetime,
) -> None:
    rules = shipped()
    for gpu in machine.gpus.order_by("pk"):
        reading = report.gpus.get(gpu.uuid, {"missing": True})
        own = [event for event in events if event.uuid in (gpu.uuid, gpu.parent_uuid)]
        standing = judging.judge(
            rules,
            before=standing_of(gpu),
            reading=reading,
            xids=[event.xid for event in own],
            boot=report.kernel_boot,
        )
        if standing != standing_of(gpu):
            _change(gpu, standing, rules, since=_since(report, own, known, at), at=at)


def standing_of(gpu: Gpu) -> Standing:
    """How the GPU stands now, as rules see it."""
    return (
        WELL
        if gpu.health == Health.OK
        else Standing(VERDICT[Health(gpu.health)], gpu.fault, gpu.fault_boot)
    )


def _since(
    report: Report, events: Sequence[Event], known: MachineReading | None, at: datetime
) -> datetime:
    """The last look before what is wrong: nothing after it is billed."""
    told = [event.at for event in events]
    if report.before is not None:
        told.append(report.before)
    elif known is not None:
        told.append(known.read_at)
    return min([*told, at])


def _change(
    gpu: Gpu, to: Standing, rules: Rules, *, since: datetime, at: datetime, by: str = ""
) -> None:
    was, became = gpu.health, HEALTH[to.verdict]
    gpu.health, gpu.fault, gpu.fault_boot = became, to.code, to.boot
    well = became == Health.OK
    gpu.fault_since = None if well else since
    gpu.fit = well and not gpu.machine.draining
    gpu.save(update_fields=["health", "fault", "fault_boot", "fault_since", "fit"])
    if well:
        trust.owe(machine=gpu.machine, uuids=[gpu.uuid])
    HealthChange.objects.create(
        gpu=gpu,
        was=was,
        became=became,
        rule=to.code,
        rules_version=rules.version,
        since=at if well else since,
        found_at=at,
        by=by,
        created_at=at,
    )
    log.warning("%s: %s -> %s %s", gpu, was, became, to.code)


def _keep_reading(machine: Machine, report: Report, at: datetime) -> None:
    facts = {
        # nobody reads in the future; a clock that runs ahead must not silence later reports
        "read_at": min(report.read_at, at),
        "kernel_boot": report.kernel_boot,
        "gpus": dict(report.gpus),
    }
    MachineReading.objects.update_or_create(machine=machine, defaults=facts)


def _keep_telemetry(machine: Machine, report: Report, at: datetime) -> None:
    if report.since is None or not report.averages or report.since > at:
        return
    end = min(max(report.since, report.read_at), at)
    # at once on news, a report comes before its stretch is over: the longer one stays
    if Telemetry.objects.filter(machine=machine, start=report.since, end__gte=end).exists():
        return
    row = Telemetry(machine=machine, start=report.since, end=end, gpus=dict(report.averages))
    Telemetry.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["machine", "start"],
        update_fields=["end", "gpus"],
    )


class NotMended(Exception):
    """The GPU cannot be put back by this person, or not yet; the text says what to do first."""


def put_back(*, gpu: Gpu, by: User, at: datetime, as_staff: bool = False) -> None:
    """Its provider, or staff, says that the GPU was reset or replaced: back on the market.

    Goes on record. Raises NotMended when the last reading still finds a fault, when it was read
    before the GPU failed, or when only staff may say so.
    """
    with transaction.atomic():
        Machine.objects.select_for_update(no_key=True).get(pk=gpu.machine_id)
        row = Gpu.objects.select_related("machine").get(pk=gpu.pk)
        _require_mended(row, as_staff)
        was = row.fault
        _change(row, WELL, shipped(), since=at, at=at, by=by.email)
        trail(verb="put a GPU back", subject=row, by=by, at=at, fault=was)
    gpu.refresh_from_db()


def _require_mended(gpu: Gpu, as_staff: bool) -> None:
    if gpu.health == Health.OK:
        raise NotMended("this GPU is well")
    known = MachineReading.objects.filter(machine=gpu.machine_id).first()
    reading = known.gpus.get(gpu.uuid) if known else None
    found = HealthChange.objects.filter(gpu=gpu).latest("found_at").found_at
    if known is None or reading is None or known.read_at <= found:
        raise NotMended("the agent has not read this GPU since it failed; start the agent and wait")
    standing = standing_of(gpu)
    if any(judging.signs(reading)):
        raise NotMended("the last reading still finds a fault; reset the GPU or reboot the machine")
    if not as_staff and not judging.restorable(shipped(), standing=standing, reading=reading):
        raise NotMended("this GPU has to be replaced; ask us to put it back")


def prune(*, at: datetime) -> int:
    """Forget telemetry that is older than KEEP; returns how many rows went."""
    return Telemetry.objects.filter(end__lt=at - KEEP).delete()[0]


def readings(*, machines: Iterable[Machine], start: datetime, end: datetime) -> Iterator[Telemetry]:
    """What was rolled up of the machines within [start, end), oldest first."""
    return (
        Telemetry.objects.filter(machine__in=machines, end__gt=start, start__lt=end)
        .order_by("start")
        .iterator()
    )
