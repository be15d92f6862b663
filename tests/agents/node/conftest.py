import json
import shutil
import signal
import subprocess
import sys

import pytest

from agents.node import gpu, identity, proc
from agents.node.agent import Agent
from agents.node.client import Client
from agents.node.clock import Clock
from agents.node.enrolment import enrol
from agents.node.granting import Grants
from agents.node.health import Health
from agents.node.leases import Leases
from agents.node.main import main
from agents.node.process import ProcessRuntime
from agents.node.simulated import library, profiles
from agents.node.spool import Spool

from .hand import Hand
from .market import TOKEN, Market
from .programs import SIMULATE, environment


class Fake:
    """The file that the fake NVML reads."""

    def __init__(self, file, text):
        self.file, self.text = file, text
        self.say()

    def say(self, *lines):
        """Be as at first, and as these lines say: the first line of a key counts."""
        partial = self.file.with_suffix(".new")
        partial.write_text("".join(f"{line}\n" for line in lines) + self.text)
        partial.replace(self.file)


@pytest.fixture(scope="session")
def fake_library(tmp_path_factory):
    if not (shutil.which("cc") or shutil.which("gcc")):
        pytest.skip("no C compiler: the fake NVML cannot be built")
    return library.simulate(what="h100:2", folder=tmp_path_factory.mktemp("nvml"))


@pytest.fixture
def fake(fake_library, tmp_path, monkeypatch):
    file = tmp_path / "nvml-state"
    monkeypatch.setenv(library.STATE_VARIABLE, str(file))
    host = library._host(tmp_path)
    return Fake(file, profiles.state_text(profiles.parse("h100:2"), host=host))


@pytest.fixture
def gpus(fake):
    opened = gpu.Gpus()
    yield opened
    opened.close()


@pytest.fixture
def market():
    made = Market()
    yield made
    made.close()


@pytest.fixture
def hand(market):
    """The clock of marketplace and agents: they agree, and it stands unless the test moves it."""
    made = Hand()
    market.time = made.now
    return made


@pytest.fixture
def state(tmp_path):
    return tmp_path / "node"


@pytest.fixture
def enrolled(state, market):
    enrol(state=state, server=market.url, token=TOKEN, clock=Clock())
    return state


@pytest.fixture
def build(enrolled, gpus):
    """Make an agent as `run` does; each is a new start in the same folder."""
    made = []

    def build(clock=None, hand=None):
        who = identity.read(enrolled)
        spool = Spool(enrolled)
        clock = clock or (hand.clock if hand else Clock)(base=spool.clock())
        runtime = ProcessRuntime(enrolled / "leases")
        grants = Grants(
            node=who.node, key=who.grant_key, pin=lambda key: identity.pin(enrolled, key)
        )
        leases = Leases(
            runtime=runtime, spool=spool, clock=clock, energy=gpus.energy, grants=grants
        )
        key = identity.key_of(enrolled)
        client = Client(server=who.server, key=key, key_id=str(who.node), clock=clock)
        health = Health(gpus=gpus, spool=spool, clock=clock)
        agent = Agent(gpus=gpus, leases=leases, spool=spool, client=client, health=health)
        made.append(agent)
        return agent

    yield build
    for agent in made:
        kill_everything(agent)
        agent.client.close()
        agent.spool.close()


def kill_everything(agent):
    from .market import until

    until(lambda: agent.leases.stop_all(grace=0, reason="the test is over"))
    for running in agent.leases.runtime.known.values():
        if running.child:
            running.child.wait()


@pytest.fixture
def here(capsys):
    """Run a command that touches no GPU in this process, which is quicker."""

    def here(*words):
        code = main([str(word) for word in words])
        return code, *capsys.readouterr()

    return here


@pytest.fixture
def start(enrolled, fake_library):
    """Start `run` in the background, with simulated GPUs."""
    running = []

    def start(*words):
        command = ["-m", "agents.node.main", "run", "--state", str(enrolled), *SIMULATE, *words]
        log = (enrolled / "log").open("a")
        with log:
            started = subprocess.Popen(  # noqa: S603
                [sys.executable, *command], env=environment(), stdout=log, stderr=log
            )
        running.append(started)
        return started

    yield start
    for each in running:
        each.kill()
        each.wait()
    for file in enrolled.glob("leases/*/process.json"):
        proc.send(list(proc.session(json.loads(file.read_text())["pid"])), signal.SIGKILL)
