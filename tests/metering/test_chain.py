"""The chain of signed segments: what waits, what forks, what is forged."""

import random
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.protocol import evidence
from marketplace.core.models import AuditEvent
from marketplace.metering import services as metering
from marketplace.metering.models import Closing, Gap, Link, OutageRuling, OwnOutage, Segment, Signer
from marketplace.metering.services import chaining
from tests import make
from tests.make import HOUR, NOON
from tests.metering import reporting
from tests.metering.reporting import MINUTE, minutes, sealed_ms, send
from tests.race import together

pytestmark = pytest.mark.django_db
OTHER_BOOT = UUID(int=2)


def links(assignment):
    rows = Link.objects.filter(assignment=assignment).order_by("position")
    return list(rows.values_list("position", "segment__seq", "doubt"))


def verbs(assignment):
    rows = AuditEvent.objects.filter(subject__endswith=str(assignment.public_id))
    return list(rows.order_by("pk").values_list("verb", flat=True))


def test_a_segment_whose_predecessor_is_missing_waits_until_it_comes(running, assignment):
    a, b, c = (minutes(assignment, place, place + 1, seq=place) for place in range(3))
    assert send(assignment, a, c) == [0, 2]
    assert links(assignment) == [(1, 0, "")]
    assert sealed_ms(running) == [60_000, 60_000]
    send(assignment, b)
    assert links(assignment) == [(1, 0, ""), (2, 1, ""), (3, 2, "")]
    assert sealed_ms(running) == [180_000, 180_000]


def test_what_still_waits_when_the_grace_is_over_is_not_billed(running, assignment, alice):
    from marketplace.brokerage import services as brokerage

    a, _, c = (minutes(assignment, place, place + 1) for place in range(3))
    send(assignment, a, make.signed(c, final=True), at=NOON + 2 * MINUTE)
    end = NOON + 10 * MINUTE
    brokerage.stop(reservation=running, by=alice, at=end)
    assert not metering.is_complete(reservation=running, at=end)
    assert metering.is_complete(reservation=running, at=end + HOUR)
    metering.close(reservation=running, at=end + HOUR)
    assert sealed_ms(running) == [60_000, 60_000]
    assert Closing.objects.get().links == 1
    assert list(Gap.objects.values_list("kind", "billed")) == [("network_down", False)]


def test_of_two_that_follow_on_the_same_one_the_second_is_quarantined(running, assignment):
    first = minutes(assignment, 0, 5, seq=1)
    fork = make.signed(first, seq=2, end=NOON + 50 * MINUTE, mono_ms=3_000_000)
    assert send(assignment, first) == [1]
    assert send(assignment, fork, first) == [1, 2], "kept as evidence; the node may forget it"
    rows = Segment.objects.order_by("seq").values_list("forked", "quarantine")
    assert list(rows) == [
        (False, ""),
        (True, "it follows on a segment that another one follows already"),
    ]
    assert sealed_ms(running) == [300_000, 300_000]
    assert verbs(assignment) == ["forked its usage"]


def test_a_fork_within_one_message_is_found(running, assignment):
    first = minutes(assignment, 0, 5, seq=1)
    send(assignment, first, make.signed(first, seq=2))
    assert list(Segment.objects.order_by("seq").values_list("forked", flat=True)) == [False, True]
    assert links(assignment) == [(1, 1, "")]


def test_what_follows_on_a_fork_is_never_billed(running, assignment):
    first = minutes(assignment, 0, 5, seq=1)
    fork = make.signed(first, seq=2, mono_ms=300_001)
    after = make.signed(minutes(assignment, 5, 9, seq=3), prev=fork.digest.hex())
    send(assignment, first, fork, after)
    assert links(assignment) == [(1, 1, "")]
    assert sealed_ms(running) == [300_000, 300_000]


def test_the_database_itself_refuses_a_second_follower(running, assignment):
    send(assignment, minutes(assignment, 0, 5, seq=1))
    row = Segment.objects.get()
    row.pk, row.seq, row.public_id = None, 2, UUID(int=9)
    with pytest.raises(DatabaseError, match="segment_follows_alone"), transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.parametrize(
    "change",
    [
        {"mono_ms": 300_001},
        {"end": NOON + 6 * MINUTE},
        {"prev": "1" * 64},
        {"seq": 9},
        {"gpu_uuids": ("GPU-other",)},
        {"verified_since": NOON - MINUTE},
        {"signature": "0" * 128},
        {"signature": "not even hexadecimal"},
    ],
    ids=lambda change: next(iter(change)),
)
@pytest.mark.fault(16)
def test_what_its_node_did_not_sign_is_refused_and_nothing_is_stored(running, assignment, change):
    fine, forged = minutes(assignment, 0, 5), replace(minutes(assignment, 5, 10), **change)
    with pytest.raises(metering.SegmentNotSigned, match="does not bear its node's signature"):
        send(assignment, fine, forged)
    assert not Segment.objects.exists()


