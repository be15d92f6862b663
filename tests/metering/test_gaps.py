"""Gaps told apart: the table of design 2.2, pure, and as it is stored when a lease is settled."""

import tracemalloc
from datetime import timedelta
from hashlib import sha256
from itertools import pairwise
from uuid import UUID

import pytest
from django.db import connection

from marketplace.brokerage import services as brokerage
from marketplace.metering import services as metering
from marketplace.metering.gaps import Found, Seen, classify
from marketplace.metering.models import Gap
from marketplace.metering.placing import Slice
from tests import make
from tests.make import HOUR, NOON
from tests.metering.reporting import MINUTE, minutes, send

BOOT, NEXT_BOOT = UUID(int=1), UUID(int=2)
LEASE = (NOON, NOON + 60 * MINUTE)


def at(minute):
    return NOON + minute * MINUTE


def seen(begin, end, *, late=0.0, boot=BOOT, since=None, counted=True, doubt=""):
    """A link of [begin, end) minutes; `since` is when its GPUs were verified."""
    since = begin if since is None else since
    said = Slice(boot, 1, at(begin), at(end), 0, 0, at(since))
    span = (at(since), at(end)) if counted else None
    return Seen(said, span, doubt, at(end + late))


def kinds(*links, waiting=False, own_outages=()):
    found = classify(links, lease=LEASE, waiting=waiting, own_outages=own_outages)
    return [((g.start - NOON) / MINUTE, (g.end - NOON) / MINUTE, g.kind, g.billed) for g in found]


def test_what_was_seen_as_it_passed_has_no_gap():
    assert kinds(seen(0, 30), seen(30, 60)) == []


def test_nothing_at_all_is_silence():
    assert kinds() == [(0, 60, "silent", False)]


@pytest.mark.fault(14)
def test_a_node_that_was_cut_off_delivers_late_and_is_billed():
    assert kinds(seen(0, 30), seen(30, 31, late=20), seen(31, 50, late=1.6), seen(50, 60)) == [
        (30, 50, "network_down", True)
    ]


def test_late_by_ninety_seconds_is_not_late():
    assert kinds(seen(0, 60, late=1.5)) == []


@pytest.mark.fault(14)
def test_late_while_we_were_down_ourselves_is_told_so():
    ours = [(at(35), at(45))]
    assert kinds(seen(0, 30), seen(30, 60, late=9), own_outages=ours) == [
        (30, 60, "server_down", True)
    ]


def test_what_never_came_but_is_known_to_exist_is_the_networks():
    assert kinds(seen(0, 30), waiting=True) == [(30, 60, "network_down", False)]


@pytest.mark.fault(14)
def test_nobody_looked_while_the_agent_was_down():
    assert kinds(seen(0, 30), seen(30, 60, since=40)) == [(30, 40, "agent_down", False)]


def test_a_short_absence_is_billed_and_shown():
    short = seen(30, 60, since=31)
    bridged = Seen(short.said, (at(30), at(60)), "", short.received_at)
    assert kinds(seen(0, 30), bridged) == [(30, 31, "short", True)]


@pytest.mark.fault(14)
def test_another_boot_means_that_the_host_went_down():
    final = seen(30, 30, boot=NEXT_BOOT, counted=False)
    assert kinds(seen(0, 30), final) == [(30, 60, "host_down", False)]


def test_gpus_that_did_not_answer_are_not_billed():
    assert kinds(seen(0, 30), seen(30, 40, counted=False), seen(40, 60)) == [
        (30, 40, "unverified", False)
    ]


def test_what_is_doubted_is_told_so():
    doubted = seen(30, 40, counted=False, doubt="its clocks disagree")
    assert kinds(seen(0, 30), doubted, seen(40, 60)) == [(30, 40, "quarantined", False)]


def test_gaps_end_where_the_lease_does():
    assert kinds(seen(-10, 90, late=5)) == [(0, 60, "network_down", True)]


def test_found_is_in_order_and_does_not_overlap():
    found = classify(
        [seen(5, 10, late=9), seen(20, 30), seen(30, 40, since=35)],
        lease=LEASE,
        waiting=False,
    )
    assert found == sorted(found, key=lambda one: one.start)
    assert all(isinstance(one, Found) and one.start < one.end for one in found)
    assert all(one.end <= after.start for one, after in pairwise(found))


