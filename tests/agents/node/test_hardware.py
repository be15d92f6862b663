"""What the agent reads of its hardware, and how it tells a kernel that is played to it."""

import hashlib
import os
import shutil
import subprocess
import sys

import pytest

from agents.node import hardware, kernel, libraries
from agents.node.simulated import library
from agents.protocol.hardware import KernelGpu

INFORMATION = """Model: \t\t NVIDIA H100 80GB HBM3
IRQ:   \t\t 123
GPU UUID: \t GPU-0000
Video BIOS: \t 96.00.74.00.09
Bus Type: \t PCIe
DMA Size: \t 52 bits
Bus Location: \t 0000:19:00.0
Device Minor: \t 0
"""
VERSION = (
    "NVRM version: NVIDIA UNIX x86_64 Kernel Module  570.133.20  Sun Mar 30 02:50:50 UTC 2025\n"
    "GCC version:  gcc version 12.2.0\n"
)
ROOT = "25 1 8:1 / / rw - ext4 /dev/sda1 rw"
PROC = "26 25 0:5 / /proc rw,nosuid shared:3 - proc proc rw"


@pytest.fixture
def places(tmp_path):
    """A kernel with one GPU, at a path of its own that mountinfo says is on /proc."""
    driver, pci = tmp_path / "nvidia", tmp_path / "pci" / "0000:19:00.0"
    gpu = driver / "gpus" / "0000:19:00.0"
    gpu.mkdir(parents=True)
    pci.mkdir(parents=True)
    (gpu / "information").write_text(INFORMATION)
    (driver / "version").write_text(VERSION)
    for name, value in [
        ("vendor", "0x10de"),
        ("device", "0x2330"),
        ("subsystem_vendor", "0x10de"),
        ("subsystem_device", "0x16c1"),
    ]:
        (pci / name).write_text(f"{value}\n")
    found = kernel.Places(driver, tmp_path / "mountinfo", tmp_path / "pci")
    mount(found)
    return found


def mount(places, *more):
    proc = PROC.replace("/proc rw", f"{places.driver.parent} rw")
    places.mounts.write_text("".join(f"{line}\n" for line in (ROOT, proc, *more)))


def test_the_kernels_own_account_is_read(places):
    found = kernel.look(places)
    assert (found.filesystem, found.mounted_over, found.driver_version) == (
        "proc",
        (),
        "570.133.20",
    )
    assert found.gpus == (
        KernelGpu(
            uuid="GPU-0000",
            name="NVIDIA H100 80GB HBM3",
            pci_bus="0000:19:00.0",
            pci_device="10de:2330",
            pci_subsystem="10de:16c1",
        ),
    )


@pytest.mark.parametrize(
    ("line", "filesystem"),
    [
        ("30 26 8:1 /evil {driver} rw - ext4 /dev/sda1 rw", "ext4"),
        ("30 26 0:40 / {driver} rw - tmpfs tmpfs rw", "tmpfs"),
        ("30 26 0:5 /driver/other {driver} rw - proc proc rw", "proc"),
        ("30 26 0:40 / {driver}/gpus rw - tmpfs tmpfs rw", "proc"),
        ("30 26 0:40 / {driver}/gpus/0000:19:00.0/information rw - tmpfs tmpfs rw", "proc"),
    ],
    ids=["another disk", "memory", "a part of proc", "below it", "one file"],
)
def test_whatever_is_mounted_over_it_is_named(places, line, filesystem):
    told = line.format(driver=places.driver)
    mount(places, told)
    found = kernel.look(places)
    assert (found.filesystem, found.mounted_over) == (filesystem, (told.split()[4],))


def test_a_mount_beside_it_is_none_of_its_business(places):
    mount(places, f"30 26 0:40 / {places.driver}-other rw - tmpfs tmpfs rw")
    assert kernel.look(places).mounted_over == ()


def test_a_place_with_a_space_is_read_as_it_is(tmp_path):
    file = tmp_path / "mountinfo"
    file.write_text("30 26 0:40 / /a\\040b rw - tmpfs tmpfs rw\nbroken\n")
    assert list(kernel.read_mounts(file)) == [kernel.Mount("/a b", "/", "tmpfs")]


def test_without_a_driver_there_is_nothing(places):
    shutil.rmtree(places.driver)
    assert kernel.look(places) == kernel.KernelView()


def test_files_that_cannot_be_read_are_empty(places):
    (places.driver / "version").unlink()
    (places.driver / "gpus" / "0000:19:00.0" / "information").unlink()
    [only] = kernel.look(places).gpus
    assert (only.uuid, only.name, only.pci_bus) == ("", "", "0000:19:00.0")
    assert kernel.look(places).driver_version == ""


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")
def test_a_real_bind_mount_over_proc_is_found(tmp_path):
    """The spoof itself, in a mount namespace of its own: a folder bound over /proc/driver."""
    played = tmp_path / "nvidia"
    (played / "gpus" / "0000:19:00.0").mkdir(parents=True)
    (played / "gpus" / "0000:19:00.0" / "information").write_text(INFORMATION)
    (played / "version").write_text(VERSION)
    show = "from agents.node import kernel; print(kernel.look().model_dump_json())"
    script = f"mount --bind {tmp_path} /proc/driver && exec {sys.executable} -c '{show}'"
    done = subprocess.run(  # noqa: S603
        ["unshare", "-m", "sh", "-c", script],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0 and "denied" in done.stderr + done.stdout:
        pytest.skip(f"no mounting here: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    found = kernel.KernelView.model_validate_json(done.stdout)
    assert (found.mounted_over, found.driver_version) == (("/proc/driver",), "570.133.20")
    assert found.filesystem != "proc"


def test_every_fact_of_a_gpu_is_reported(fake, gpus):
    fake.say(
        "0.serial=1654223000000",
        "0.vbios=96.00.74.00.09",
        "0.board_part=692-2G520-0200-000",
        "0.pci_subsystem=0x16C110DE",
        "0.bus_width=5120",
        "0.power_min_mw=200000",
        "0.power_max_mw=700000",
    )
    report = hardware.report(gpus)
    assert report.simulated
    first, second = report.gpus
    assert first.model_dump(exclude={"uuid"}) == {
        "name": "NVIDIA H100 80GB HBM3",
        "serial": "1654223000000",
        "vbios": "96.00.74.00.09",
        "board_part": "692-2G520-0200-000",
        "pci_bus": "0000:19:00.0",
        "pci_device": "10de:2330",
        "pci_subsystem": "10de:16c1",
        "memory_bytes": 85_520_809_984,
        "compute_capability": "9.0",
        "bus_width_bits": 5120,
        "power_min_mw": 200_000,
        "power_max_mw": 700_000,
    }
    assert (second.serial, second.bus_width_bits, second.power_max_mw) == ("", None, None)


def test_the_digest_is_of_the_library_that_is_loaded(gpus, fake_library):
    built = library.build(folder=fake_library.parent)
    found = {one.name: one.sha256 for one in libraries.digests()}
    assert found["libnvidia-ml.so.1"] == hashlib.sha256(built.read_bytes()).hexdigest()


def test_what_is_loaded_before_all_libraries_is_told(tmp_path, monkeypatch):
    monkeypatch.delenv("LD_PRELOAD", raising=False)
    monkeypatch.setattr(libraries, "PRELOAD", tmp_path / "none")
    assert libraries.preload() == ""
    monkeypatch.setenv("LD_PRELOAD", "/x.so")
    (tmp_path / "none").write_text("/y.so\n/z.so\n")
    assert libraries.preload() == "/x.so /y.so /z.so"
