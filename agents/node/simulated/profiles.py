"""What the drivers of some GPUs answer, as text that the fake library reads."""

from dataclasses import dataclass
from uuid import UUID, uuid5

DRIVER, CUDA = "570.133.20", 12080
MAX_GPUS = 16
FIRST_BUS = 0x19


@dataclass(frozen=True)
class Profile:
    """`power_mw` is an idle card's draw; the fake lets the energy counter grow by it.

    `slice_bytes` are the sizes of the MIG slices that it is cut in, `slice_name` is theirs.
    `pci_device` is as NVML has it: the device, then the vendor.
    """

    name: str
    memory_bytes: int
    power_mw: int
    power_limit_mw: int
    pci_device: int
    compute_capability: str
    pcie: tuple[int, int] = (5, 16)
    slice_name: str = ""
    slice_bytes: tuple[int, ...] = ()


PROFILES = {
    "h100": Profile("NVIDIA H100 80GB HBM3", 85_520_809_984, 71_000, 700_000, 0x2330_10DE, "9.0"),
    "a100": Profile(
        "NVIDIA A100-SXM4-80GB", 85_899_345_920, 52_000, 400_000, 0x20B2_10DE, "8.0", (4, 16)
    ),
    "a100-mig": Profile(
        "NVIDIA A100-SXM4-80GB",
        85_899_345_920,
        52_000,
        400_000,
        0x20B2_10DE,
        "8.0",
        (4, 16),
        "NVIDIA A100-SXM4-80GB MIG 1g.10gb",
        (10_200_547_328,) * 7,
    ),
    "l40s": Profile("NVIDIA L40S", 48_305_799_168, 33_000, 350_000, 0x26B9_10DE, "8.9", (4, 16)),
    "t4": Profile("Tesla T4", 16_106_127_360, 9_500, 70_000, 0x1EB8_10DE, "7.5", (3, 16)),
}


class BadProfile(Exception):
    """What was asked to be simulated is not known."""


def parse(text: str) -> list[Profile]:
    """Read "h100:2" or "h100:1,t4:4". Raises BadProfile."""
    found: list[Profile] = []
    for part in text.split(","):
        name, _, count = part.partition(":")
        if name not in PROFILES or not (count or "1").isdecimal():
            known = ", ".join(PROFILES)
            raise BadProfile(f"cannot simulate {part!r}; write NAME:COUNT with a name of {known}")
        found += [PROFILES[name]] * int(count or "1")
    if not 1 <= len(found) <= MAX_GPUS:
        raise BadProfile(f"{text!r} asks for {len(found)} GPUs; ask for 1 to {MAX_GPUS}")
    return found


def state_text(profiles: list[Profile], *, host: UUID) -> str:
    """Describe these GPUs as key=value lines. `host` makes their UUIDs this machine's own."""
    lines = [f"driver_version={DRIVER}", f"cuda_version={CUDA}", f"count={len(profiles)}"]
    for index, profile in enumerate(profiles):
        facts = _facts(profile, host, index)
        lines += [f"{index}.{key}={value}" for key, value in facts.items()]
    return "\n".join(lines) + "\n"


def _facts(profile: Profile, host: UUID, index: int) -> dict[str, object]:
    generation, width = profile.pcie
    facts: dict[str, object] = {
        "name": profile.name,
        "uuid": f"GPU-{uuid5(host, str(index))}",
        "memory_total": profile.memory_bytes,
        "memory_used": 0,
        "pci_bus": f"00000000:{FIRST_BUS + index:02X}:00.0",
        "pci_device": profile.pci_device,
        "compute_capability": profile.compute_capability,
        "energy_mj": 0,
        "power_mw": profile.power_mw,
        "power_limit_mw": profile.power_limit_mw,
        "temperature": 35,
        "clock_sm": 345,
        "clocks_event_reasons": 1,
        "utilization_gpu": 0,
        "utilization_memory": 0,
        "pcie_generation": generation,
        "pcie_generation_max": generation,
        "pcie_width": width,
        "pcie_width_max": width,
        "pcie_replays": 0,
        "ecc_corrected": 0,
        "ecc_uncorrected": 0,
        "rows_pending": 0,
        "rows_failed": 0,
        "recovery_action": 0,
    }
    if profile.slice_bytes:
        facts |= {"mig_mode": 1, "mig_most": len(profile.slice_bytes)}
    for place, size in enumerate(profile.slice_bytes):
        facts |= {
            f"mig{place}.uuid": f"MIG-{uuid5(host, f'{index}/{place}')}",
            f"mig{place}.name": profile.slice_name,
            f"mig{place}.memory_total": size,
        }
    return facts