@pytest.fixture
def settled(running, assignment, alice):
    """Ran for ten minutes; what it reports of them comes as the test says."""

    def settle(*segments, at=NOON + 10 * MINUTE):
        send(assignment, *segments, at=at)
        brokerage.stop(reservation=running, by=alice, at=NOON + 10 * MINUTE)
        metering.close(reservation=running, at=NOON + 2 * HOUR)
        rows = Gap.objects.order_by("pk").values_list("during", "kind", "billed")
        return [
            ((span.lower - NOON) / MINUTE, (span.upper - NOON) / MINUTE, kind, billed)
            for span, kind, billed in rows
        ]

    return settle


@pytest.mark.django_db
def test_gaps_are_stored_when_the_reservation_is_settled(settled, assignment):
    found = settled(
        minutes(assignment, 0, 4),
        minutes(assignment, 4, 9, verified_since=NOON + 7 * MINUTE),
        minutes(assignment, 9, 10),
        at=NOON + 10 * MINUTE,
    )
    assert found == [
        (0, 4, "network_down", True),
        (4, 7, "agent_down", False),
    ]


@pytest.mark.django_db
@pytest.mark.fault(14)
def test_time_that_we_were_down_is_told_from_the_nodes_network(settled, assignment, sally):
    metering.record_own_outage(
        start=NOON, end=NOON + 5 * MINUTE, reason="database moved", by=sally, at=NOON + HOUR
    )
    assert settled(minutes(assignment, 0, 10), at=NOON + 20 * MINUTE) == [
        (0, 10, "server_down", True)
    ]


@pytest.mark.django_db
def test_what_comes_after_the_settlement_is_kept_noted_and_not_billed(
    settled, running, assignment, sally
):
    assert settled(minutes(assignment, 0, 4, verified_since=NOON)) != []
    before = Gap.objects.count()
    late = minutes(assignment, 4, 10)
    send(assignment, late, at=NOON + 72 * HOUR)
    row = Gap.objects.order_by("pk").last()
    assert Gap.objects.count() == before + 1
    assert (row.kind, row.billed, row.during.upper) == ("after_close", False, late.end)
    assert [metering.covered_ms(lease=lease) for lease in assignment.leases.all()] == [240_000] * 2
    metering.seal(reservation=running, at=NOON + 73 * HOUR)  # by a sweep that saw it unsettled
    assert [metering.covered_ms(lease=lease) for lease in assignment.leases.all()] == [240_000] * 2
    metering.close(reservation=running, at=NOON + 73 * HOUR)
    assert assignment.closing.links == 1


@pytest.mark.parametrize("over", [timedelta(), timedelta(milliseconds=1)])
def test_the_edge_of_late(over):
    link = Seen(seen(0, 60).said, LEASE, "", LEASE[1] + timedelta(seconds=90) + over)
    assert bool(classify([link], lease=LEASE, waiting=False)) is bool(over)


#: one link more for each number, a second long, on the same lease
MANY = """
WITH first AS (SELECT * FROM metering_segment), made AS (
  INSERT INTO metering_segment (public_id, created_at, assignment_id, machine_id, boot_id, seq,
    start, "end", mono_from_ms, mono_ms, gpu_uuids, verified_since, energy_mj, final, received_at,
    content_sha256, prev_sha256, signature, signer_id, forked, quarantine)
  SELECT gen_random_uuid(), created_at, assignment_id, machine_id, boot_id, seq + n,
    start + n * interval '1 s', start + (n + 1) * interval '1 s', mono_from_ms, 1000, gpu_uuids,
    verified_since, 0, false, start + (n + 1) * interval '1 s', sha256(n::text::bytea),
    sha256((n - 1)::text::bytea), signature, signer_id, false, ''
  FROM first, generate_series(1, %s) AS n RETURNING id, assignment_id, seq, start, "end"
)
INSERT INTO metering_link (segment_id, assignment_id, position, counted, doubt, linked_at)
SELECT m.id, m.assignment_id, m.seq - f.seq + 1, tstzrange(m.start, m."end"), '', now()
FROM made m, first f
"""


@pytest.mark.django_db
def test_a_lease_of_many_links_is_closed_in_little_memory(running, assignment, alice):
    send(assignment, make.segment(assignment, NOON, NOON + timedelta(seconds=1)), at=NOON)
    count = 10_000
    with connection.cursor() as cursor:
        cursor.execute(MANY, [count])
    brokerage.stop(reservation=running, by=alice, at=NOON + HOUR)
    tracemalloc.start()
    metering.close(reservation=running, at=NOON + 5 * HOUR)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert assignment.closing.links == count + 1
    assert bytes(assignment.closing.head_sha256) == sha256(str(count).encode()).digest()
    assert not Gap.objects.exists()
    assert peak < 8_000_000, f"{peak:,} bytes"
