from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from compliance import services as compliance
from compliance.models import ChipModel, SiteRisk
from marketplace.accounts.models import User
from marketplace.accounts.trail import trail
from marketplace.core import changes
from marketplace.core.states import LostRace, move

from . import liveness
from .fees import check_steps
from .models import (
    SPOT_MINIMUM_S,
    SPOT_NOTICE_S,
    CancellationSchedule,
    Gpu,
    Machine,
    Offer,
    Site,
)
from .states import MACHINE_MOVES, OFFER_MOVES, Health, MachineState, OfferState
from .telling import tell_reached
from .trust import services as trust


@dataclass(frozen=True)
class GpuFacts:
    """One GPU as its machine reports it."""

    uuid: str
    index: int
    name: str
    memory_bytes: int
    parent: str = ""


@dataclass(frozen=True)
class Inventory:
    """Everything a machine says of itself; `digest` changes when any of it does."""

    simulated: bool
    driver_version: str
    cuda_version: str
    gpus: tuple[GpuFacts, ...]
    digest: str
    draining: bool = False


class SimulatedRefused(Exception):
    """A machine reports simulated GPUs and this marketplace does not take them."""


class DuplicateGpu(Exception):
    """A GPU with this UUID is already on another machine."""


def record_inventory(*, machine: Machine, inventory: Inventory, at: datetime) -> None:
    """Take over what a machine reports: new GPUs appear, missing ones stop being rentable.

    All or nothing. Raises SimulatedRefused unless settings.SIMULATED_GPUS, and DuplicateGpu when a
    UUID is present on another machine (a cloned or spoofed one): then this machine, which came
    second, is suspended, and a case is open on the operators of both.
    """
    if inventory.simulated and not settings.SIMULATED_GPUS:
        raise SimulatedRefused("simulated GPUs cannot be offered here; report real ones")
    uuids = [gpu.uuid for gpu in inventory.gpus]
    try:
        with transaction.atomic():
            Machine.objects.select_for_update(no_key=True).get(pk=machine.pk)
            machine.gpus.exclude(uuid__in=uuids).update(present=False)
            for facts in inventory.gpus:
                _record_gpu(machine, facts)
            # what is healthy is on the market unless its provider drains the machine
            machine.gpus.filter(health=Health.OK).exclude(fit=not inventory.draining).update(
                fit=not inventory.draining
            )
            _record_machine(machine, inventory, at)
            changes.after_commit(machine)
            trust.follow_inventory(machine=machine)
    except IntegrityError as error:
        if "gpu_uuid_once" not in str(error):
            raise
        trust.second_claim(machine=machine, at=at, uuids=uuids)
        raise DuplicateGpu("a GPU of this machine is already listed by another one") from error


def _record_gpu(machine: Machine, facts: GpuFacts) -> None:
    Gpu.objects.update_or_create(
        machine=machine,
        uuid=facts.uuid,
        defaults={
            "index": facts.index,
            "nvml_name": facts.name,
            "memory_bytes": facts.memory_bytes,
            "parent_uuid": facts.parent,
            "chip": compliance.chip_for(nvml_name=facts.name),
            "present": True,
        },
    )


def _record_machine(machine: Machine, inventory: Inventory, at: datetime) -> None:
    machine.simulated = inventory.simulated
    machine.draining = inventory.draining
    machine.driver_version = inventory.driver_version
    machine.cuda_version = inventory.cuda_version
    machine.inventory_hash = inventory.digest
    machine.inventory_at = at
    machine.save(
        update_fields=[
            "simulated",
            "draining",
            "driver_version",
            "cuda_version",
            "inventory_hash",
            "inventory_at",
        ]
    )


def beat(*, machine: Machine, at: datetime) -> None:
    """Note that a machine was heard of; the database is written only when it was offline."""
    liveness.note(machine_id=machine.pk, at=at)
    if machine.state == MachineState.OFFLINE:
        _try_move(machine, MachineState.ONLINE, at)


def mark_silent(*, at: datetime) -> list[Machine]:
    """Take every online machine that was silent for SILENT_AFTER_SECONDS offline; return them."""
    online = list(Machine.objects.filter(state=MachineState.ONLINE))
    heard = liveness.last_seen(machine_ids=[machine.pk for machine in online])
    limit = (at - timedelta(seconds=settings.SILENT_AFTER_SECONDS)).timestamp()
    silent = [machine for machine in online if (heard[machine.pk] or 0) <= limit]
    return [machine for machine in silent if _try_move(machine, MachineState.OFFLINE, at)]


