"""The long poll: it answers when the version changes, when the wait is over, and nobody else."""

import asyncio
import json
import time
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agents.gateway import problems
from agents.gateway.fast import application, listening, store
from agents.gateway.fast.bell import Bell
from agents.gateway.models import MachineWish
from agents.protocol.messages import Listen
from tests import make
from tests.agents.gateway.short import Front, hang_up, sign, watched
from tests.agents.gateway.signed import beat, node_for, post, problem, world
from tests.make import NOON

pytestmark = pytest.mark.django_db
#: seconds: how long a poll of a scene waits, and how long the scene may take
WAIT, LESS = 30.0, 25


@pytest.fixture(autouse=True)
def _it_is_noon(monkeypatch):
    for place in (problems, application, listening):
        monkeypatch.setattr(place, "now", lambda: NOON)
    watched(NOON)


@pytest.fixture
def joined(market):
    return node_for(make.machine(gpus=0, state="offline"))


@pytest.fixture
def warm(client, joined):
    """Its node has a record."""
    node, key = joined
    for full in (True, False):
        body, headers = sign(beat("GPU-a", full=full), key, node.public_id, NOON)
        assert post(client, "heartbeat", body, headers).status_code == 200
    return node, key


def ask(version, wait=0.0):
    return Listen(desired_version=version, wait_s=wait)


def send(way, joined, message, key=None, at=NOON):
    node, own = joined
    body, headers = sign(message, key or own, node.public_id, at, path="desired")
    return post(way, "desired", body, headers)


def told(answer):
    assert answer.status_code == 200
    return answer.json()


def test_both_ways_tell_the_version_at_once(client, warm):
    node, _ = warm
    MachineWish.objects.create(machine=node.machine, digest="x", version=3, changed_at=NOON)
    store.tell(versions={node.machine_id: 3}, hot=[], changed=[], at=NOON)
    front = Front(client)
    expected = {"server_time": "2026-11-24T12:00:00Z", "desired_version": 3}
    assert told(send(client, warm, ask(2))) == expected
    assert told(send(front, warm, ask(2, wait=20))) == expected
    assert front.full == 0


def test_the_wait_ends_with_the_version_as_it_was(client, warm):
    started = time.monotonic()
    front = Front(client)
    assert told(send(front, warm, ask(0, wait=0.5)))["desired_version"] == 0
    assert 0.5 <= time.monotonic() - started < 10
    assert front.full == 0


@pytest.mark.parametrize(
    ("message", "changes", "expected"),
    [
        (ask(0), {"key": Ed25519PrivateKey.generate()}, (401, "bad-signature")),
        (ask(0), {"at": NOON - timedelta(seconds=61)}, (401, "clock-skew")),
        (b"{}", {}, (422, "invalid")),
        (b"[", {}, (400, "malformed")),
        (b'{"desired_version": 0, "wait_s": 31}', {}, (422, "invalid")),
    ],
)
def test_both_ways_refuse_alike(message, changes, expected, client, warm):
    before = world()
    for way in (client, Front(client)):
        assert problem(send(way, warm, message, **changes)) == expected
    assert world() == before


def test_a_poll_is_taken_once(client, warm):
    node, key = warm
    body, headers = sign(ask(5), key, node.public_id, NOON, path="desired")
    assert post(Front(client), "desired", body, headers).status_code == 200
    for way in (Front(client), client):
        assert problem(post(way, "desired", body, headers)) == (401, "replayed")


def test_a_node_without_a_record_is_answered_by_django(client, warm):
    store.forget([warm[0].public_id])
    front = Front(client)
    assert told(send(front, warm, ask(0, wait=20)))["desired_version"] == 0
    assert front.full == 1


