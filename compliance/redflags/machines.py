"""What a provider's machine reports of itself, and what others saw of it: R17 to R21."""

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


def claimed_twice(what: str, *, first: str, second: str) -> Finding:
    """R19: two machines report the GPU or board of this UUID or serial number."""
    text = f"{what} is on {first} and {second} claims it too: one of them is not what it says."
    return Finding("R19", text, {"what": what, "first": first, "second": second})


def contradicts_itself(machine: str, texts: Iterable[str], *, codes: list[str]) -> Finding:
    """R20: what a machine says of its hardware cannot all be true, in the points of `codes`."""
    text = f"{machine}: {' '.join(texts)}"
    return Finding("R20", text, {"machine": machine, "codes": codes})


def too_far(machine: str, *, probe: str, rtt_us: int, least_us: int, site: str) -> Finding:
    """R21: a machine answered a probe sooner than light could come back from its site."""
    text = (
        f"{machine} answered {probe} within {rtt_us / 1000:.1f} ms; from {site} light alone takes"
        f" {least_us / 1000:.1f} ms."
    )
    return Finding("R21", text, {"machine": machine, "probe": probe, "site": site})
