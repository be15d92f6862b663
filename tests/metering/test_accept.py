from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from marketplace.metering import services as metering
from marketplace.metering.models import Segment, Usage
from tests import make
from tests.make import HOUR, NOON
from tests.metering.reporting import MINUTE, minutes, sealed_ms, send
from tests.race import together

pytestmark = pytest.mark.django_db


def test_usage_is_the_union_of_segments_for_each_gpu(running, assignment):
    stored = send(assignment, minutes(assignment, 0, 5, seq=7), minutes(assignment, 5, 9, seq=8))
    assert stored == [7, 8]
    assert sealed_ms(running) == [540_000, 540_000]


@pytest.mark.fault(13)
def test_duplicates_overlaps_and_any_order_bill_once(running, assignment):
    a, b, c = (minutes(assignment, *span) for span in ((0, 5), (3, 8), (20, 21)))
    send(assignment, c)
    assert sealed_ms(running) == [0, 0], "what it follows on is not here yet"
    send(assignment, b, a, c, a)
    send(assignment, b)
    assert sealed_ms(running) == [540_000, 540_000]
    assert Segment.objects.count() == 3


def test_sealing_again_adds_nothing(running, assignment):
    send(assignment, minutes(assignment, 0, 5))
    assert sealed_ms(running) == sealed_ms(running) == [300_000, 300_000]
    assert Usage.objects.count() == 2


@pytest.mark.fault(15)
def test_time_outside_the_lease_is_not_billed(running, assignment):
    early = minutes(assignment, -30, 1)
    late = minutes(assignment, 59, 70)
    send(assignment, early, late)
    assert sealed_ms(running) == [120_000, 120_000]


def test_a_gap_is_not_billed(running, assignment):
    send(assignment, minutes(assignment, 0, 5), minutes(assignment, 10, 15))
    assert sealed_ms(running) == [600_000, 600_000]


@pytest.mark.fault(15)
def test_nothing_is_billed_past_an_early_end(running, assignment, alice):
    from marketplace.brokerage import services as brokerage

    brokerage.stop(reservation=running, by=alice, at=NOON + 10 * MINUTE)
    send(assignment, minutes(assignment, 0, 30))
    assert sealed_ms(running) == [600_000, 600_000]


def test_slices_finer_than_a_millisecond_do_not_lose_time(running, assignment):
    slice_ = timedelta(microseconds=1_500)
    send(
        assignment,
        *[
            make.segment(assignment, NOON + place * slice_, NOON + (place + 1) * slice_)
            for place in range(10)
        ],
    )
    assert sealed_ms(running) == [15, 15]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"gpu_uuids": ("GPU-other",)}, "its GPUs are not the leased ones"),
        ({"mono_ms": 200_000}, "its clocks disagree: 200000 ms monotonic, 300000 ms wall"),
        ({"end": NOON - MINUTE, "mono_ms": 0}, "it ends before it starts"),
        ({"end": NOON + 3 * HOUR, "mono_ms": 10_800_000}, "it ends in the future"),
        (
            {"start": NOON - HOUR, "end": NOON - MINUTE, "mono_ms": 3_540_000},
            "it lies outside the lease",
        ),
    ],
)
def test_what_contradicts_itself_is_kept_but_not_billed(running, assignment, change, reason):
    send(assignment, make.signed(minutes(assignment, 0, 5), **change))
    assert Segment.objects.get().quarantine == reason
    assert sealed_ms(running) == [0, 0]


def test_clocks_may_differ_a_little(running, assignment):
    send(assignment, make.signed(minutes(assignment, 0, 5), mono_ms=295_000))
    assert Segment.objects.get().quarantine == ""


@pytest.mark.fault(16)
def test_a_sequence_number_is_not_used_twice(running, assignment):
    first = minutes(assignment, 0, 5, seq=1)
    send(assignment, first)
    other = minutes(assignment, 0, 9, seq=1)
    fresh = minutes(assignment, 9, 10, seq=2)
    with pytest.raises(metering.SegmentConflict, match="segment 1 of boot"):
        send(assignment, fresh, other)
    assert Segment.objects.get().content_sha256 == first.digest


def test_another_machine_cannot_send_for_an_assignment(running, assignment):
    stranger = make.machine()
    claim = minutes(assignment, 0, 5)
    assert make.accept(machine=stranger, segments=[claim], at=NOON + HOUR) == []
    assert not Segment.objects.exists()


def test_evidence_cannot_be_changed(running, assignment):
    send(assignment, minutes(assignment, 0, 5))
    sealed_ms(running)
    for rows in (Segment.objects.all(), Usage.objects.all()):
        with pytest.raises(DatabaseError, match="evidence"), transaction.atomic():
            rows.update(created_at=NOON)
        with pytest.raises(DatabaseError, match="evidence"), transaction.atomic():
            rows._raw_delete("default")
    assert (Segment.objects.count(), Usage.objects.count()) == (1, 2)


def test_complete_with_the_final_segment_or_after_the_grace(running, assignment, alice, settings):
    from marketplace.brokerage import services as brokerage

    end = NOON + 10 * MINUTE
    assert not metering.is_complete(reservation=running, at=end)
    brokerage.stop(reservation=running, by=alice, at=end)
    assert not metering.is_complete(reservation=running, at=end)
    settings.SETTLE_GRACE_SECONDS = 60
    assert not metering.is_complete(reservation=running, at=end + timedelta(seconds=59))
    assert metering.is_complete(reservation=running, at=end + timedelta(seconds=60))
    send(assignment, minutes(assignment, 0, 10, final=True))
    assert metering.is_complete(reservation=running, at=end)


@pytest.mark.django_db(transaction=True)
def test_eight_seals_at_once_seal_once(running, assignment):
    send(assignment, minutes(assignment, 0, 5), minutes(assignment, 7, 8))
    call = lambda: metering.seal(reservation=running, at=NOON + HOUR)  # noqa: E731
    assert together(*[call] * 8) == [None] * 8
    assert Usage.objects.count() == 4
    assert sealed_ms(running) == [360_000, 360_000]


@pytest.mark.django_db(transaction=True)
def test_the_same_segment_eight_times_at_once_is_one_row(running, assignment):
    one = minutes(assignment, 0, 5, seq=3)
    assert together(*[lambda: send(assignment, one)] * 8) == [[3]] * 8
    assert Segment.objects.count() == 1