class Line:
    """One application, and polls of a node that run in it."""

    def __init__(self, joined):
        async def django(scope, receive, send):
            raise AssertionError("it went the full way")

        self.joined, self.front = joined, application.ShortWay(django)
        self.gone = asyncio.Event()

    async def poll(self, version):
        node, key = self.joined
        body, headers = sign(ask(version, wait=WAIT), key, node.public_id, NOON, path="desired")
        lines = {"host": "testserver", **headers}
        scope = {
            "type": "http",
            "method": "POST",
            "scheme": "http",
            "path": "/agent/v1/desired",
            "query_string": b"",
            "headers": [(name.lower().encode(), text.encode()) for name, text in lines.items()],
            "client": ("127.0.0.1", 1),
        }
        waiting, sent = [{"type": "http.request", "body": body}], []

        async def receive():
            if waiting:
                return waiting.pop()
            await self.gone.wait()
            return {"type": "http.disconnect"}

        async def send(message):
            sent.append(message)

        await self.front(scope, receive, send)
        return json.loads(sent[1]["body"])["desired_version"]

    async def waits(self, many=1):
        """Until so many wait and hear."""
        bell = self.front.links.bell
        while sum(map(len, bell.waiting.values())) < many or not bell.heard.is_set():
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)

    async def close(self):
        bell = self.front.links.bell
        assert dict(bell.waiting) == {}, "who was answered waits no longer"
        await hang_up(self.front.links)


def run(warm, scene):
    async def whole():
        line = Line(warm)
        await asyncio.wait_for(scene(line), LESS)
        await line.close()

    asyncio.run(whole())


def test_a_change_wakes_the_node_that_waits(warm):
    machine = warm[0].machine_id

    async def scene(line):
        poll = asyncio.create_task(line.poll(0))
        await line.waits()
        assert not poll.done()
        store.tell(versions={machine: 1}, hot=[], changed=[machine], at=NOON)
        assert await poll == 1

    run(warm, scene)


def test_another_machines_change_wakes_nobody(warm):
    async def scene(line):
        poll = asyncio.create_task(line.poll(0))
        await line.waits()
        store.tell(versions={10**6: 1}, hot=[], changed=[10**6], at=NOON)
        await asyncio.sleep(0.3)
        assert not poll.done()
        line.gone.set()
        assert await poll == 0

    run(warm, scene)


def test_a_newer_poll_of_the_node_ends_the_older(warm):
    async def scene(line):
        older = asyncio.create_task(line.poll(0))
        await line.waits()
        newer = asyncio.create_task(line.poll(0))
        assert await older == 0
        assert not newer.done()
        line.gone.set()
        await newer

    run(warm, scene)


def test_a_change_that_comes_just_before_the_wait_is_not_missed(warm, monkeypatch):
    machine = warm[0].machine_id
    real = listening._wait

    async def late(*arguments):
        store.tell(versions={machine: 1}, hot=[], changed=[machine], at=NOON)
        return await real(*arguments)

    monkeypatch.setattr(listening, "_wait", late)

    async def scene(line):
        assert await line.poll(0) == 1

    run(warm, scene)


def test_control_without_a_look_after_hearing_it_is_missed(warm, monkeypatch):
    """If this answers at once, the test above proves nothing."""
    machine = warm[0].machine_id
    real, version, ring = listening._wait, listening._version, Bell._ring
    looks, heard = [], []

    def ringing(bell, machines):
        ring(bell, machines)
        heard.extend(machines)

    async def late(*arguments):
        if looks:
            store.tell(versions={machine: 1}, hot=[], changed=[machine], at=NOON)
            while machine not in heard:  # while nobody waited yet
                await asyncio.sleep(0.01)
        return await real(*arguments)

    async def blind(*arguments):
        looks.append(1)
        return "0" if len(looks) == 2 else await version(*arguments)

    monkeypatch.setattr(listening, "_wait", late)
    monkeypatch.setattr(listening, "_version", blind)
    monkeypatch.setattr(Bell, "_ring", ringing)

    async def scene(line):
        first = asyncio.create_task(line.poll(0))  # from now on the process hears
        await line.waits()
        line.gone.set()
        await first
        line.gone.clear()
        del looks[1:]
        poll = asyncio.create_task(line.poll(0))
        await asyncio.sleep(1)
        assert not poll.done()
        line.gone.set()
        await poll

    run(warm, scene)
