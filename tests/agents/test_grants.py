"""Lease grants: what the marketplace's key signed for this node, and nothing else."""

from datetime import timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as some

from agents.protocol import grants
from agents.protocol.grants import BadGrant, BadKeyChange
from agents.protocol.messages import Desired, HeartbeatReply

from .node.build import GRANT_KEY, MINUTE, NODE, NOON, TWO, granted, public, wanted

OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))


def check(each, **changes):
    facts = {"node": NODE, "key": GRANT_KEY.public_key(), "at": NOON}
    grants.check(each, **{**facts, **changes})


def refused(each, **changes):
    with pytest.raises(BadGrant) as error:
        check(each, **changes)
    return error.value.reason


def over_the_wire(each):
    reply = HeartbeatReply(
        server_time=NOON, next_heartbeat_s=1, want_inventory=False, desired=(each,)
    )
    return HeartbeatReply.model_validate_json(reply.model_dump_json()).desired[0]


def test_a_grant_is_good_for_its_node_until_its_end():
    each = over_the_wire(granted(wanted(), not_after=NOON + MINUTE))
    check(each)
    check(each, at=NOON + MINUTE)
    assert refused(each, at=NOON + MINUTE + timedelta(microseconds=1)) == "expired"


CHANGES = {
    "assignment": TWO,
    "generation": 2,
    "run": False,
    "start": NOON - MINUTE,
    "end": NOON + 90 * MINUTE,
    "gpu_uuids": ("GPU-b",),
    "command": ("rm", "-rf", "/"),
    "environment": {"A": "1"},
    "template": "jupyter",
    "image": "evil",
    "ssh_keys": ("ssh-ed25519 AAAA",),
    "evict_at": NOON + 30 * MINUTE,
    "keep_until": NOON + 900 * MINUTE,
    "resume": TWO,
    "node": UUID(int=1),
    "not_after": NOON + 900 * MINUTE,
}


def test_every_field_has_its_change_below():
    assert set(CHANGES) == set(Desired.model_fields) - {"grant"}


@pytest.mark.parametrize("field", CHANGES)
def test_a_grant_that_was_changed_anywhere_is_tampered(field):
    each = over_the_wire(granted(wanted()))
    assert refused(each.model_copy(update={field: CHANGES[field]})) == "tampered"


def test_a_field_that_is_added_or_left_out_is_tampered():
    each = granted(wanted()).model_dump(mode="json")
    assert refused(Desired.model_validate({**each, "privileged": True})) == "tampered"
    del each["image"]
    assert refused(Desired.model_validate(each)) == "tampered"


def test_a_newer_marketplace_may_say_more_and_it_is_signed_too():
    more = Desired.model_validate({**wanted().model_dump(mode="json"), "priority": {"level": 3}})
    each = over_the_wire(granted(more))
    check(each)
    assert each.model_dump(mode="json")["priority"] == {"level": 3}


def test_no_grant_another_key_and_another_node_are_told_apart():
    assert refused(wanted()) == "missing"
    assert refused(granted(wanted(), key=OTHER)) == "tampered"
    assert refused(granted(wanted(), node=TWO)) == "foreign"
    assert refused(granted(wanted()).model_copy(update={"grant": "zz"})) == "tampered"


@given(
    command=some.lists(some.text(max_size=20), max_size=3),
    environment=some.dictionaries(some.text(max_size=5), some.text(max_size=5), max_size=3),
    seconds=some.integers(0, 10**6),
    micros=some.integers(0, 999_999),
)
def test_whatever_is_wanted_survives_the_wire(command, environment, seconds, micros):
    start = NOON + timedelta(seconds=seconds, microseconds=micros)
    facts = {"command": tuple(command), "environment": environment, "start": start}
    each = over_the_wire(granted(wanted(**facts, end=start + MINUTE)))
    check(each, at=start)
    again = Desired.model_validate_json(each.model_dump_json(exclude_unset=True))
    check(again, at=start)


def keys(count):
    return [Ed25519PrivateKey.generate() for _ in range(count)]


def chain(*row):
    return [grants.change_key(old=old, new=new) for old, new in pairwise(row)]


def test_a_pinned_key_leads_to_the_present_one_over_any_number_of_changes():
    first, second, third = keys(3)
    changes = chain(first, second, third)
    for start in (first, second, third):
        assert grants.follow(public(start), public(third), changes[::-1]) == public(third)


def test_a_key_that_nothing_leads_to_is_not_followed():
    first, second, stranger = keys(3)
    forged = grants.change_key(old=stranger, new=second).model_copy(update={"old": public(first)})
    for changes in ([], chain(stranger, second), [forged], chain(second, first)):
        with pytest.raises(BadKeyChange):
            grants.follow(public(first), public(second), changes)


def test_changes_in_a_circle_come_to_an_end():
    first, second, stranger = keys(3)
    with pytest.raises(BadKeyChange):
        grants.follow(public(first), public(stranger), chain(first, second, first))
