"""Every bad request gets the same answer on the short way as on the full one, and moves nothing."""

from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agents.gateway import problems
from agents.gateway import services as gateway
from agents.gateway.fast import application, store
from agents.gateway.models import NodeBoot, NodeKey
from agents.protocol.messages import GrantRefusal
from marketplace.catalog import liveness
from tests import make
from tests.agents.gateway.short import Front, sign, watched
from tests.agents.gateway.signed import beat, node_for, post, problem, world
from tests.make import BOOT, NOON

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
LATER = NOON + 30 * SECOND
OTHER = UUID(int=BOOT.int + 1)


@pytest.fixture
def clock(monkeypatch):
    """Set the server's time."""

    def clock(at):
        for place in (problems, application):
            monkeypatch.setattr(place, "now", lambda: at)
        watched(at)

    return clock


@pytest.fixture
def machine(market):
    return make.machine(gpus=0, state="offline")


@pytest.fixture
def joined(machine):
    return node_for(machine)


@pytest.fixture
def node(joined):
    return joined[0]


@pytest.fixture
def key(joined):
    return joined[1]


def again(**facts):
    """A beat with no news after `beat("GPU-a")`."""
    return beat("GPU-a", **{"full": False, "desired_version": 0, **facts})


@pytest.fixture
def warm(client, node, key, clock):
    """The node's last full beat left nothing to do, so that the next may take the short way."""
    clock(NOON)
    for message in (beat("GPU-a"), again()):
        body, headers = sign(message, key, node.public_id, NOON)
        assert post(client, "heartbeat", body, headers).status_code == 200
    clock(LATER)


@pytest.fixture
def front(client):
    return Front(client)


@pytest.fixture
def say(front, node, key):
    """Send a message through the application in front."""

    def say(message, at=LATER, key=key):
        body, headers = sign(message, key, node.public_id, at)
        return post(front, "heartbeat", body, headers)

    return say


def test_a_beat_without_news_touches_redis_only(
    machine, warm, say, front, django_assert_num_queries
):
    rows, _ = world()
    with django_assert_num_queries(0):
        answer = say(again(seq=10**6))
    assert (answer.status_code, front.full) == (200, 0)
    assert answer.json() == {
        "server_time": "2026-11-24T12:00:30Z",
        "next_heartbeat_s": 30.0,
        "want_inventory": False,
        "recommended_version": "",
        "desired": None,
        "desired_version": 0,
        "grant_key": "",
        "grant_key_changes": [],
    }
    assert world() == (rows, {machine.pk: LATER.timestamp()})
    assert store.last_seq(node=machine.nodes.get().public_id, boot_id=BOOT) == 10**6


NEWS = {
    "an inventory": lambda: beat("GPU-a", desired_version=0),
    "another inventory": lambda: beat("GPU-b", full=False, desired_version=0),
    "another version of the agent": lambda: again(agent_version="2.0"),
    "an older set of wishes": lambda: again(desired_version=5),
    "no set of wishes": lambda: again(desired_version=None),
    "a refused grant": lambda: again(
        refused=(GrantRefusal(assignment=BOOT, generation=1, reason="older"),)
    ),
    "another boot": lambda: again(boot_id=OTHER),
}


@pytest.mark.parametrize("news", NEWS)
def test_news_goes_the_full_way(news, warm, say, front):
    answer = say(NEWS[news]())
    assert (answer.status_code, front.full) == (200, 1), answer.content
    assert answer.json()["desired"] == []


def test_an_agent_that_is_too_old_since_a_moment_ago_is_refused_at_once(warm, say, front, settings):
    """Not only when its record ends: a process with another minimum knows no record as its own."""
    settings.MIN_AGENT_VERSION = "9"
    assert problem(say(again())) == (426, "agent-too-old")
    assert front.full == 1


def test_another_address_goes_the_full_way(warm, front, node, key, client):
    body, headers = sign(again(), key, node.public_id, LATER)
    path = "/agent/v1/heartbeat"
    assert front.post(path, body, headers=headers, client=("192.0.2.9", 1)).status_code == 200
    assert front.full == 1


def test_nobody_takes_the_short_way_while_nobody_looks_for_changes(warm, say, front, clock):
    watched(LATER - store.WATCHED_WITHIN - SECOND)
    assert say(again()).status_code == 200
    assert front.full == 1


def test_a_machine_where_something_is_about_to_start_goes_the_full_way(machine, warm, say, front):
    store.tell(versions={}, hot=[machine.pk], changed=[], at=LATER)
    assert say(again()).status_code == 200
    assert front.full == 1


