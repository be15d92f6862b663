from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from compliance import services as compliance
from compliance.models import ChipModel, SiteRisk
from marketplace.core.states import LostRace, move

from . import liveness
from .models import Gpu, Machine, Offer, Site
from .states import MACHINE_MOVES, OFFER_MOVES, MachineState, OfferState


@dataclass(frozen=True)
class GpuFacts:
    """One GPU as its machine reports it."""

    uuid: str
    index: int
    name: str
    memory_bytes: int


@dataclass(frozen=True)
class Inventory:
    """Everything a machine says of itself; `digest` changes when any of it does."""

    simulated: bool
    driver_version: str
    cuda_version: str
    gpus: tuple[GpuFacts, ...]
    digest: str


class SimulatedRefused(Exception):
    """A machine reports simulated GPUs and this marketplace does not take them."""


class DuplicateGpu(Exception):
    """A GPU with this UUID is already on another machine."""


def record_inventory(*, machine: Machine, inventory: Inventory, at: datetime) -> None:
    """Take over what a machine reports: new GPUs appear, missing ones stop being rentable.

    All or nothing. Raises SimulatedRefused unless settings.SIMULATED_GPUS, and DuplicateGpu when a
    UUID is present on another machine (a cloned or spoofed one).
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
            _record_machine(machine, inventory, at)
    except IntegrityError as error:
        if "gpu_uuid_once" not in str(error):
            raise
        raise DuplicateGpu("a GPU of this machine is already listed by another one") from error


def _record_gpu(machine: Machine, facts: GpuFacts) -> None:
    Gpu.objects.update_or_create(
        machine=machine,
        uuid=facts.uuid,
        defaults={
            "index": facts.index,
            "nvml_name": facts.name,
            "memory_bytes": facts.memory_bytes,
            "chip": compliance.chip_for(nvml_name=facts.name),
            "present": True,
        },
    )


def _record_machine(machine: Machine, inventory: Inventory, at: datetime) -> None:
    machine.simulated = inventory.simulated
    machine.driver_version = inventory.driver_version
    machine.cuda_version = inventory.cuda_version
    machine.inventory_hash = inventory.digest
    machine.inventory_at = at
    machine.save(
        update_fields=[
            "simulated",
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
        _try_move(machine, MachineState.ONLINE)


def mark_silent(*, at: datetime) -> list[Machine]:
    """Take every online machine that was silent for SILENT_AFTER_SECONDS offline; return them."""
    online = list(Machine.objects.filter(state=MachineState.ONLINE))
    heard = liveness.last_seen(machine_ids=[machine.pk for machine in online])
    limit = (at - timedelta(seconds=settings.SILENT_AFTER_SECONDS)).timestamp()
    silent = [machine for machine in online if (heard[machine.pk] or 0) <= limit]
    return [machine for machine in silent if _try_move(machine, MachineState.OFFLINE)]


def _try_move(machine: Machine, to: MachineState) -> bool:
    try:
        move(machine, to, table=MACHINE_MOVES)
    except LostRace:
        return False
    return True


class NothingToOffer(Exception):
    """The machine has no GPU of this chip."""


def list_offer(
    *, machine: Machine, chip: ChipModel, price_micro_per_gpu_hour: int, at: datetime
) -> Offer:
    """Offer the machine's GPUs of a chip at a price (micro-units per GPU-hour).

    An offer never changes: the one listed before, if any, is withdrawn in the same transaction,
    and contracts made under it keep their own price.
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
        )


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
