"""Versions of what machines should know of: they rise with each change of it, and never fall."""

from datetime import timedelta

import pytest

from agents.gateway import services as gateway
from agents.gateway.fast import store
from agents.gateway.models import MachineWish
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.services import running
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def offer(market):
    return make.offer()


@pytest.fixture
def machine(offer):
    return offer.machine


@pytest.fixture
def booked(offer, harbour):
    make.funded(harbour)
    return make.reservation(harbour, offer, start=NOON + 2 * HOUR, hours=1)


def in_redis():
    with store.client() as link:
        hot = {int(machine) for machine in link.smembers(store.HOT)}
        return {int(k): int(v) for k, v in link.hgetall(store.VERSIONS).items()}, hot


def test_where_nothing_is_wanted_nothing_changes(machine):
    assert gateway.follow(at=NOON) == []
    assert gateway.version_of(machine=machine) == 0
    assert store.watched() == NOON.timestamp()


def test_a_version_rises_with_everything_that_a_node_would_be_told(machine, booked, alice):
    """The clock, the start, the end, the node's own report: each is one change."""
    rises = []

    def look(at):
        rises.append(gateway.follow(at=at) == [machine.pk])
        told = [
            (one.pk, one.generation, brokerage.wanted(one))
            for one in brokerage.desired(machine=machine, at=at)
        ]
        return gateway.version_of(machine=machine), told

    start = booked.during.lower
    assert look(NOON) == (0, [])
    version, told = look(start - HOUR)
    assert (version, len(told)) == (1, 1)
    assert look(start - HOUR + SECOND) == (1, told)
    make.started(booked)
    assert look(start + MINUTE) == (1, told), "that it runs changes nothing that is wanted"
    brokerage.stop(reservation=booked, by=alice, at=start + 2 * MINUTE)
    [part] = booked.assignments.all()
    assert look(start + 2 * MINUTE) == (2, [(part.pk, 2, False)])
    brokerage.observe(
        machine=machine, reports=[make.observation(part, "stopped")], at=start + 3 * MINUTE
    )
    assert look(start + 3 * MINUTE) == (3, [])
    assert rises == [False, True, False, False, True, True]


def test_one_machines_change_is_not_anothers(machine, booked, harbour):
    other = make.offer()
    make.reservation(harbour, other, start=NOON + HOUR / 2, hours=1)
    assert gateway.follow(at=NOON) == [other.machine.pk]
    assert gateway.version_of(machine=machine) == 0


def test_what_is_about_to_start_is_hot_until_it_runs(machine, booked):
    start = booked.during.lower
    gateway.follow(at=start - 5 * MINUTE - SECOND)
    assert in_redis() == ({machine.pk: 1}, set())
    gateway.follow(at=start - 5 * MINUTE)
    assert in_redis() == ({machine.pk: 1}, {machine.pk})
    make.started(booked)
    gateway.follow(at=start + MINUTE)
    assert in_redis() == ({machine.pk: 1}, set())


def test_what_is_about_to_start_without_clearance_stays_hot(machine, booked, monkeypatch):
    """Its node is not told of it; when the screening stands again it is, at the next beat."""
    monkeypatch.setattr(running, "stands", lambda *_: False)
    start = booked.during.lower
    gateway.follow(at=start - MINUTE)
    assert brokerage.desired(machine=machine, at=start - MINUTE) == []
    assert in_redis()[1] == {machine.pk}


def test_a_redis_that_forgot_is_told_everything(machine, booked):
    start = booked.during.lower
    gateway.follow(at=start - HOUR)
    with store.client() as link:
        link.flushdb()
    assert gateway.follow(at=start - HOUR / 2) == []
    assert in_redis()[0] == {machine.pk: 1}


def test_what_was_written_and_not_told_is_told_by_the_next(machine, booked, monkeypatch):
    start = booked.during.lower
    gateway.follow(at=NOON)
    with monkeypatch.context() as patched:
        patched.setattr(store, "tell", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            gateway.follow(at=start - HOUR)
    assert in_redis()[0] == {}
    gateway.follow(at=start - HOUR + SECOND)
    assert in_redis()[0] == {machine.pk: 1}
    assert MachineWish.objects.get().version == 1


def test_it_is_one_query_for_the_whole_market(machine, booked, harbour, django_assert_num_queries):
    for _ in range(3):
        other = make.offer()
        make.reservation(harbour, other, start=NOON + 2 * HOUR, hours=1)
    with django_assert_num_queries(1):
        assert len(brokerage.wishes(at=booked.during.lower - HOUR)) == 4


def test_cancelled_before_anybody_was_told_it_is_to_be_stopped_like_any_other(
    machine, booked, alice
):
    brokerage.cancel(reservation=booked, by=alice, at=NOON)
    gateway.follow(at=NOON)
    told = brokerage.desired(machine=machine, at=NOON)
    assert [brokerage.wanted(one) for one in told] == [False]
    assert gateway.version_of(machine=machine) == 1
