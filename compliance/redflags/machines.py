"""What a provider's machine reports of itself: R17, R18."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from .finding import Finding

GB, GIB = 10**9, 2**30


def swapped(machine: str, *, before: Collection[str], after: Collection[str]) -> Finding | None:
    """R17: GPUs went and others came between two inventories of one machine, by UUID."""
    gone, come = sorted(set(before) - set(after)), sorted(set(after) - set(before))
    if not gone or not come:
        return None
    text = f"{machine} reports {', '.join(come)} where it reported {', '.join(gone)}."
    return Finding("R17", text, {"machine": machine, "gone": gone, "come": come})


def elsewhere(machine: str, *, site_country: str, seen_in: str) -> Finding | None:
    """R17: a machine reports from another country than its site's; unknown is no finding."""
    if not seen_in or seen_in == site_country:
        return None
    text = f"{machine} stands in {site_country} as declared and reports from {seen_in}."
    return Finding("R17", text, {"machine": machine, "site": site_country, "seen_in": seen_in})


@dataclass(frozen=True, slots=True)
class Reported:
    """A GPU as NVML has it, beside what the catalogue says of the chip of that name."""

    uuid: str
    name: str
    memory_bytes: int
    memory_gb: int


def wrong_memory(
    machine: str, gpus: Iterable[Reported], *, least_percent: int, most_percent: int
) -> Iterator[Finding]:
    """R18: memory that a chip of the reported name does not have.

    Vendors mean GB or GiB and part of it is reserved, hence percents; a slice of a GPU (MIG) has
    less by design.
    """
    for one in gpus:
        least = one.memory_gb * GB * least_percent // 100
        most = one.memory_gb * GIB * most_percent // 100
        if least <= one.memory_bytes <= most or one.uuid.startswith("MIG-"):
            continue
        text = (
            f"{machine}: {one.uuid} calls itself {one.name} ({one.memory_gb} GB) and has"
            f" {one.memory_bytes / GB:.1f} GB."
        )
        evidence = {"uuid": one.uuid, "name": one.name, "memory_bytes": one.memory_bytes}
        yield Finding("R18", text, evidence)