def test_a_record_is_trusted_for_ten_minutes(warm, say, front, clock):
    late = NOON + store.KEPT
    clock(late)
    assert say(again(), at=late).status_code == 200
    assert front.full == 0
    later = late + SECOND
    clock(later)
    assert say(again(), at=later).status_code == 200
    assert front.full == 1


def test_when_redis_forgot_the_node_the_full_way_brings_it_back(warm, say, front, node):
    store.forget([node.public_id])
    for full in (1, 1):
        assert say(again()).status_code == 200
        assert front.full == full


def test_a_slower_full_beat_does_not_turn_the_number_back(warm, say, node):
    say(again(seq=10**7))
    message = again(seq=10**6)
    store.remember(node=node, message=message, address="127.0.0.1", at=LATER)
    assert store.last_seq(node=node.public_id, boot_id=BOOT) == 10**7


def test_the_full_way_knows_the_numbers_of_the_short_one(client, warm, say, node, key):
    say(again(seq=10**7))
    body, headers = sign(again(seq=10**7), key, node.public_id, LATER)
    assert problem(post(client, "heartbeat", body, headers)) == (409, "old-message")


def test_numbers_are_rolled_up_in_bulk_and_never_fall(warm, say, node, django_assert_num_queries):
    say(again(seq=10**7))
    with django_assert_num_queries(1):
        assert gateway.roll_up(at=LATER) == 1
    row = NodeBoot.objects.get()
    assert (row.last_seq, row.heard_at) == (10**7, LATER)
    assert gateway.roll_up(at=LATER + SECOND) == 0
    NodeBoot.objects.update(last_seq=10**8)
    assert gateway.roll_up(at=LATER + SECOND) == 0
    assert NodeBoot.objects.get().last_seq == 10**8


# --- refusals: each is made of a request that would be fine; the same on both ways


def signed(case, message=None, at=LATER, **how):
    return sign(message or again(), how.get("key", case["key"]), how.get("node", case["node"]), at)


def changed(old, new):
    def make_request(case):
        body, headers = signed(case)
        assert old in body
        return body.replace(old, new), headers

    return make_request


def header(name, value):
    def make_request(case):
        body, headers = signed(case)
        return body, {**headers, name: value}

    return make_request


def without(name):
    def make_request(case):
        body, headers = signed(case)
        return body, {key: value for key, value in headers.items() if key != name}

    return make_request


def shifted(seconds):
    return partial(signed, at=LATER + seconds * SECOND)


def replay(case):
    body, headers = signed(case)
    assert post(case["way"], "heartbeat", body, headers).status_code == 200
    return body, headers


def replay_of_the_other_way(case):
    body, headers = signed(case)
    assert post(case["other"], "heartbeat", body, headers).status_code == 200
    return body, headers


def same_number(case):
    message = again(seq=10**9)
    body, headers = signed(case, message)
    assert post(case["way"], "heartbeat", body, headers).status_code == 200
    return signed(case, message)


def revoked(case):
    with case["commits"](execute=True):
        gateway.revoke_node(node=case["row"], by=None, at=LATER)
    return signed(case)


def revoked_by_one_that_died(case):
    gateway.revoke_node(node=case["row"], by=None, at=LATER)
    assert post(case["way"], "heartbeat", *signed(case)).status_code in (200, 401)
    gateway.tend(at=LATER)
    return signed(case)


def retired(case):
    type(case["row"].machine).objects.update(state="retired")
    gateway.tend(at=LATER)
    return signed(case)


def replaced_key(case):
    NodeKey.objects.update(replaced_at=NOON, good_until=LATER)
    NodeKey.objects.create(node=case["row"], public_key=b"1" * 32, since=NOON)
    store.forget([case["row"].public_id])
    return signed(case)


def replaced_key_in_the_record(case):
    NodeKey.objects.update(replaced_at=NOON, good_until=LATER)
    NodeKey.objects.create(node=case["row"], public_key=b"1" * 32, since=NOON)
    with store.client() as link:
        link.hset(store.record(case["node"]), "keys", store.keys_of(case["row"], NOON))
    return signed(case)


def boot_that_is_over(case):
    body, headers = signed(case, again(boot_id=OTHER))
    assert post(case["way"], "heartbeat", body, headers).status_code == 200
    # noted at the first refusal; from then on nothing moves
    assert post(case["way"], "heartbeat", *signed(case)).status_code == 409
    return signed(case)


