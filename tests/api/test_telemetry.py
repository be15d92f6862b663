from datetime import timedelta

import pytest
from django.utils.dateparse import parse_datetime
from django.utils.timezone import now

from marketplace.brokerage.models import Lease
from marketplace.catalog.health import samples
from marketplace.catalog.models import Telemetry
from tests import make
from tests.api.asking import booked, places, refused

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def made(harbour, offer):
    """Two GPUs that run since ten minutes ago."""
    made = booked(harbour, offer, gpus=2)
    make.started(made, at=made.during.lower)
    Lease.objects.update(started_at=now() - 10 * MINUTE)
    return made


@pytest.fixture
def leases(made):
    return list(Lease.objects.order_by("pk").select_related("gpu__machine"))


def told(api, made, **query):
    answer = api.get(f"reservations/{made.public_id}/telemetry", **query)
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def note(lease, minutes_ago, percent):
    gpus = {lease.gpu.uuid: samples.packed({"gpu_percent": percent, "power_mw": 300_000})}
    at = now() - minutes_ago * MINUTE
    samples.note(machine_id=lease.gpu.machine_id, gpus=gpus, at=at)


def test_each_gpu_has_its_curve(api, made, leases):
    note(leases[0], 2, 40)
    note(leases[0], 1, 60)
    first, second = told(api, made)
    assert [one["lease"] for one in (first, second)] == [str(one.public_id) for one in leases]
    assert [one["gpu"] for one in (first, second)] == [one.gpu.uuid for one in leases]
    assert first["memory_bytes"] == 85_520_809_984
    assert second["points"] == []
    point, _ = first["points"]
    assert point["start"] == point["end"]
    assert point | {"start": "", "end": ""} == {
        "start": "",
        "end": "",
        "gpu_percent": 40,
        "memory_used_bytes": None,
        "power_mw": 300_000,
        "temperature_c": None,
    }
    assert [one["gpu_percent"] for one in first["points"]] == [40, 60]


def test_one_look_serves_all_gpus_of_a_machine(api, made, leases, django_assert_max_num_queries):
    told(api, made)
    with django_assert_max_num_queries(12) as seen:
        told(api, made)
    asked = [query for query in seen.captured_queries if "catalog_telemetry" in query["sql"]]
    assert len(asked) == 1


def test_a_window_in_the_past_shows_averages(api, made, leases):
    start = now() - 9 * MINUTE
    gpus = {leases[0].gpu.uuid: {"gpu_percent": 77}}
    Telemetry.objects.create(
        machine=leases[0].gpu.machine, start=start, end=start + 5 * MINUTE, gpus=gpus
    )
    end = (start + 6 * MINUTE).isoformat()
    [point] = told(api, made, start=start.isoformat(), end=end)[0]["points"]
    assert (point["gpu_percent"], parse_datetime(point["start"])) == (77, start)
    assert told(api, made, end=(start - MINUTE).isoformat())[0]["points"] == []


def test_what_was_not_begun_has_no_points(api, harbour, offer):
    made = booked(harbour, offer)
    note(Lease.objects.select_related("gpu").get(), 0, 90)
    assert [one["points"] for one in told(api, made)] == [[]]


@pytest.mark.parametrize(
    "query",
    [
        {"start": "2026-11-24T12:00:00Z", "end": "2026-11-24T12:00:00Z"},
        {"start": "2026-11-24T12:00:00Z", "end": "2026-11-25T12:00:01Z"},
        {"end": "2026-11-24T12:00:00Z", "start": "2026-11-25T12:00:00Z"},
    ],
)
def test_a_window_is_no_longer_than_a_day(query, api, made):
    answer = api.get(f"reservations/{made.public_id}/telemetry", **query)
    assert places(refused(answer, 400, "invalid")) == ["end"]


def test_a_stranger_learns_nothing(outsider, made, leases):
    note(leases[0], 1, 60)
    refused(outsider.get(f"reservations/{made.public_id}/telemetry"), 404, "not-found")
