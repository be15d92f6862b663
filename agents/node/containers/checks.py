"""What containers need of a machine, for `doctor`; each failure with its mend."""

import os
import shutil
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from agents.node.finding import Finding
from agents.node.runtime import CannotStart

from . import cdi, host, service, templates, tools, workspace
from .engine import Engine, EngineDown, EngineRefused

PROGRAMS = {"nft": "nftables", "mkfs.ext4": "e2fsprogs", "mount": "mount"}
#: Docker takes CDI names from this version on without being told to
DOCKER_CDI = 28
GIB = host.GIB


def examine(*, state: Path, options: Namespace, gpu_uuids: Sequence[str]) -> Iterator[Finding]:
    """Engine, images, CDI, host programs, ports and disk."""
    yield Finding("user", *_user())
    yield from _programs()
    yield from _engine(options)
    if gpu_uuids:
        yield from _descriptions(gpu_uuids)
    yield _ports(options)
    yield _disk(state, options, len(gpu_uuids))


def _user() -> tuple[bool, str]:
    root = os.geteuid() == 0
    return root, "root" if root else "leases need root for their disks and bridges: use sudo"


def _programs() -> Iterator[Finding]:
    missing = [package for program, package in PROGRAMS.items() if tools.find(program) is None]
    mend = f"missing; run: apt-get install {' '.join(missing)}"
    yield Finding("host programs", not missing, mend if missing else ", ".join(PROGRAMS))


def _engine(options: Namespace) -> Iterator[Finding]:
    try:
        url = options.engine or service.listening()
        with closing(Engine(url)) as engine:
            yield from _speaking(engine)
    except service.NoEngine as error:
        yield Finding("engine", False, str(error))
    except (EngineDown, EngineRefused) as error:
        yield Finding("engine", False, f"{error}; {service.MEND}")


def _speaking(engine: Engine) -> Iterator[Finding]:
    name, version = engine.version
    yield Finding("engine", True, f"{name} {version}")
    if name == "docker":
        yield from _docker(engine, version)
    else:
        yield from _podman()
    image = templates.shipped()[templates.DEFAULT].image
    mend = f"{image} is missing; run: {Path(__file__).parent / 'images/base/build'}"
    there = engine.has_image(image)
    yield Finding("base image", there, image if there else mend)


def _podman() -> Iterator[Finding]:
    """Its networks are made by netavark, which calls iptables and says only "No such file"."""
    there = tools.find("iptables") is not None
    mend = "podman's networks need iptables; run: apt-get install iptables"
    yield Finding("iptables", there, "there" if there else mend)


def _docker(engine: Engine, version: str) -> Iterator[Finding]:
    """Podman passes on CDI names and its containers outlive it; Docker has to be set up for it."""
    info = engine.info()
    gives = int(version.partition(".")[0]) >= DOCKER_CDI or bool(info.get("CDISpecDirs"))
    mend = 'set {"features": {"cdi": true}} in /etc/docker/daemon.json and restart Docker'
    yield Finding("engine and CDI", gives, "on" if gives else mend)
    outlive = bool(info.get("LiveRestoreEnabled"))
    mend = 'set {"live-restore": true} in /etc/docker/daemon.json: a restart would end leases'
    yield Finding("live restore", outlive, "on" if outlive else mend)
    users = any("userns" in each for each in info.get("SecurityOptions") or ())
    mend = 'set {"userns-remap": "default"} in /etc/docker/daemon.json: root inside is root outside'
    yield Finding("user namespace", users, "on" if users else mend)


def _descriptions(gpu_uuids: Sequence[str]) -> Iterator[Finding]:
    try:
        cdi.require(gpu_uuids, cdi.described())
    except cdi.BadSpec as error:
        yield Finding("CDI", False, str(error))
    else:
        yield Finding("CDI", True, f"{len(gpu_uuids)} GPUs described by UUID")


def _ports(options: Namespace) -> Finding:
    try:
        host.free_ports(1, among=options.ports, address=options.listen)
    except CannotStart as error:
        return Finding("ports", False, f"{error}; give other --ports, or end what listens there")
    said = f"{options.ports[0]} to {options.ports[1]}" if options.ports else "any"
    return Finding("ports", True, said)


def _disk(state: Path, options: Namespace, gpus: int) -> Finding:
    place = next(each for each in (state, *state.parents) if each.exists())
    free, wanted = shutil.disk_usage(place).free // GIB, options.workspace_gib * gpus
    said = f"{free} GiB free in {place}, {wanted} GiB wanted for workspaces"
    if kept := _kept(state):
        said += f"; kept ones of ended leases take {kept} GiB"
    return Finding("disk", free >= wanted, said + ("" if free >= wanted else "; --workspace-gib N"))


def _kept(state: Path) -> int:
    """GiB, rounded up. Whoever looks may not be allowed to: then none is seen."""
    places = [image.parent for image in (state / "leases").glob(f"*/{workspace.IMAGE}")]
    taken = sum(workspace.size(each) or 0 for each in places if not workspace.mounted(each))
    return -(-taken // GIB)
