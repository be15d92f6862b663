"""Providers are told when a machine falls silent and when it answers again."""

from datetime import timedelta

import pytest

from marketplace.catalog import services as catalog
from marketplace.catalog.states import MachineState
from marketplace.notices.models import Notice
from tests import make
from tests.make import NOON

pytestmark = pytest.mark.django_db


def told():
    return [(row.kind, row.facts["state"]) for row in Notice.objects.order_by("pk")]


def test_silence_and_the_first_beat_after_it_are_told_to_its_provider():
    machine = make.machine()
    catalog.beat(machine=machine, at=NOON)
    late = NOON + timedelta(hours=1)
    assert catalog.mark_silent(at=late) == [machine]
    assert catalog.mark_silent(at=late) == []
    machine.refresh_from_db()
    catalog.beat(machine=machine, at=late)
    catalog.beat(machine=machine, at=late)
    assert told() == [("machine.unreachable", "offline"), ("machine.back", "online")]
    row = Notice.objects.first()
    assert (row.organisation, row.facts["name"]) == (machine.site.operator, machine.name)


def test_the_first_time_that_it_is_heard_of_is_no_news():
    machine = make.machine(state=MachineState.OFFLINE)
    catalog.beat(machine=machine, at=NOON)
    assert machine.state == MachineState.ONLINE
    assert told() == []
