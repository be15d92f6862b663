"""How GPUs are, for the page of who owns them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from marketplace.catalog.health import judging, noticing
from marketplace.catalog.health import services as health
from marketplace.catalog.health.rules import shipped
from marketplace.catalog.models import Gpu, Machine, MachineReading
from marketplace.catalog.states import Health
from marketplace.web.said import said


@dataclass(frozen=True, slots=True)
class Condition:
    """A GPU as its page shows it; `reading` is the last one, in the words of the protocol."""

    gpu: Gpu
    fault: str
    notices: list[str]
    reading: Mapping[str, Any]
    restorable: bool

    @property
    def power_w(self) -> int | None:
        power = self.reading.get("power_mw")
        return None if power is None else power // 1000


def conditions(machine: Machine, gpus: Iterable[Gpu]) -> list[Condition]:
    """Every GPU with its fault and what else its last reading shows."""
    readings = last_readings([machine])
    return [_condition(gpu, readings.get(gpu.uuid, {})) for gpu in gpus]


def _condition(gpu: Gpu, reading: Mapping[str, Any]) -> Condition:
    standing, rules = health.standing_of(gpu), shipped()
    rule = rules.named(standing.code) if gpu.health != Health.OK else None
    words = f"{said(rule.says)} ({rule.code})" if rule else gpu.fault
    may = judging.restorable(rules, standing=standing, reading=reading)
    return Condition(gpu, words, list(noticing.notices(reading)), reading, may)


def last_readings(machines: Iterable[Machine]) -> dict[str, Mapping[str, Any]]:
    """By GPU's UUID, in the words of the protocol."""
    rows = MachineReading.objects.filter(machine__in=list(machines))
    return {uuid: reading for row in rows for uuid, reading in row.gpus.items()}