@pytest.mark.fault(16)
def test_another_nodes_signature_is_refused(running, assignment):
    one = minutes(assignment, 0, 5)
    stranger = evidence.sign(one.facts, Ed25519PrivateKey.generate())
    with pytest.raises(metering.SegmentNotSigned):
        send(assignment, replace(one, signature=stranger))
    assert not Segment.objects.exists()


@pytest.mark.parametrize(
    ("facts", "doubt"),
    [
        ({"boot_id": OTHER_BOOT}, "it ran in another boot than the lease began in"),
        ({"seq": 0}, "its number 0 does not follow on 1"),
        (
            {"mono_from_ms": 0},
            "a clock was stepped before it: -777600300000 ms monotonic, 0 ms wall",
        ),
    ],
    ids=["boot", "number", "clock"],
)
def test_what_does_not_fit_the_segment_before_is_linked_and_not_billed(
    running, assignment, facts, doubt
):
    send(
        assignment,
        minutes(assignment, 0, 5, seq=1),
        minutes(assignment, 5, 10, **{"seq": 2, **facts}),
    )
    assert links(assignment)[1][2] == doubt
    assert sealed_ms(running) == [300_000, 300_000]


@pytest.mark.fault(11)
def test_a_clock_that_is_stepped_by_an_hour_does_not_move_billed_time(running, assignment):
    """The wall clock jumps ahead; the monotonic one knows that only five minutes passed."""
    before = minutes(assignment, 0, 5)
    stepped = minutes(assignment, 5, 55, mono_ms=300_000)
    after = minutes(assignment, 55, 58, mono_from_ms=777_600_600_000)
    send(assignment, before, stepped, after)
    assert [doubt[:19] for _, _, doubt in links(assignment)] == ["", "its clocks disagree", ""]
    assert sealed_ms(running) == [480_000, 480_000]


@pytest.mark.fault(15)
def test_other_gpus_are_not_billed_and_go_on_record_once(running, assignment):
    leased = minutes(assignment, 0, 1).gpu_uuids
    make._heads.clear()
    other = ("GPU-elsewhere", leased[1])
    spans = [(0, 5, leased), (5, 10, other), (10, 15, other), (15, 20, leased)]
    send(assignment, *(minutes(assignment, a, b, gpu_uuids=gpus) for a, b, gpus in spans))
    assert [doubt for _, _, doubt in links(assignment)] == [
        "",
        "its GPUs are not the leased ones",
        "its GPUs are not the leased ones",
        "",
    ]
    assert sealed_ms(running) == [600_000, 600_000]
    assert verbs(assignment) == ["ran on GPUs not leased"]


@pytest.mark.parametrize(
    ("since", "billed"),
    [
        (0, 600_000),
        (5, 600_000),
        (6, 600_000),  # 60 s without a look, found as before
        (6.5, 600_000),
        (6.51, 509_400),
        (10, 300_000),
        (None, 300_000),
    ],
)
def test_only_time_in_which_the_gpus_were_verified_is_billed(running, assignment, since, billed):
    verified = None if since is None else NOON + since * MINUTE
    send(
        assignment,
        minutes(assignment, 0, 5),
        minutes(assignment, 5, 10, verified_since=verified),
    )
    assert sealed_ms(running) == [billed, billed]


def test_after_an_unverified_slice_nothing_is_bridged(running, assignment):
    back = NOON + timedelta(minutes=6)
    send(
        assignment,
        minutes(assignment, 0, 5),
        minutes(assignment, 5, 5.5, verified_since=None),
        minutes(assignment, 5.5, 10, verified_since=back),
    )
    assert sealed_ms(running) == [540_000, 540_000]


@pytest.mark.parametrize("gap", [1.5, 1.51])
def test_ninety_seconds_without_a_look_are_bridged_and_not_more(running, assignment, gap):
    send(assignment, minutes(assignment, 0, 5), minutes(assignment, 5 + gap, 10))
    billed = 600_000 if gap == 1.5 else 509_400
    assert sealed_ms(running) == [billed, billed]


@pytest.mark.fault(13)
def test_a_chain_of_three_days_may_come_late_and_shuffled(running, assignment):
    parts = [minutes(assignment, place, place + 1) for place in range(60)]
    random.Random(3).shuffle(parts)  # noqa: S311
    for place in range(0, 60, 7):
        send(assignment, *parts[place : place + 7], *parts[:3], at=NOON + 72 * HOUR)
    assert sealed_ms(running) == [3_600_000, 3_600_000]


