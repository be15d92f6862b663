"""`straits-node self-test`, as a provider runs it, against the real gateway and real containers."""

import json
import os
import re
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest

from agents.gateway import services as gateway
from agents.gateway.models import Node
from agents.node import identity
from agents.node.containers import record, service
from agents.node.containers.templates import Template
from tests import make
from tests.agents.node.build import ONE

from . import at
from .conftest import STORAGE

LINE = re.compile(r"^(ok|FAIL) +(\S.*?) +\d+\.\d s  (.*)$")


def self_test(state, *words, **environment):
    mine = {key: value for key, value in os.environ.items() if key != "FAKENVML_STATE"}
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "agents.node.main", "self-test", "--state", str(state), *words],
        env={**mine, **environment},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    found = map(LINE.match, done.stdout.splitlines())
    table = {each[2]: (each[1], each[3]) for each in found if each}
    return done.returncode, table, done.stdout.splitlines()[-1:], done.stderr


@pytest.fixture
def state(tmp_path):
    return tmp_path / "state"


def nothing_left(state):
    names = json.loads(at.podman(STORAGE, "ps", "-a", "--format", "json") or "[]")
    assert [each for each in names if str(state) in str(each["Labels"])] == []
    assert str(state) not in service.tools.call("mount")
    assert str(state) not in service.tools.call("losetup", "-a")
    assert list(state.glob("self-test-*")) == []


@pytest.mark.django_db(transaction=True)
def test_a_whole_lease_from_token_to_teardown(engine, state, live_server, settings):
    settings.PUBLIC_URL = live_server.url
    machine = make.machine(gpus=0, state="offline")
    token = gateway.issue_token(machine=machine, by=None, at=datetime.now(UTC))
    began = time.monotonic()
    code, table, last, said = self_test(
        state,
        *("--simulated", "--seconds", "6", "--engine", engine),
        *("--server", live_server.url),
        STRAITS_TOKEN=token,
    )
    assert code == 0, (table, said)
    assert {name: word for name, (word, _) in table.items()} == dict.fromkeys(
        (
            "GPUs", "machine", "enrolled", "inventory taken", "container", "GPUs attached", "SSH",
            "SSH closed", "metered", "stopped", "usage", "nothing left",
        ),
        "ok",
    )  # fmt: skip
    assert table["GPUs"][1].startswith("8 x NVIDIA H100 80GB HBM3 (simulated")
    assert table["GPUs attached"][1] == "8 of 8 and no other, by the kernel"
    assert table["SSH"][1] == "logged in as root with a key made for this"
    [seconds] = re.findall(r"(\d+\.\d{3}) s without a gap", table["usage"][1])
    assert 6 < float(seconds) < time.monotonic() - began
    assert last == ["PASSED: with SIMULATED GPUs, which says nothing about real ones"]
    node = Node.objects.get(machine=machine)
    assert identity.read(state).node == node.public_id
    machine.refresh_from_db()
    assert (machine.state, machine.simulated, machine.gpus.count()) == ("online", True, 8)
    assert token not in said
    nothing_left(state)


def test_a_machine_that_is_not_ready_hears_what_to_mend(engine, state):
    words = ("--simulated", "--engine", engine, "--workspace-gib", "99999999")
    code, table, last, _ = self_test(state, *words)
    assert code == 1
    assert list(table) == ["GPUs", "machine"], "what builds on it is not tried"
    word, said = table["machine"]
    assert word == "FAIL"
    assert "--workspace-gib N" in said
    assert last == ["FAILED: mend what the last line names, then run the self-test again"]
    nothing_left(state)


def test_an_engine_that_gives_no_gpus_fails_the_test(engine, state, tmp_path):
    """The control: with an engine that is asked the wrong way the container has no GPU."""
    shim = tmp_path / "shim"
    shim.mkdir()
    (shim / "sitecustomize.py").write_text(
        "from agents.node.containers.engine import Engine\n"
        'Engine.version = ("docker", "28.0")\n'
        "from agents.node.containers import checks\n"
        "checks._docker = lambda engine, version: iter(())\n"
    )
    path = os.pathsep.join([str(shim), os.getcwd()])
    code, table, _, _ = self_test(state, "--simulated", "--engine", engine, PYTHONPATH=path)
    assert code == 1
    word, said = table["container"]
    assert word == "FAIL"
    assert "is not attached" in said
    assert "metered" not in table
    nothing_left(state)


def test_it_keeps_off_a_machine_that_serves(state):
    identity.prepare(state)
    with identity.alone(state):
        code, table, _, said = self_test(state, "--simulated")
    assert (code, table) == (1, {})
    assert "another straits-node runs in" in said


def test_it_keeps_off_leases_that_an_agent_left(state):
    identity.prepare(state)
    (state / "leases").mkdir()
    left = record.Record(
        assignment=ONE, gpu_uuids=("GPU-a",), plan=Template(image="x"), environment={}
    )
    record.write(state / "leases", left)
    code, table, _, said = self_test(state, "--simulated")
    assert (code, table) == (1, {})
    assert "1 leases of renters are still on this machine; run straits-node drain" in said


def test_it_keeps_off_what_an_earlier_one_left(state):
    identity.prepare(state)
    (state / "self-test-x" / "leases").mkdir(parents=True)
    left = record.Record(
        assignment=ONE, gpu_uuids=("GPU-a",), plan=Template(image="x"), environment={}
    )
    record.write(state / "self-test-x" / "leases", left)
    code, table, _, said = self_test(state, "--simulated")
    assert (code, table) == (1, {})
    assert f"end the container straits-{ONE} with the engine's own tools" in said


def test_ended_from_outside_it_leaves_nothing(engine, state):
    mine = {key: value for key, value in os.environ.items() if key != "FAKENVML_STATE"}
    words = ("self-test", "--state", str(state), "--simulated", "--engine", engine)
    running = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "agents.node.main", *words],
        env=mine,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    for line in running.stdout:
        if " SSH closed " in line:
            break
    running.terminate()
    running.communicate(timeout=240)
    assert running.returncode != 0
    nothing_left(state)
