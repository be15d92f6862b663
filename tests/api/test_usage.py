from datetime import timedelta

import pytest
from django.utils.dateparse import parse_datetime

from marketplace.brokerage.models import Lease
from marketplace.metering import services as metering
from tests import make
from tests.api.asking import booked

pytestmark = pytest.mark.django_db


def minutes(count):
    return timedelta(minutes=count)


def run(made, *slices):
    """Let the node report that the reservation ran in these minutes; seal in two steps."""
    begin = made.during.lower
    assignment = make.started(made, at=begin)
    segments = [
        make.segment(assignment, begin + minutes(start), begin + minutes(end))
        for start, end in slices
    ]
    make.accept(machine=assignment.machine, segments=segments, at=begin + minutes(10))
    for until in (5, 10):
        metering.seal(reservation=made, at=begin + minutes(until))


def test_sealed_usage_is_told_gpu_by_gpu(api, harbour, offer):
    made = booked(harbour, offer, gpus=2)
    run(made, (0, 5), (5, 7), (9, 10))
    told = api.get(f"reservations/{made.public_id}/usage").json()["results"]
    leases = list(Lease.objects.order_by("pk").select_related("gpu"))
    assert [(one["lease"], one["gpu"]) for one in told] == [
        (str(lease.public_id), lease.gpu.uuid) for lease in leases
    ]
    assert [one["state"] for one in told] == ["active", "active"]
    assert [one["covered_ms"] for one in told] == [480_000, 480_000]
    assert [metering.covered_ms(lease=lease) for lease in leases] == [480_000, 480_000]


def test_slices_that_touch_are_told_as_one(api, harbour, offer):
    made = booked(harbour, offer)
    run(made, (0, 5), (5, 7), (9, 10))
    assert Lease.objects.get().usage.count() == 3
    told = api.get(f"reservations/{made.public_id}/usage").json()["results"][0]["intervals"]
    begin = made.during.lower
    spans = [[parse_datetime(span[side]) - begin for side in ("start", "end")] for span in told]
    assert spans == [[minutes(0), minutes(7)], [minutes(9), minutes(10)]]


def test_nothing_used_is_told_as_nothing(api, harbour, offer):
    made = booked(harbour, offer)
    told = api.get(f"reservations/{made.public_id}/usage").json()["results"]
    assert [(one["covered_ms"], one["intervals"]) for one in told] == [(0, [])]
