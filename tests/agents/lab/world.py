"""Several nodes and one marketplace on a clock that a test turns.

Everything is real but time, the wire and the engine: agents with their spools on disk, signed
requests through the whole HTTP stack of the gateway, PostgreSQL. Hours pass in seconds.
"""

import random
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import httpx
from django.core.handlers.wsgi import WSGIHandler

from agents.gateway.services import granting
from agents.node.agent import Agent
from agents.node.client import Client
from agents.node.clock import Clock
from agents.node.granting import Grants
from agents.node.health import Health
from agents.node.leases import Leases
from agents.node.reconcile import Phase
from agents.node.runtime import CannotStart, Sighting
from agents.node.spool import Spool
from agents.protocol.health import Reading
from agents.protocol.messages import GpuReport, InventoryReport
from tests.agents.gateway.signed import H100, MEMORY, node_for
from tests.make import NOON

SECOND = timedelta(seconds=1)
BEAT = 60


class Wire(httpx.BaseTransport):
    """To the real gateway. `down`: nobody answers; `lossy`: which share of the answers to usage
    gets lost.
    """

    def __init__(self, seed):
        self.inner = httpx.WSGITransport(app=WSGIHandler(), raise_app_exceptions=True)
        self.down, self.lossy = False, 0.0
        self.chance = random.Random(seed)  # noqa: S311  repeatable, not secret
        self.posts = []

    def handle_request(self, request):
        if self.down:
            raise httpx.ConnectError("connection refused", request=request)
        answer = self.inner.handle_request(request)
        self.posts.append((request.url.path, answer.status_code))
        if request.url.path.endswith("usage") and self.chance.random() < self.lossy:
            # it was taken, and nobody hears of it
            raise httpx.ReadTimeout("timed out", request=request)
        return answer


@dataclass
class Container:
    """What an engine keeps; it outlives the agent."""

    sighting: Sighting
    starts: int = 1
    stop: bool = False


class Engine:
    """Starts and ends at once. `attached` is whether the kernel shows the GPUs in it now."""

    def __init__(self, time):
        self.time, self.containers, self.removed = time, {}, {}
        self.down, self.attached = False, True

    def now(self):
        return NOON + self.time() * SECOND


class VirtualRuntime:
    """Implements `Runtime` on an Engine, as the keepers of containers do."""

    def __init__(self, engine, clock):
        self.engine, self.clock = engine, clock

    def start(self, *, wanted, at):
        if self.engine.down:
            raise CannotStart("the engine is away")
        known = self.engine.containers.get(wanted.assignment)
        if known is not None:
            known.starts += 1
            raise CannotStart("it was started before")
        self.engine.containers[wanted.assignment] = Container(
            Sighting(
                assignment=wanted.assignment,
                phase=Phase.RUNNING,
                gpu_uuids=wanted.gpu_uuids,
                started_at=at,
                verified_to=at,
            )
        )

    def stop(self, *, assignment, grace):
        self.engine.containers[assignment].stop = True

    def tell(self, *, assignment, evict_at):
        each = self.engine.containers[assignment]
        each.sighting = replace(each.sighting, told=evict_at)

    def observe(self):
        for each in self.engine.containers.values():
            self._look(each)
        return [each.sighting for each in self.engine.containers.values()]

    def _look(self, each):
        if each.sighting.phase is Phase.ENDED:
            return
        if not self.engine.attached:
            # as a keeper: what lost its GPUs is ended, and nothing after the last look is vouched
            each.sighting = replace(each.sighting, failure="a GPU is not attached")
            each.stop = True
        if each.stop:
            each.sighting = replace(each.sighting, phase=Phase.ENDED, exit_code=0)
        else:
            each.sighting = replace(each.sighting, verified_to=self.clock.now())

    def remove(self, *, assignment):
        self.engine.removed[assignment] = self.engine.containers.pop(assignment)


