"""Seals and chains under threads: what keeps the running sums, and what the watermark."""

import threading

import pytest
from django.db import IntegrityError, connection, connections, transaction
from psycopg.types.range import TimestamptzRange

from marketplace.metering import services as metering
from marketplace.metering.models import Link, Segment, Usage
from tests.make import HOUR, NOON
from tests.metering import reporting
from tests.metering.reporting import MINUTE, minutes, sealed_ms, send
from tests.race import PATIENCE, together, wait_for_a_lock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def running(market, harbour):
    return reporting.started(harbour)


@pytest.fixture
def assignment(running):
    return running.assignments.get()


@pytest.fixture
def lease(assignment):
    return assignment.leases.order_by("pk").first()


def in_the_middle(first, second):
    """What `second` comes to while the transaction of `first` waits for it to wait."""
    done, outcome = threading.Event(), []

    def later():
        assert done.wait(PATIENCE)
        try:
            outcome.append(second())
        except Exception as error:
            outcome.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=later)
    thread.start()
    with transaction.atomic():
        first()
        done.set()
        wait_for_a_lock()
    thread.join(PATIENCE)
    return outcome[0]


def test_eight_seals_at_once_carry_one_sum(running, assignment):
    for begin in range(0, 50, 10):
        send(assignment, minutes(assignment, begin, begin + 5))
        assert together(*[lambda: metering.seal(reservation=running, at=NOON + HOUR)] * 8) == (
            [None] * 8
        )
    assert Usage.objects.count() == 10
    assert sealed_ms(running) == [1_500_000] * 2
    assert metering.verify() == []


def used(lease, begin, end):
    during = TimestamptzRange(NOON + begin * MINUTE, NOON + end * MINUTE)
    return Usage.objects.create(lease=lease, during=during, sealed_at=NOON)


def test_a_seal_waits_for_the_one_before_it_and_counts_it(running, assignment, lease):
    send(assignment, minutes(assignment, 0, 5))

    def first():
        metering.seal(reservation=running, at=NOON + 3 * MINUTE)

    def second():
        metering.seal(reservation=running, at=NOON + HOUR)

    assert in_the_middle(first, second) is None
    rows = Usage.objects.filter(lease=lease).order_by("pk")
    assert list(rows.values_list("before_us", "in_order")) == [(0, True), (180_000_000, True)]
    assert metering.verify() == []


def test_control_without_the_lock_the_second_sum_is_refused(lease):
    """It does not see the first row when it reckons, so both would carry the same sum."""
    refused = in_the_middle(lambda: used(lease, 0, 5), lambda: used(lease, 10, 20))
    assert isinstance(refused, IntegrityError)
    assert "usage_sum_once" in str(refused)
    assert Usage.objects.count() == 1
    assert metering.verify() == []
    used(lease, 10, 20)
    assert metering.verify() == []


def test_a_link_waits_for_the_one_before_it(running, assignment):
    """So a seal that sees a link sees all before it, whoever commits when."""
    send(assignment, minutes(assignment, 0, 1))
    one, two = minutes(assignment, 1, 5), minutes(assignment, 5, 10)

    def first():
        send(assignment, one)

    def second():
        send(assignment, two)
        metering.seal(reservation=running, at=NOON + HOUR)

    assert in_the_middle(first, second) is None
    assert list(Usage.objects.values_list("links", flat=True)) == [3, 3]
    assert sealed_ms(running) == [600_000] * 2


def test_control_a_link_that_commits_after_the_next_is_found_when_the_chain_is_closed(
    running, assignment
):
    """Rows by hand, without the assignment's lock: the watermark passes over the first link."""
    send(assignment, minutes(assignment, 0, 5), minutes(assignment, 5, 10))
    links = list(Link.objects.order_by("position"))
    segments = Segment.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE metering_link DISABLE TRIGGER append_only")
        cursor.execute("DELETE FROM metering_link")
        cursor.execute("ALTER TABLE metering_link ENABLE TRIGGER append_only")
    written, go_on = threading.Event(), threading.Event()

    def slowly():
        with transaction.atomic():
            Link.objects.bulk_create(links[:1])
            written.set()
            assert go_on.wait(PATIENCE)
        connections.close_all()

    thread = threading.Thread(target=slowly)
    thread.start()
    assert written.wait(PATIENCE)
    Link.objects.bulk_create(links[1:])
    assert sealed_ms(running) == [300_000] * 2
    go_on.set()
    thread.join(PATIENCE)
    assert sealed_ms(running) == [300_000] * 2, "it is behind the watermark"
    metering.close(reservation=running, at=NOON + 2 * HOUR)
    assert sealed_ms(running) == [600_000] * 2
    assert (Link.objects.count(), Segment.objects.count()) == (2, segments)
    assert metering.verify() == []