def _try_move(machine: Machine, to: MachineState, at: datetime) -> bool:
    try:
        with transaction.atomic():
            move(machine, to, table=MACHINE_MOVES)
            tell_reached(machine, at)
    except LostRace:
        return False
    return True


class NothingToOffer(Exception):
    """The machine has no GPU of this chip."""


@dataclass(frozen=True, slots=True)
class WindowTerms:
    """What a provider asks of the windows in which its GPUs are booked, whether it takes bids for
    rentals that may be interrupted, and whether it keeps workspaces; see models.Offer.
    """

    min_window_s: int = 0
    max_window_s: int | None = None
    notice_s: int = 0
    horizon_days: int = 90
    cleaning_s: int = 0
    schedule: CancellationSchedule | None = None
    spot_floor_micro: int | None = None
    spot_notice_s: int = SPOT_NOTICE_S
    spot_minimum_s: int = SPOT_MINIMUM_S
    keep_micro_per_gib_hour: int | None = None


def list_offer(
    *,
    machine: Machine,
    chip: ChipModel,
    price_micro_per_gpu_hour: int,
    at: datetime,
    terms: WindowTerms = WindowTerms(),
) -> Offer:
    """Offer the machine's GPUs of a chip at a price (micro-units per GPU-hour) on these terms.

    An offer never changes: the one listed before, if any, is withdrawn in the same transaction,
    and contracts made under it keep their own price and terms.
    """
    if not machine.gpus.filter(chip=chip, present=True).exists():
        raise NothingToOffer(f"{machine} reports no {chip}; wait for its inventory")
    with transaction.atomic():
        Machine.objects.select_for_update(no_key=True).get(pk=machine.pk)
        for old in Offer.objects.listed().filter(machine=machine, chip=chip):
            move(old, OfferState.WITHDRAWN, table=OFFER_MOVES)
        return Offer.objects.create(
            machine=machine,
            chip=chip,
            price_micro_per_gpu_hour=price_micro_per_gpu_hour,
            currency=settings.CURRENCY,
            created_at=at,
            **{field.name: getattr(terms, field.name) for field in fields(terms)},
        )


def publish_schedule(
    *,
    code: str,
    title: str,
    steps: list[list[int]],
    since: datetime,
    at: datetime,
    by: User | None = None,
) -> CancellationSchedule:
    """Publish what giving time up costs from `since` on. Raises BadSteps.

    Offers that were listed before keep the version that they name.
    """
    check_steps(steps)
    with transaction.atomic():
        made = CancellationSchedule.objects.create(
            code=code, title=title, steps=steps, since=since, created_at=at
        )
        trail(verb="published a schedule", subject=made, by=by, at=at)
    return made


def schedules(*, at: datetime) -> QuerySet[CancellationSchedule]:
    """What may be chosen for a new offer: of each code the version that holds now."""
    begun = CancellationSchedule.objects.filter(since__lte=at)
    newest = begun.order_by("code", "-since").distinct("code").values("pk")
    return CancellationSchedule.objects.filter(pk__in=newest).order_by("code")


def note_reliability(*, scores: Mapping[int, int | None]) -> None:
    """Take over the latest scores, by machine, in 1/10,000; the search compares with them."""
    rows = list(Machine.objects.filter(pk__in=scores).only("reliability_bps").order_by("pk"))
    moved = [row for row in rows if row.reliability_bps != scores[row.pk]]
    for row in moved:
        row.reliability_bps = scores[row.pk]
    Machine.objects.bulk_update(moved, ["reliability_bps"])


def withdraw_offer(*, offer: Offer) -> None:
    """Take an offer off the market; running contracts keep their terms."""
    move(offer, OfferState.WITHDRAWN, table=OFFER_MOVES)


@dataclass(frozen=True)
class PricePoint:
    """A price in micro-units per GPU-hour, and since when the offer with it was on the market."""

    offer: UUID
    price_micro_per_gpu_hour: int
    currency: str
    since: datetime
    state: str


def site_risks(*, site: Site, day: date) -> list[SiteRisk]:
    """What is on record about renting at this site: of its country, its operator, itself."""
    return compliance.site_risks(
        country=site.country, operator=site.operator.name, site=site.name, day=day
    )


MOST_PRICES = 200


def price_history(*, offer: Offer) -> list[PricePoint]:
    """The latest prices of the GPUs behind this offer, oldest first; offers are frozen, so each
    of them is a point.
    """
    rows = Offer.objects.filter(machine=offer.machine_id, chip=offer.chip_id)
    columns = ("public_id", "price_micro_per_gpu_hour", "currency", "created_at", "state")
    newest = rows.order_by("-created_at", "-pk").values_list(*columns)[:MOST_PRICES]
    return [PricePoint(*row) for row in reversed(newest)]
