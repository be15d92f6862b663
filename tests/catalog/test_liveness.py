from datetime import timedelta

import pytest
import redis
from django.conf import settings

from marketplace.catalog import liveness
from marketplace.catalog import services as catalog
from tests import make
from tests.make import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_was_seen():
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.delete(liveness.KEY)


@pytest.fixture
def machine(db):
    return make.machine(state="offline")


def test_a_beat_brings_a_machine_online(machine):
    catalog.beat(machine=machine, at=NOON)
    machine.refresh_from_db()
    assert machine.state == "online"


def test_three_missed_beats_take_it_offline(machine):
    catalog.beat(machine=machine, at=NOON)
    assert catalog.mark_silent(at=NOON + timedelta(seconds=89)) == []
    assert catalog.mark_silent(at=NOON + timedelta(seconds=90)) == [machine]
    machine.refresh_from_db()
    assert machine.state == "offline"


def test_a_lost_redis_costs_one_beat(machine):
    catalog.beat(machine=machine, at=NOON)
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.delete(liveness.KEY)
    assert catalog.mark_silent(at=NOON) == [machine]
    machine.refresh_from_db()
    catalog.beat(machine=machine, at=NOON)
    assert catalog.mark_silent(at=NOON) == []


def test_an_older_note_never_wins(machine):
    liveness.note(machine_id=machine.pk, at=NOON)
    liveness.note(machine_id=machine.pk, at=NOON - timedelta(hours=1))
    assert liveness.last_seen(machine_ids=[machine.pk]) == {machine.pk: NOON.timestamp()}


def test_a_steady_beat_writes_no_row(machine, django_assert_num_queries):
    catalog.beat(machine=machine, at=NOON)
    with django_assert_num_queries(0):
        catalog.beat(machine=machine, at=NOON + timedelta(seconds=30))


def test_a_retired_machine_stays_retired(machine):
    type(machine).objects.update(state="retired")
    machine.refresh_from_db()
    catalog.beat(machine=machine, at=NOON)
    machine.refresh_from_db()
    assert machine.state == "retired"
