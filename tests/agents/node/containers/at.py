"""Where to look for what a lease leaves behind, without asking the code under test."""

import json
import subprocess
from datetime import UTC, datetime
from uuid import uuid4

from agents.node.containers import service
from agents.node.reconcile import Phase
from tests.agents.node.build import wanted
from tests.agents.node.market import until

SLEEP = ("sh", "-c", "trap 'exit 3' TERM; echo up > /workspace/up; while :; do sleep 0.05; done")


def podman(storage, *words):
    done = subprocess.run(  # noqa: S603
        [*service.podman(*storage), *words], check=True, capture_output=True, text=True
    )
    return done.stdout


def left(storage, assignment):
    """What of a lease is still on this machine."""
    containers = json.loads(podman(storage, "ps", "-a", "--format", "json") or "[]")
    networks = json.loads(podman(storage, "network", "ls", "--format", "json") or "[]")
    bridge = f"st-{assignment.hex[-12:]}"
    named = {
        "container": any(str(assignment) in name for each in containers for name in each["Names"]),
        "network": any(each["name"] == bridge for each in networks),
        "bridge": bridge in service.tools.call("ip", "-o", "link"),
        "firewall": bridge.replace("-", "_") in service.tools.call("nft", "list", "tables"),
        "port": f'"dnat name: {bridge} ' in service.tools.call("iptables", "-w", "-t", "nat", "-S"),
        "mount": str(assignment) in service.tools.call("mount"),
        "disk": str(assignment) in service.tools.call("losetup", "-a"),
    }
    return {what for what, there in named.items() if there}


def lease(gpus, *, command=SLEEP, **facts):
    return wanted(uuid4(), gpus=tuple(gpus), command=tuple(command), **facts)


def begin(runtime, each):
    runtime.start(wanted=each, at=datetime.now(UTC))


def run(runtime, each, seconds=60):
    """Start it and wait until it runs."""
    begin(runtime, each)
    until(lambda: sight(runtime, each).phase is not Phase.STARTING, seconds)
    seen = sight(runtime, each)
    assert seen.phase is Phase.RUNNING, seen
    return seen


def sight(runtime, each):
    [seen] = [seen for seen in runtime.observe() if seen.assignment == each.assignment]
    return seen


def end(runtime, each, seconds=60):
    until(lambda: ended(runtime, each), seconds)
    return sight(runtime, each)


def ended(runtime, each):
    return sight(runtime, each).phase is Phase.ENDED