class Node:
    """A machine with its agent. `wall_ahead`: by how many seconds its own clock is wrong; `runs`:
    makes another runtime, in a folder.
    """

    def __init__(self, *, time, folder, uuids, key, key_id, seed=0, runs=None):
        self.time, self.folder, self.uuids, self.key, self.key_id = time, folder, uuids, key, key_id
        self.wall_ahead, self.answers, self.runs = 0.0, True, runs
        self.engine, self.wire = Engine(time), Wire(seed)
        self.agent = None
        folder.mkdir()
        self.start()

    def boot(self):
        return 1000.0 + self.time()

    def wall(self):
        return NOON.timestamp() + self.time() + self.wall_ahead

    # what the agent asks of its GPUs

    def inventory(self):
        gpus = tuple(
            GpuReport(uuid=uuid, index=place, name=H100, memory_bytes=MEMORY)
            for place, uuid in enumerate(self.uuids)
            if self.answers
        )
        facts = {"simulated": False, "driver_version": "570.133.20", "cuda_version": "12.8"}
        return InventoryReport(gpus=gpus, **facts)

    def readings(self):
        return tuple(Reading(uuid=uuid, silent=not self.answers) for uuid in self.uuids)

    def energy(self):
        return {uuid: int(self.time() * 1000) for uuid in self.uuids if self.answers}

    # the agent's life

    def start(self):
        spool = Spool(self.folder)
        clock = Clock(base=spool.clock(), boot=self.boot, wall=self.wall)
        client = Client(server="http://testserver", key=self.key, key_id=self.key_id, clock=clock)
        client.http = httpx.Client(transport=self.wire)
        leased = self.folder / "leases"
        runtime = self.runs(leased) if self.runs else VirtualRuntime(self.engine, clock)
        pinned = granting.public_key()
        grants = Grants(node=UUID(self.key_id), key=pinned, pin=lambda key: None)
        leases = Leases(
            runtime=runtime, spool=spool, clock=clock, energy=self.energy, grants=grants
        )
        health = Health(gpus=self, spool=spool, clock=clock)
        self.agent = Agent(gpus=self, leases=leases, spool=spool, client=client, health=health)
        leases.resume()

    def kill(self):
        """As kill -9: nothing is said, nothing is written down."""
        self.agent.spool.close()
        self.agent = None

    def fill_disk(self):
        self.agent.spool.db.execute("PRAGMA query_only = ON")

    def free_disk(self):
        self.agent.spool.db.execute("PRAGMA query_only = OFF")

    def second(self):
        """Local duties each second, the marketplace every beat or when there is news."""
        if self.agent is None:
            return
        self.agent.leases.step()
        news = (self.agent.leases.news or self.agent.health.news) and not self.agent.failures
        if self.time() % BEAT == 0 or news:
            self.agent.talk(timeout=1)
            self.agent.leases.step()


class Lab:
    """`run` turns the clock; what a test does at a second stands in `plan`."""

    def __init__(self, folder):
        self.folder, self.seconds, self.nodes, self.plan = folder, 0, [], {}

    def time(self):
        return float(self.seconds)

    def now(self):
        return NOON + self.seconds * SECOND

    def add(self, *, uuids, key, key_id, runs=None):
        node = Node(
            time=self.time,
            folder=self.folder / f"node-{len(self.nodes)}",
            uuids=uuids,
            key=key,
            key_id=key_id,
            seed=len(self.nodes),
            runs=runs,
        )
        self.nodes.append(node)
        return node

    def add_for(self, offer, **facts):
        """A node for the machine of an offer, with all of its GPUs."""
        node, key = node_for(offer.machine)
        uuids = tuple(gpu.uuid for gpu in offer.machine.gpus.order_by("index"))
        return self.add(uuids=uuids, key=key, key_id=str(node.public_id), **facts)

    def at(self, second, act):
        self.plan.setdefault(second, []).append(act)

    def run(self, until):
        while self.seconds < until:
            for act in self.plan.get(self.seconds, ()):
                act()
            for node in self.nodes:
                node.second()
            self.seconds += 1

    def close(self):
        for node in self.nodes:
            if node.agent is not None:
                node.kill()