def chained(assignment, count):
    """Rows that follow on one segment of the assignment, each on the one before."""
    send(assignment, minutes(assignment, 0, 1))
    fields = [f.column for f in Segment._meta.concrete_fields if f.column != "id"]
    other = {
        "seq": "seq + g",
        "public_id": "gen_random_uuid()",
        "prev_sha256": "CASE g WHEN 1 THEN content_sha256 ELSE sha256((g - 1)::text::bytea) END",
        "content_sha256": "sha256(g::text::bytea)",
    }
    names = [connection.ops.quote_name(name) for name in fields]
    copied = [other.get(field, name) for field, name in zip(fields, names, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO metering_segment ({', '.join(names)})"  # noqa: S608
            f" SELECT {', '.join(copied)} FROM metering_segment, generate_series(1, %s) g",
            [count],
        )
        cursor.execute("ANALYZE metering_segment")


def test_the_way_along_the_chain_is_by_its_index(running, assignment):
    """One that reads every segment of the lease at each step grows with the lease's square."""
    chained(assignment, 2_000)
    asked = {"assignment": assignment.pk, "head": bytes(32), "most": chaining.AT_ONCE}
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + chaining.FOLLOWING, asked)
        plan = "\n".join(line for (line,) in cursor.fetchall())
        cursor.execute(chaining.FOLLOWING, asked)
        assert cursor.rowcount == chaining.AT_ONCE
    assert plan.count("Index Scan using segment_follows_alone") == 2, plan


@pytest.mark.parametrize("count", [7, 8, 9, 10])
def test_what_follows_on_a_first_segment_that_was_kept_back_is_linked_by_and_by(
    running, assignment, monkeypatch, count
):
    monkeypatch.setattr(chaining, "AT_ONCE", 3)
    first, *others = (minutes(assignment, place, place + 1, seq=place) for place in range(count))
    send(assignment, *others)
    assert links(assignment) == []
    with CaptureQueriesContext(connection) as asked:
        send(assignment, first)
    assert links(assignment) == [(place + 1, place, "") for place in range(count)]
    assert sealed_ms(running) == [count * 60_000] * 2
    read = [one["sql"] for one in asked if "RECURSIVE" in one["sql"]]
    assert len(read) == count // 3 + 1, "never more than three in memory"


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
@pytest.mark.fault(13)
def test_any_order_with_duplicates_bills_the_same(market, harbour, data):
    cuts = data.draw(st.lists(st.integers(1, 3_599_999), min_size=1, max_size=8, unique=True))
    edges = [0, *sorted(cuts), 3_600_000]
    lost = data.draw(st.sets(st.integers(0, len(edges) - 2)))
    with transaction.atomic():
        reservation = reporting.started(harbour)
        assignment = reservation.assignments.get()
        parts = [
            make.segment(
                assignment,
                NOON + timedelta(milliseconds=begin),
                NOON + timedelta(milliseconds=end),
                verified_since=None if place in lost else NOON,
            )
            for place, (begin, end) in enumerate(pairwise(edges))
        ]
        order = data.draw(st.permutations(parts + data.draw(st.lists(st.sampled_from(parts)))))
        while order:
            size = data.draw(st.integers(1, len(order)))
            send(assignment, *order[:size])
            order = order[size:]
        expected = sum(
            edges[place + 1] - edges[place] for place in range(len(parts)) if place not in lost
        )
        assert sealed_ms(reservation) == [expected, expected]
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_a_shuffled_chain_by_eight_requests_at_once_is_one_chain(running, assignment):
    parts = [minutes(assignment, place, place + 1, seq=place) for place in range(16)]
    calls = [lambda place=place: send(assignment, *parts[place::8]) for place in range(8)]
    assert together(*calls) == [[place, place + 8] for place in range(8)]
    assert links(assignment) == [(place + 1, place, "") for place in range(16)]
    assert sealed_ms(running) == [960_000, 960_000]


@pytest.mark.parametrize("model", [Signer, Link, Closing, Gap, OutageRuling, OwnOutage])
def test_evidence_of_metering_cannot_be_changed(running, assignment, sally, model):
    send(assignment, minutes(assignment, 0, 5))
    metering.close(reservation=running, at=NOON + 2 * HOUR)
    span = {"start": NOON, "end": NOON + MINUTE, "reason": "test", "by": sally}
    metering.rule_outage(assignment=assignment, **span, at=NOON + 2 * HOUR)
    metering.record_own_outage(**span, at=NOON + 2 * HOUR)
    assert model.objects.exists()
    with pytest.raises(DatabaseError, match="evidence"), transaction.atomic():
        model.objects.update(**{model._meta.pk.name: 0})
    with pytest.raises(DatabaseError, match="evidence"), transaction.atomic():
        model.objects.all()._raw_delete("default")
