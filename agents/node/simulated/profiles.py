"""What the drivers of some GPUs answer, as text that the fake library reads."""

from dataclasses import dataclass
from uuid import UUID, uuid5

DRIVER, CUDA = "570.133.20", 12080
MAX_GPUS = 16


@dataclass(frozen=True)
class Profile:
    """`power_mw` is an idle card's draw; the fake lets the energy counter grow by it."""

    name: str
    memory_bytes: int
    power_mw: int


PROFILES = {
    "h100": Profile("NVIDIA H100 80GB HBM3", 85_520_809_984, 71_000),
    "a100": Profile("NVIDIA A100-SXM4-80GB", 85_899_345_920, 52_000),
    "l40s": Profile("NVIDIA L40S", 48_305_799_168, 33_000),
    "t4": Profile("Tesla T4", 16_106_127_360, 9_500),
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
        facts = {
            "name": profile.name,
            "uuid": f"GPU-{uuid5(host, str(index))}",
            "memory_total": profile.memory_bytes,
            "energy_mj": 0,
            "power_mw": profile.power_mw,
        }
        lines += [f"{index}.{key}={value}" for key, value in facts.items()]
    return "\n".join(lines) + "\n"
