"""What the kernel says of the GPUs, and whether it is the kernel that says it."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from agents.protocol.hardware import MAX_MOUNTS, KernelGpu, KernelView

VERSION = re.compile(r"Kernel Module\D*\s([0-9.]+)\s")
#: separators that mountinfo writes as octal numbers
ESCAPED = re.compile(r"\\([0-7]{3})")
MAX_TEXT = 200


@dataclass(frozen=True)
class Places:
    """Where the kernel's files are; tests put others there."""

    driver: Path = Path("/proc/driver/nvidia")
    mounts: Path = Path("/proc/self/mountinfo")
    pci: Path = Path("/sys/bus/pci/devices")


@dataclass(frozen=True)
class Mount:
    """`root` is which part of the file system is mounted: "/" for all of it."""

    place: str
    root: str
    filesystem: str


def look(places: Places = Places()) -> KernelView:
    """Read /proc/driver/nvidia and say what it stands on.

    A file system of another kind mounted over it, or a part of /proc that is bound there, is named:
    that is how a machine makes its kernel seem to say something else.
    """
    mounts = list(read_mounts(places.mounts))
    path = str(places.driver)
    if not places.driver.exists():
        return KernelView()
    under = _holding(mounts, path)
    over = [each.place for each in mounts if _is_within(each.place, path)]
    whole = under is not None and under.filesystem == "proc" and under.root == "/"
    if under is not None and not whole:
        over = [under.place, *over]
    return KernelView(
        filesystem=under.filesystem[:80] if under else "unknown",
        mounted_over=tuple(sorted({each[:MAX_TEXT] for each in over})[:MAX_MOUNTS]),
        driver_version=_version(places.driver / "version"),
        gpus=tuple(_gpus(places)),
    )


def read_mounts(file: Path) -> Iterator[Mount]:
    """The mounts that this process sees (proc(5)): root and place, then after "-" the type."""
    for line in file.read_text().splitlines():
        before, _, after = line.partition(" - ")
        fields, kind = before.split(), after.split()
        if len(fields) >= 5 and kind:
            yield Mount(_plain(fields[4]), _plain(fields[3]), kind[0])


def _holding(mounts: list[Mount], path: str) -> Mount | None:
    """The mount that a path is on: the deepest, of several on one place the last."""
    holding = [each for each in mounts if _is_within(path, each.place)]
    return (
        max(enumerate(holding), key=lambda one: (len(one[1].place), one[0]))[1] if holding else None
    )


def _is_within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _plain(text: str) -> str:
    return ESCAPED.sub(lambda found: chr(int(found[1], 8)), text)


def _version(file: Path) -> str:
    found = VERSION.search(_read(file))
    return found[1] if found else ""


def _gpus(places: Places) -> Iterator[KernelGpu]:
    with suppress(OSError):
        for folder in sorted((places.driver / "gpus").iterdir()):
            told = dict(_pairs(_read(folder / "information")))
            bus = told.get("Bus Location", folder.name).lower()
            yield KernelGpu(
                uuid=told.get("GPU UUID", "")[:80],
                name=told.get("Model", "")[:80],
                pci_bus=re.sub("[^0-9a-f:.]", "", bus)[:20],
                pci_device=_id(places.pci / bus, "vendor", "device"),
                pci_subsystem=_id(places.pci / bus, "subsystem_vendor", "subsystem_device"),
            )


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        name, colon, value = line.partition(":")
        if colon:
            yield name.strip(), value.strip()


def _id(folder: Path, vendor: str, device: str) -> str:
    made = f"{_number(folder / vendor)}:{_number(folder / device)}"
    return made if len(made) == len("10de:2330") else ""


def _number(file: Path) -> str:
    found = re.fullmatch("0x([0-9a-f]{4})", _read(file).strip())
    return found[1] if found else ""


def _read(file: Path) -> str:
    try:
        return file.read_text(errors="replace")
    except OSError:
        return ""
