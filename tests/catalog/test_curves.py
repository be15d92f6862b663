"""What a renter is told of the GPUs they had: nothing of whoever had them before or after."""

from datetime import timedelta

import pytest

from marketplace.catalog.health import samples
from marketplace.catalog.health.curves import Point, Stretch, curves
from marketplace.catalog.models import Telemetry
from tests import make
from tests.make import NOON

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
A, B = "GPU-a", "GPU-b"


@pytest.fixture
def machine(db):
    return make.machine(gpus=0)


def average(machine, start, end, **facts):
    Telemetry.objects.create(
        machine=machine, start=NOON + start * MINUTE, end=NOON + end * MINUTE, gpus=facts
    )


def sample(machine, minute, percent, uuid=A):
    told = samples.packed({"gpu_percent": percent})
    samples.note(machine_id=machine.pk, gpus={uuid: told}, at=NOON + minute * MINUTE)


def stretch(start, end, uuid=A):
    return Stretch(uuid, NOON + start * MINUTE, NOON + end * MINUTE)


def loads(machine, *stretches):
    """(first minute, last minute, load) of each point."""
    told = curves(machine_id=machine.pk, stretches=stretches)
    return [
        [((one.start - NOON) / MINUTE, (one.end - NOON) / MINUTE, one.gpu_percent) for one in each]
        for each in told
    ]


def test_averages_until_there_are_samples(machine):
    average(machine, 0, 5, **{A: {"gpu_percent": 10, "samples": 9}})
    average(machine, 5, 10, **{A: {"gpu_percent": 20}})
    average(machine, 10, 15, **{A: {"gpu_percent": 30}})
    for minute in (7, 9.5, 10, 12):
        sample(machine, minute, 50 + int(minute))
    assert loads(machine, stretch(0, 60)) == [
        [(0, 5, 10), (5, 10, 20), (10, 10, 60), (12, 12, 62)]
    ], "a sample within an average is told by it; an average within the samples by these"


def test_what_others_did_is_left_out(machine):
    average(machine, -1, 4, **{A: {"gpu_percent": 1}})  # began before this rental
    average(machine, 4, 9, **{A: {"gpu_percent": 2}})
    average(machine, 9, 10.5, **{A: {"gpu_percent": 3}})  # told on the look after its end
    average(machine, 9.5, 12, **{A: {"gpu_percent": 4}})  # the next renter is in it
    for minute in (-1, 10, 11):
        sample(machine, minute, 99)
    assert loads(machine, stretch(0, 10)) == [[(4, 9, 2), (9, 10, 3)]]


def test_each_gpu_has_its_own_curve_and_one_look_serves_all(machine, django_assert_num_queries):
    average(machine, 0, 5, **{A: {"gpu_percent": 1}, B: {"gpu_percent": 2}})
    sample(machine, 6, 3)
    sample(machine, 7, 4, uuid=B)
    with django_assert_num_queries(1):
        told = loads(machine, stretch(0, 9), stretch(0, 9, uuid=B), stretch(0, 3, uuid="GPU-c"))
    assert told == [[(0, 5, 1), (6, 6, 3)], [(0, 5, 2), (7, 7, 4)], []]


def test_a_point_says_all_that_the_card_told(machine):
    facts = {"gpu_percent": 1, "memory_used_bytes": 2, "power_mw": 3, "temperature_c": 4}
    average(machine, 0, 5, **{A: {**facts, "samples": 9}})
    samples.note(machine_id=machine.pk, gpus={A: samples.packed(facts)}, at=NOON + 6 * MINUTE)
    [[first, second]] = curves(machine_id=machine.pk, stretches=[stretch(0, 9)])
    assert first == Point(start=NOON, end=NOON + 5 * MINUTE, **facts)
    assert second == Point(start=NOON + 6 * MINUTE, end=NOON + 6 * MINUTE, **facts)
    assert (first.is_sample, second.is_sample) == (False, True)


def test_another_machine_cannot_tell_of_this_ones_gpus(machine):
    other = make.machine(gpus=0)
    sample(other, 1, 50)
    average(other, 0, 5, **{A: {"gpu_percent": 1}})
    assert loads(machine, stretch(0, 9)) == [[]]


def test_without_redis_there_are_averages(machine, settings):
    average(machine, 0, 5, **{A: {"gpu_percent": 1}})
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    assert loads(machine, stretch(0, 9)) == [[(0, 5, 1)]]
