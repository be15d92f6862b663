"""What a reading shows that is no fault and worth knowing: a narrow bus, slowed clocks. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

#: bits of NVML's clocks event reasons that slow a GPU down, and what each means
SLOWED = {
    0x4: "its power limit",
    0x8: "the hardware, for heat or power",
    0x20: "the driver, for heat",
    0x40: "the hardware, for heat",
    0x80: "an outside power brake",
}
#: a link that idles in a lower generation to save power is no news; under this load it is
BUSY_PERCENT = 50


def notices(reading: Mapping[str, Any]) -> Iterator[str]:
    """Sentences for the provider and for whoever rents the GPU."""
    width, most = reading.get("pcie_width"), reading.get("pcie_width_max")
    if width and most and width < most:
        yield f"PCIe runs on {width} of {most} lanes"
    generation, newest = reading.get("pcie_generation"), reading.get("pcie_generation_max")
    if generation and newest and generation < newest and _is_busy(reading):
        yield f"PCIe runs in generation {generation} of {newest}"
    reasons = reading.get("clocks_event_reasons") or 0
    if slowed := [words for bit, words in SLOWED.items() if reasons & bit]:
        yield f"clocks are held down by {' and '.join(slowed)}"


def _is_busy(reading: Mapping[str, Any]) -> bool:
    return (reading.get("gpu_percent") or 0) >= BUSY_PERCENT
