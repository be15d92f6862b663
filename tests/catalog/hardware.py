"""A report of hardware that is consistent, to be bent by tests."""

from agents.protocol.hardware import GpuIdentity, HardwareReport, KernelGpu, KernelView, Library

DRIVER = "570.133.20"
NVML, CUDA = "a" * 64, "b" * 64
H100 = "NVIDIA H100 80GB HBM3"


def gpu(place=0, **facts):
    known = {
        "uuid": f"GPU-{place:04d}",
        "name": H100,
        "serial": f"16542230{place:05d}",
        "vbios": "96.00.74.00.09",
        "board_part": "692-2G520-0200-000",
        "pci_bus": f"0000:{0x19 + place:02x}:00.0",
        "pci_device": "10de:2330",
        "pci_subsystem": "10de:16c1",
        "memory_bytes": 85_520_809_984,
        "compute_capability": "9.0",
        "bus_width_bits": 5120,
        "power_min_mw": 200_000,
        "power_max_mw": 700_000,
    }
    return GpuIdentity(**{**known, **facts})


def kernel_of(*gpus, **facts):
    """What the kernel says of the same GPUs."""
    seen = tuple(
        KernelGpu(
            uuid=one.uuid,
            name=one.name,
            pci_bus=one.pci_bus,
            pci_device=one.pci_device,
            pci_subsystem=one.pci_subsystem,
        )
        for one in gpus
        if not one.uuid.startswith("MIG-")
    )
    known = {"filesystem": "proc", "driver_version": DRIVER, "gpus": seen}
    return KernelView(**{**known, **facts})


def report(*gpus, **facts):
    gpus = gpus or (gpu(0), gpu(1))
    known = {
        "simulated": False,
        "driver_version": DRIVER,
        "gpus": gpus,
        "kernel": kernel_of(*gpus),
        "libraries": (
            Library(name="libnvidia-ml.so.1", sha256=NVML),
            Library(name="libcuda.so.1", sha256=CUDA),
        ),
    }
    return HardwareReport(**{**known, **facts})


def listed(of):
    """The inventory that goes with a report."""
    return {one.uuid: one.name for one in of.gpus}
