"""Does what a machine says of its hardware hold together? Pure: a report in, contradictions out."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from agents.protocol.hardware import GpuIdentity, HardwareReport, KernelGpu

from .cards import Card

MIG = "MIG-"
MW = 1000


@dataclass(frozen=True, slots=True)
class Contradiction:
    """`code` names what disagrees, `text` says it for people. `grave`: somebody made it so."""

    code: str
    text: str
    grave: bool = True


def contradictions(
    report: HardwareReport,
    *,
    listed: Mapping[str, str],
    cards: Mapping[str, Card],
    outliers: Collection[str] = (),
) -> list[Contradiction]:
    """Everything that keeps the report from being consistent; empty when nothing does.

    `listed` are the names of the GPUs of the machine's inventory by UUID, `outliers` the names of
    libraries of which nearly everybody else has another file.
    """
    if report.simulated:
        return [Contradiction("simulated", "Simulated GPUs earn no tier.", grave=False)]
    return [
        *_inventory(report, listed),
        *_kernel(report),
        *(found for gpu in report.gpus for found in _card(gpu, cards)),
        *_libraries(report, outliers),
    ]


def _inventory(report: HardwareReport, listed: Mapping[str, str]) -> Iterator[Contradiction]:
    told = {gpu.uuid: gpu.name for gpu in report.gpus}
    if len(told) < len(report.gpus):
        yield Contradiction("uuid-twice", "The report names one UUID twice.")
    if not told:
        yield Contradiction("no-gpus", "The report names no GPU.", grave=False)
    if told != dict(listed):
        yield Contradiction(
            "inventory", "The GPUs are not those of the machine's inventory.", grave=False
        )


def _kernel(report: HardwareReport) -> Iterator[Contradiction]:
    kernel = report.kernel
    if not kernel.filesystem:
        yield Contradiction(
            "kernel-missing", "There is no /proc/driver/nvidia: no driver is loaded.", grave=False
        )
        return
    if kernel.filesystem != "proc" or kernel.mounted_over:
        over = ", ".join(kernel.mounted_over) or kernel.filesystem
        yield Contradiction(
            "kernel-covered",
            f"/proc/driver/nvidia is not the kernel's own: {over} is mounted over it.",
        )
        return
    if kernel.driver_version != report.driver_version:
        yield Contradiction(
            "driver-version",
            f"The library says driver {report.driver_version},"
            f" the kernel {kernel.driver_version or 'none'}.",
            grave=False,
        )
    yield from _gpus_of_kernel(report)


def _gpus_of_kernel(report: HardwareReport) -> Iterator[Contradiction]:
    """A slice of a GPU is not in /proc: only whole GPUs are compared."""
    known = {gpu.uuid: gpu for gpu in report.kernel.gpus}
    whole = [gpu for gpu in report.gpus if not gpu.uuid.startswith(MIG)]
    sliced = len(whole) < len(report.gpus)
    extra = known.keys() - {gpu.uuid for gpu in whole}
    if extra and not sliced:
        text = f"The kernel knows {', '.join(sorted(extra))}, the library does not."
        yield Contradiction("kernel-uuid", text)
    for gpu in whole:
        if gpu.uuid not in known:
            text = f"The library names {gpu.uuid}, the kernel does not know it."
            yield Contradiction("kernel-uuid", text)
        else:
            yield from _same(gpu, known[gpu.uuid])


def _same(gpu: GpuIdentity, kernel: KernelGpu) -> Iterator[Contradiction]:
    pairs = (
        ("kernel-name", "is called", gpu.name, kernel.name),
        ("kernel-bus", "is at", gpu.pci_bus, kernel.pci_bus),
        ("kernel-pci", "has PCI id", gpu.pci_device, kernel.pci_device),
        ("kernel-pci", "has PCI subsystem", gpu.pci_subsystem, kernel.pci_subsystem),
    )
    for code, what, one, other in pairs:
        if one != other:
            text = f"{gpu.uuid} {what} {one or 'nothing'} by the library"
            yield Contradiction(code, f"{text} and {other or 'nothing'} by the kernel.")


def _card(gpu: GpuIdentity, cards: Mapping[str, Card]) -> Iterator[Contradiction]:
    name = gpu.name.partition(" MIG ")[0]
    card = cards.get(name)
    if card is None or not card.verified:
        state = "is not in" if card is None else "is not yet verified in"
        text = f"{name} {state} the catalogue of cards, so nothing can be compared."
        yield Contradiction("card-unknown", text, grave=False)
        return
    said = f"{gpu.uuid} calls itself {gpu.name}"
    if gpu.pci_device not in card.pci_devices:
        wanted = " or ".join(sorted(card.pci_devices))
        found = gpu.pci_device or "unknown"
        yield Contradiction("pci-id", f"{said}; its PCI id is {found}, that card's is {wanted}.")
    if gpu.compute_capability != card.compute_capability:
        found = gpu.compute_capability or "unknown"
        text = f"compute capability is {found}, that card's is {card.compute_capability}"
        yield Contradiction("compute-capability", f"{said}; its {text}.")
    yield from _size(gpu, card, said)


def _size(gpu: GpuIdentity, card: Card, said: str) -> Iterator[Contradiction]:
    least, most = card.memory_bytes
    if gpu.uuid.startswith(MIG):  # a slice has less of everything by design
        return
    if not least <= gpu.memory_bytes <= most:
        text = f"{said}; {gpu.memory_bytes} bytes of memory are not {card.memory_gb} GB."
        yield Contradiction("memory", text)
    width = card.bus_width_bits
    if width is not None and gpu.bus_width_bits not in (None, width):
        text = f"{said}; its memory bus has {gpu.bus_width_bits} bits, that card's {width}."
        yield Contradiction("bus-width", text)
    if card.power_w and not _within(gpu, card.power_w):
        text = f"{gpu.power_min_mw} to {gpu.power_max_mw} mW are not within {card.power_w} W"
        yield Contradiction("power", f"{said}; {text}.")


def _within(gpu: GpuIdentity, power_w: tuple[int, int]) -> bool:
    """A board maker may allow less than the card could take, never more."""
    least, most = power_w[0] * MW, power_w[1] * MW
    low, high = gpu.power_min_mw, gpu.power_max_mw
    return (low is None or low >= least) and (high is None or high <= most)


def _libraries(report: HardwareReport, outliers: Collection[str]) -> Iterator[Contradiction]:
    if report.preload:
        text = f"The agent runs with a library loaded before all others: {report.preload}."
        yield Contradiction("preload", text)
    if "libnvidia-ml.so.1" not in {one.name for one in report.libraries}:
        yield Contradiction(
            "library-missing", "The digest of libnvidia-ml.so.1 was not reported.", grave=False
        )
    for name in sorted(outliers):
        text = f"{name} of driver {report.driver_version} is another file than other machines have."
        yield Contradiction("library", text)
