"""Real containers where podman can be had; elsewhere these tests skip and say why."""

import os
import subprocess
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import pytest

import agents.node.containers as package
from agents.node.clock import Clock
from agents.node.containers import ContainerRuntime, service
from agents.node.containers.host import Host, Options
from agents.node.reconcile import Phase
from agents.node.simulated import cdi
from tests import network
from tests.agents.node.market import until

IMAGE = "localhost/straits-base:1"
HOME = Path(os.environ.get("STRAITS_HOME", "var")).resolve()
STORE = HOME / "podman"
STORAGE = ("--root", str(STORE / "root"), "--runroot", str(STORE / "run"))
BUILD = Path(package.__file__).parent / "images/base/build"
NEEDED = ("podman", "runc", "debootstrap", "nft", "mkfs.ext4", "ssh")
GIB_64TH = 1 << 24


def why_not():
    """Why no container can run here, or nothing."""
    if os.geteuid():
        return "containers need root"
    missing = [program for program in NEEDED if service.tools.find(program) is None]
    return f"not installed: {', '.join(missing)}" if missing else ""


@pytest.fixture(scope="module", autouse=True)
def network_is_ours():
    """Each lease makes a network and takes it away."""
    with network.ours():
        yield


@pytest.fixture(scope="session")
def engine(tmp_path_factory):
    """The address of a podman of our own, with the base image in it."""
    if reason := why_not():
        pytest.skip(reason)
    STORE.mkdir(parents=True, exist_ok=True)
    there = [*service.podman(*STORAGE), "image", "exists", IMAGE]
    if subprocess.run(there, check=False).returncode:  # noqa: S603
        subprocess.run(  # noqa: S603
            [str(BUILD), *service.podman(*STORAGE)[1:]],
            check=True,
            env={**os.environ, "STRAITS_IMAGES": str(HOME / "images")},
        )
    try:
        with service.own_podman(tmp_path_factory.mktemp("podman"), storage=STORAGE) as url:
            yield url
    finally:
        # podman leaves its storage mounted on itself, and no folder with a mount can be removed
        overlay = str(STORE / "root" / "overlay")
        subprocess.run(["umount", overlay], check=False, capture_output=True)  # noqa: S603, S607


@pytest.fixture(scope="session")
def gpu_uuids(engine):
    """Four GPUs that the engine knows by CDI."""
    name = uuid4()
    uuids = tuple(f"GPU-{name}-{number}" for number in range(4))
    with cdi.described(uuids, host=name):
        yield uuids


@pytest.fixture
def options(engine):
    return Options(
        engine=engine,
        address="127.0.0.1",
        workspace_bytes_per_gpu=GIB_64TH,
    )


@pytest.fixture
def make(options, tmp_path):
    """Make a runtime as `run` does; each is a new start of the agent in the same folder."""
    made = []

    def make(gpu_pids=lambda gpus: frozenset(), **changes):
        host = Host(
            options=changes.get("options", options),
            clock=Clock(),
            owner=str(tmp_path),
            gpu_count=lambda: 4,
            gpu_pids=gpu_pids,
        )
        made.append(ContainerRuntime(tmp_path / "leases", host))
        return made[-1]

    yield make
    with ExitStack() as closing:
        for each in made:
            closing.callback(each.close)
        for each in made[-1:]:
            for seen in each.observe():
                each.stop(assignment=seen.assignment, grace=0)
            until(lambda: all(seen.phase is Phase.ENDED for seen in made[-1].observe()))
    assert str(tmp_path) not in service.tools.call("losetup", "-a")


@pytest.fixture
def outcomes():
    """Everything of a runtime that changed, in order, until the one lease ended."""

    def outcomes(runtime, seconds=60):
        seen = []

        def over():
            [now] = runtime.observe()
            if not seen or now != seen[-1]:
                seen.append(now)
            return now.phase is Phase.ENDED

        until(over, seconds)
        return seen

    return outcomes
