"""What is in the way of a window, by the constraint's own index: the same as one by one."""

import random
from datetime import timedelta

import pytest
from django.db import IntegrityError
from psycopg.types.range import TimestamptzRange

from marketplace.brokerage.barring import FEW, barring
from marketplace.brokerage.models import Lease
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


@pytest.fixture
def lease(harbour):
    """Make one, of a reservation of its own."""

    def made(offer, gpu, start, end, *, cleaning_s=0, state="confirmed"):
        row = make.bare_reservation(harbour, offer)
        part = row.assignments.create(machine=offer.machine)
        during = TimestamptzRange(start, end)
        facts = {"during": during, "cleaning_s": cleaning_s, "state": state}
        return Lease.objects.create(assignment=part, gpu=gpu, **facts)

    return made


@pytest.mark.parametrize("cleaning_s", [0, 60, 86_400])
@pytest.mark.parametrize(("early", "in_the_way"), [(timedelta(0), False), (SECOND, True)])
@pytest.mark.parametrize("after", [True, False])
@pytest.mark.parametrize("gpus", [1, FEW + 1])
def test_what_is_in_the_way_to_the_second(lease, cleaning_s, early, in_the_way, after, gpus):
    offer, apart = make.offer(), timedelta(seconds=cleaning_s) - early
    gpu = offer.machine.gpus.get()
    row = lease(offer, gpu, NOON, NOON + HOUR, cleaning_s=cleaning_s)
    # what is cleaned after is also cleaned for, so the time before it counts as well
    start = NOON + HOUR + apart if after else NOON - apart - HOUR
    found = [(gpu.pk, row.during, cleaning_s)] if in_the_way else []
    assert barring([offer.machine_id], start, start + HOUR, gpus=gpus) == found


def test_the_dead_and_other_machines_are_not_in_the_way(lease):
    offer, other = make.offer(), make.machine()
    both, gpu = [offer.machine_id, other.pk], offer.machine.gpus.get()
    lease(offer, gpu, NOON, NOON + HOUR, state="released")
    assert barring(both, NOON, NOON + HOUR, gpus=2) == []
    live = lease(offer, gpu, NOON, NOON + HOUR)
    assert barring([other.pk], NOON, NOON + HOUR, gpus=2) == []
    assert barring(both, NOON, NOON + HOUR, gpus=2) == [(gpu.pk, live.during, 0)]


def test_the_same_as_one_by_one(lease):
    rng = random.Random(5)  # noqa: S311
    offers = [make.offer(gpus=2) for _ in range(2)]
    machines = [offer.machine_id for offer in offers]
    for offer, gpu in [(one, gpu) for one in offers for gpu in one.machine.gpus.all()]:
        start = NOON
        for _ in range(8):
            start += rng.randrange(300) * MINUTE
            end = start + rng.randrange(1, 300) * MINUTE
            cleaning_s = rng.choice([0, 0, 60, 3600, 86_400])
            lease(offer, gpu, start, end, cleaning_s=cleaning_s)
            start = end + timedelta(seconds=cleaning_s)
    sizes = set()
    for _ in range(100):
        start = NOON + rng.randrange(-1500, 6000) * MINUTE
        window = start, start + rng.randrange(1, 1500) * MINUTE
        rows = Lease.objects.live().barring(*window).filter(gpu__machine__in=machines)
        found = sorted(barring(machines, *window, gpus=4))
        assert found == sorted(rows.values_list("gpu", "during", "cleaning_s"))
        sizes.add(len(found))
    assert {0, 1, 5} <= sizes


def test_no_lease_is_cleaned_after_for_more_than_a_day(lease):
    offer = make.offer()
    with pytest.raises(IntegrityError, match="lease_cleaning"):
        lease(offer, offer.machine.gpus.get(), NOON, NOON + HOUR, cleaning_s=86_401)
