"""Maintenance: nothing new reaches into it, whoever looks; what is booked stays."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from psycopg.types.range import TimestamptzRange

from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Lease, Reservation
from marketplace.brokerage.placement import Together
from marketplace.brokerage.services import brokering
from marketplace.catalog import upkeep
from marketplace.catalog.models import Machine
from marketplace.catalog.query import parse
from marketplace.core.models import AuditEvent
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
START, UNTIL = NOON + 10 * HOUR, NOON + 14 * HOUR
MINUTE = timedelta(minutes=1)


@pytest.fixture
def offer(market, harbour):
    make.funded(harbour, 10**9)
    return make.offer(gpus=2)


@pytest.fixture
def shut(offer):
    plan(offer)
    return offer


def plan(offer, start=START, until=UNTIL, at=NOON):
    upkeep.plan_upkeep(machine=offer.machine, start=start, until=until, by=None, at=at)


def book(harbour, offer, start, hours=1, key="k"):
    ask = make.ask(offer, start=start, hours=hours)
    made = brokerage.request(renter=harbour, by=None, ask=ask, key=key, at=NOON)
    brokerage.broker(reservation=made, at=NOON)
    made.refresh_from_db()
    return made


WINDOWS = pytest.mark.parametrize(
    ("start", "end", "free"),
    [
        (START - HOUR, START, 2),
        (START - HOUR, START + MINUTE, 0),
        (START + HOUR, UNTIL - HOUR, 0),
        (UNTIL - MINUTE, UNTIL + HOUR, 0),
        (UNTIL, UNTIL + HOUR, 2),
        (START - HOUR, UNTIL + HOUR, 0),
    ],
)


@WINDOWS
def test_every_look_finds_the_same(start, end, free, shut):
    window = {"start": start, "end": end}
    assert len(brokerage.free_gpus(offer=shut, **window)) == free
    assert brokerage.offers(**window).get(pk=shut.pk).free == free
    together = brokerage.free_together(offer=shut, together=Together.SITE, **window)
    assert together == free
    [found] = brokerage.search(query=parse(""), **window)
    assert found.free == free


def test_the_calendar_shows_it(shut):
    found = brokerage.timetable(offers=[shut], start=NOON, hours=24)[shut.pk]
    assert found.free == (2,) * 10 + (0,) * 4 + (2,) * 10


def test_a_drained_machine_takes_nothing_until_it_is_taken_back(offer, harbour):
    plan(offer, start=NOON, until=None)
    assert brokerage.timetable(offers=[offer], start=NOON, hours=3)[offer.pk].free == (0, 0, 0)
    with pytest.raises(brokerage.NotEnoughGpus):
        book(harbour, offer, NOON + 1000 * HOUR)
    assert upkeep.end_upkeep(machine=offer.machine, by=None, at=NOON)
    assert not upkeep.end_upkeep(machine=offer.machine, by=None, at=NOON)
    assert book(harbour, offer, NOON).state == "confirmed"


def test_what_is_booked_stays_and_may_become_shorter_but_not_longer(offer, harbour):
    row = book(harbour, offer, START - HOUR, hours=3)
    plan(offer)
    row.refresh_from_db()
    assert row.state == "confirmed"
    with pytest.raises(brokerage.WindowTaken):
        brokerage.extend(reservation=row, until=START + 4 * HOUR, key="x", by=None, at=NOON)
    brokerage.shorten(reservation=row, until=START + HOUR, key="y", by=None, at=NOON)
    assert Lease.objects.get().during.upper == START + HOUR


def test_what_ends_before_does_not_reach_into_it_later(offer, harbour):
    row = book(harbour, offer, START - HOUR)
    plan(offer)
    with pytest.raises(brokerage.WindowTaken):
        brokerage.extend(reservation=row, until=START + MINUTE, key="x", by=None, at=NOON)
    assert Lease.objects.get().during.upper == START


def planned_while_placing(monkeypatch, offer):
    """A broker has looked when the provider plans, and has not written yet."""
    lock = brokering.lock_gpus

    def late(gpus):
        plan(offer)
        lock(gpus)

    monkeypatch.setattr(brokering, "lock_gpus", late)


def test_a_broker_that_looked_before_is_stopped_by_the_database(offer, harbour, monkeypatch):
    planned_while_placing(monkeypatch, offer)
    assert book(harbour, offer, START).state == "refused"
    assert not Lease.objects.exists()


def test_control_without_the_trigger_it_books_into_it(offer, harbour, monkeypatch):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE brokerage_lease DISABLE TRIGGER lease_outside_upkeep")
    planned_while_placing(monkeypatch, offer)
    assert book(harbour, offer, START).state == "confirmed"
    assert Lease.objects.count() == 1


def test_a_batch_does_not_book_into_it(offer, harbour):
    ask = make.ask(offer, start=START)
    for key in ("a", "b"):
        brokerage.request(renter=harbour, by=None, ask=ask, key=key, at=NOON)
    plan(offer)
    brokerage.broker_open(at=NOON)
    assert set(Reservation.objects.values_list("state", flat=True)) == {"refused"}


def test_what_it_means_is_said_first(offer, harbour):
    meant = {"machine": offer.machine, "start": START, "until": UNTIL}
    assert brokerage.touched(**meant) == (0, 0, None)
    book(harbour, offer, START - HOUR, hours=3)
    book(harbour, offer, START - 3 * HOUR, key="ends before")
    assert brokerage.touched(**meant) == (1, 1, START + 2 * HOUR)
    assert brokerage.touched(**meant | {"until": None}) == (1, 1, START + 2 * HOUR)


@pytest.mark.parametrize(
    ("start", "until", "field"),
    [
        (NOON - HOUR, UNTIL, "start"),
        (START, START, "until"),
        (START, START - HOUR, "until"),
        (NOON + 400 * 24 * HOUR, None, "start"),
        (START, NOON + 400 * 24 * HOUR, "start"),
    ],
)
def test_a_plan_that_cannot_be(start, until, field, offer):
    with pytest.raises(upkeep.BadUpkeep) as error:
        plan(offer, start, until)
    assert error.value.field == field
    assert Machine.objects.get().upkeep is None
    assert not AuditEvent.objects.filter(verb="planned maintenance of").exists()


def test_a_plan_is_on_record_and_replaced_by_another(offer):
    plan(offer)
    plan(offer, START + HOUR)
    assert Machine.objects.get().upkeep == TimestamptzRange(START + HOUR, UNTIL)
    assert AuditEvent.objects.filter(verb="planned maintenance of").count() == 2


def test_the_database_refuses_one_that_never_begins(offer):
    for span in (TimestamptzRange(None, UNTIL), TimestamptzRange(empty=True)):
        with pytest.raises(IntegrityError, match="machine_upkeep_begins"), transaction.atomic():
            Machine.objects.update(upkeep=span)