STRANGER = Ed25519PrivateKey.generate()
BAD = {
    "changed body": (changed(b"1.0", b"1.1"), (401, "bad-signature")),
    "changed number": (changed(b'"seq":', b'"seq":1'), (401, "bad-signature")),
    "another key": (partial(signed, key=STRANGER), (401, "bad-signature")),
    "unknown node": (partial(signed, node=OTHER), (401, "unknown-node")),
    "no node": (partial(signed, node="enrol"), (401, "unknown-node")),
    "no signature": (without("Signature"), (401, "bad-signature")),
    "no input": (without("Signature-Input"), (401, "bad-signature")),
    "no digest": (without("Content-Digest"), (401, "bad-signature")),
    "broken signature": (header("Signature", "pyhms=:AAAA:"), (401, "bad-signature")),
    "broken input": (header("Signature-Input", "x(("), (401, "bad-signature")),
    "clock behind": (shifted(-61), (401, "clock-skew")),
    "clock ahead": (shifted(61), (401, "clock-skew")),
    "years ago": (shifted(-(10**8)), (401, "clock-skew")),
    "replay": (replay, (401, "replayed")),
    "replay of the other way": (replay_of_the_other_way, (401, "replayed")),
    "the same number": (same_number, (409, "old-message")),
    "an older number": (partial(signed, message=again(seq=0)), (409, "old-message")),
    "revoked": (revoked, (401, "unknown-node")),
    "revoked by one that died": (revoked_by_one_that_died, (401, "unknown-node")),
    "retired": (retired, (410, "machine-retired")),
    "replaced key": (replaced_key, (401, "bad-signature")),
    "replaced key, as the record says": (replaced_key_in_the_record, (401, "bad-signature")),
    "boot that is over": (boot_that_is_over, (409, "boot-over")),
    "no JSON": (partial(signed, message=b"{"), (400, "malformed")),
    "a wrong field": (partial(signed, message=b'{"seq": -1}'), (422, "invalid")),
    "too large": (partial(signed, message=b" " * 1_000_001), (413, "too-large")),
}


@pytest.mark.parametrize("way", ["full", "short"])
@pytest.mark.parametrize("bad", BAD)
def test_both_ways_refuse_alike_and_nothing_moves(
    bad, way, warm, client, node, key, django_capture_on_commit_callbacks
):
    ways = {"full": client, "short": Front(client)}
    case = {
        "key": key,
        "node": node.public_id,
        "row": node,
        "way": ways[way],
        "other": ways["short" if way == "full" else "full"],
        "commits": django_capture_on_commit_callbacks,
    }
    make_request, expected = BAD[bad]
    body, headers = make_request(case)
    before, numbers = world(), store.last_seq(node=node.public_id, boot_id=BOOT)
    assert problem(post(ways[way], "heartbeat", body, headers)) == expected
    assert world() == before
    assert store.last_seq(node=node.public_id, boot_id=BOOT) == numbers


def test_another_nodes_key_is_no_key_of_this_one(warm, front, node, machine):
    other, other_key = node_for(make.machine(gpus=0, state="offline"))
    for name in (node.public_id, other.public_id):
        body, headers = sign(again(), other_key, name, LATER)
        answer = post(front, "heartbeat", body, headers)
        taken = name == other.public_id
        assert (answer.status_code == 200) == taken
    assert front.full == 2
    assert liveness.last_seen(machine_ids=[machine.pk]) == {machine.pk: NOON.timestamp()}


@pytest.mark.parametrize(
    ("scope", "headers"),
    [
        ({"query_string": b"a=1"}, {}),
        ({"method": "PUT"}, {}),
        ({}, {"host": "elsewhere.example"}),
        ({}, {"host": ""}),
        ({}, {"Host": "testserver"}),
    ],
)
def test_what_django_might_not_let_in_is_left_to_it(scope, headers, warm, front, node, key):
    body, signature = sign(again(), key, node.public_id, LATER)
    front.post("/agent/v1/heartbeat", body, headers={**signature, **headers}, **scope)
    assert front.full == 1


def test_in_production_only_what_came_by_https_takes_the_short_way(
    warm, front, node, key, settings
):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    for more, full in (({}, 1), ({"x-forwarded-proto": "http"}, 2)):
        body, headers = sign(again(), key, node.public_id, LATER)
        front.post("/agent/v1/heartbeat", body, headers={**headers, **more})
        assert front.full == full
    body, headers = sign(again(), key, node.public_id, LATER)
    secure = {**headers, "x-forwarded-proto": "https"}
    assert front.post("/agent/v1/heartbeat", body, headers=secure).status_code == 200
    assert front.full == 2


def test_without_redis_the_full_way_says_so(warm, client, node, key, settings):
    body, headers = sign(again(), key, node.public_id, LATER)
    url, settings.REDIS_URL = settings.REDIS_URL, "unix:///nowhere/redis.sock"
    answer = post(Front(client), "heartbeat", body, headers)
    settings.REDIS_URL = url
    assert problem(answer) == (503, "unavailable")
