"""What an engine is asked to make, in the words of its API: values in, values out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from . import cdi

#: what root keeps inside: enough for sshd and package managers, nothing that reaches the host
CAPABILITIES = (
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "KILL",
    "NET_BIND_SERVICE",
    "SETGID",
    "SETUID",
    "SYS_CHROOT",
)
#: written to memory, in bytes; everything else but /workspace is read-only
SCRATCH = {"/tmp": 1 << 30, "/var/tmp": 1 << 30, "/run": 1 << 26, "/root": 1 << 28}  # noqa: S108
CPU_PERIOD_US = 100_000
EVERYWHERE = "0.0.0.0"  # noqa: S104  renters come from outside
INSIDE, WORKSPACE = "/straits", "/workspace"
USERS = 65_536


@dataclass(frozen=True)
class Limits:
    """A lease's share of the machine; sizes in bytes."""

    memory: int
    cpus: float
    pids: int
    shared_memory: int
    open_files: int


@dataclass(frozen=True)
class Spec:
    """One container. `ports` maps a port inside to one of `address` (0: any that is free).

    `first_user` is the host's user that is root inside.
    """

    name: str
    image: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    labels: Mapping[str, str]
    gpu_uuids: tuple[str, ...]
    network: str
    address: str
    ports: Mapping[int, int]
    mounts: Mapping[str, str]
    read_only: frozenset[str]
    limits: Limits
    first_user: int
    entrypoint: tuple[str, ...] = field(default=("/bin/sh", f"{INSIDE}/start"))


def libpod(spec: Spec) -> dict[str, Any]:
    """For podman's own API, which passes CDI names on in every version."""
    limits = spec.limits
    users = [{"container_id": 0, "host_id": spec.first_user, "size": USERS}]
    return {
        "name": spec.name,
        "image": spec.image,
        "entrypoint": list(spec.entrypoint),
        "command": list(spec.command),
        "env": dict(spec.environment),
        "labels": dict(spec.labels),
        "devices": [{"path": cdi.name(gpu)} for gpu in spec.gpu_uuids],
        "user": "0",
        "work_dir": "/",
        "init": True,
        "restart_policy": "no",
        "cap_drop": ["ALL"],
        "cap_add": list(CAPABILITIES),
        "no_new_privileges": True,
        "read_only_filesystem": True,
        "userns": {"nsmode": "private"},
        "idmappings": {
            "HostUIDMapping": False,
            "HostGIDMapping": False,
            "UIDMap": users,
            "GIDMap": users,
        },
        "netns": {"nsmode": "bridge"},
        "Networks": {spec.network: {}},
        "portmappings": _libpod_ports(spec),
        "mounts": [*_libpod_binds(spec), *_libpod_scratch()],
        "shm_size": limits.shared_memory,
        "resource_limits": {
            "memory": {"limit": limits.memory, "swap": limits.memory},
            "cpu": {"quota": int(limits.cpus * CPU_PERIOD_US), "period": CPU_PERIOD_US},
            "pids": {"limit": limits.pids},
        },
        "r_limits": [
            {"type": "nofile", "soft": limits.open_files, "hard": limits.open_files},
            {"type": "nproc", "soft": limits.pids, "hard": limits.pids},
        ],
    }


def _libpod_ports(spec: Spec) -> list[dict[str, Any]]:
    # netavark takes 0.0.0.0 for an address like any other, and nothing ever arrives there
    where = {} if spec.address == EVERYWHERE else {"host_ip": spec.address}
    return [
        {"container_port": inside, "host_port": outside, **where}
        for inside, outside in spec.ports.items()
    ]


def _libpod_binds(spec: Spec) -> list[dict[str, Any]]:
    return [
        {
            "type": "bind",
            "source": source,
            "destination": target,
            "options": ["nosuid", "nodev", "ro" if target in spec.read_only else "rw"],
        }
        for target, source in spec.mounts.items()
    ]


def _libpod_scratch() -> list[dict[str, Any]]:
    return [
        {
            "type": "tmpfs",
            "source": "tmpfs",
            "destination": target,
            "options": [f"size={size}", "mode=1777", "nosuid", "nodev"],
        }
        for target, size in SCRATCH.items()
    ]


def docker(spec: Spec) -> dict[str, Any]:
    """For the Docker API, without the name. User namespaces there are the daemon's business."""
    limits = spec.limits
    return {
        "Image": spec.image,
        "Entrypoint": list(spec.entrypoint),
        "Cmd": list(spec.command),
        "Env": [f"{name}={value}" for name, value in spec.environment.items()],
        "Labels": dict(spec.labels),
        "User": "0",
        "WorkingDir": "/",
        "ExposedPorts": {f"{inside}/tcp": {} for inside in spec.ports},
        "HostConfig": {
            "DeviceRequests": [
                {"Driver": "cdi", "DeviceIDs": [cdi.name(gpu) for gpu in spec.gpu_uuids]}
            ],
            "Init": True,
            "RestartPolicy": {"Name": "no"},
            "CapDrop": ["ALL"],
            "CapAdd": list(CAPABILITIES),
            "SecurityOpt": ["no-new-privileges"],
            "ReadonlyRootfs": True,
            "Binds": [
                f"{source}:{target}:{'ro' if target in spec.read_only else 'rw'}"
                for target, source in spec.mounts.items()
            ],
            "Tmpfs": {
                target: f"size={size},mode=1777,nosuid,nodev" for target, size in SCRATCH.items()
            },
            "NetworkMode": spec.network,
            "PortBindings": {
                f"{inside}/tcp": [{"HostIp": spec.address, "HostPort": str(outside or "")}]
                for inside, outside in spec.ports.items()
            },
            "Memory": limits.memory,
            "MemorySwap": limits.memory,
            "NanoCpus": int(limits.cpus * 1_000_000_000),
            "PidsLimit": limits.pids,
            "ShmSize": limits.shared_memory,
            "Ulimits": [
                {"Name": "nofile", "Soft": limits.open_files, "Hard": limits.open_files},
                {"Name": "nproc", "Soft": limits.pids, "Hard": limits.pids},
            ],
        },
    }
