"""Red flags on providers, in what their machines report: R17, R18."""

from collections.abc import Collection
from datetime import datetime

from agents.gateway.models import Node
from compliance import services as compliance
from compliance.models import RedFlagKind
from compliance.redflags import Finding, machines
from marketplace.catalog.models import Machine
from marketplace.core.geo import locate


def uuids(machine: Machine) -> frozenset[str]:
    """The GPUs that the machine's last inventory had."""
    return frozenset(machine.gpus.filter(present=True).values_list("uuid", flat=True))


def compare(*, machine: Machine, before: Collection[str], at: datetime) -> None:
    """After a new inventory: other GPUs than before, or other memory than their chip has."""
    kinds = compliance.flag_kinds(day=at.date())
    swap = machines.swapped(_name(machine), before=before, after=uuids(machine))
    found = [*([swap] if swap else []), *_wrong_memory(machine, kinds)]
    compliance.note(party=machine.site.operator.party, findings=found, at=at)


def watch(*, node: Node, address: str, at: datetime) -> None:
    """A heartbeat came from this address: from another country than the machine's site?"""
    place = locate(address)
    if place is None or not place.country:
        return
    site = node.machine.site
    away = machines.elsewhere(_name(node.machine), site_country=site.country, seen_in=place.country)
    if away:
        compliance.refer(party=site.operator.party, findings=[away], at=at)


def _wrong_memory(machine: Machine, kinds: dict[str, RedFlagKind]) -> list[Finding]:
    if "R18" not in kinds:
        return []
    rows = machine.gpus.filter(present=True, chip__isnull=False).order_by("index")
    columns = ("uuid", "nvml_name", "memory_bytes", "chip__memory_gb")
    gpus = [machines.Reported(*row) for row in rows.values_list(*columns)]
    return list(machines.wrong_memory(_name(machine), gpus, **kinds["R18"].parameters))


def _name(machine: Machine) -> str:
    return f"{machine.name} at {machine.site.name}"
