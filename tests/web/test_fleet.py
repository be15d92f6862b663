"""A provider's fleet, what others ask, and what went wrong."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import now

from marketplace.brokerage.models import MachineFailure
from marketplace.catalog.comparing import comparable
from marketplace.catalog.health import services as health
from marketplace.catalog.health.services import Report
from marketplace.web.provider.fleet import fleet, own_machines
from tests import make

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def machine(offer):
    return offer.machine


@pytest.fixture
def selat(machine):
    return machine.site.operator


@pytest.fixture
def siti_in(client, selat):
    siti = make.user("siti@example.test")
    selat.memberships.create(user=siti, role="owner")
    client.force_login(siti)
    return client


def test_what_is_booked_of_the_next_seven_days(selat, machine, harbour, offer, fresh_market):
    at = now()
    make.funded(harbour, 1_000_000_000)
    # both GPUs for 21 hours of 168: an eighth
    make.reservation(harbour, offer, gpus=2, hours=21, start=at + HOUR, at=at)
    told = fleet(selat, list(own_machines(selat)), at=at)
    [row] = told.rows
    assert (row.share, told.booked_hours, told.hours) == (pytest.approx(0.125), 42, 336)
    assert row.plot.count('class="c-booked"') == 1
    assert f"{machine.name}, the next 7 days: 2 GPU bookings" in row.plot
    assert (row.price, row.earned, told.machines, told.online, told.gpus) == (2_400_000, 0, 1, 1, 2)


def test_a_gpu_that_is_not_well_is_told_at_the_top(siti_in, machine, said):
    gpu = machine.gpus.order_by("index").first()
    type(gpu).objects.filter(pk=gpu.pk).update(
        health="failed", fit=False, fault="lost", fault_since=now()
    )
    assert f"{machine.name}: 1 of 2 GPUs not well." in said(siti_in.get(reverse("provider")))


def test_a_fleet_of_twenty_asks_as_many_questions_as_one_machine(siti_in, machine):
    def questions():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert siti_in.get(reverse("provider")).status_code == 200
        return len(asked)

    one = questions()
    for _ in range(19):
        make.offer(machine=make.machine(gpus=1, site=machine.site))
    assert questions() == one


def test_others_prices_stand_beside_ones_own(siti_in, machine, offer, said):
    for price in (1_900_000, 2_100_000, 2_900_000):
        make.offer(price_micro=price)
    make.offer(price_micro=1, machine=make.machine(gpus=1, simulated=True))
    make.offer(price_micro=2, machine=make.machine(gpus=1, site=machine.site))
    [found] = comparable(machine=machine)
    assert (found.offers, found.least, found.middle, found.most) == (
        3,
        1_900_000,
        2_100_000,
        2_900_000,
    )
    assert (found.yours, found.cheaper) == (2_400_000, 2)
    text = said(siti_in.get(reverse("provider-machine", args=[machine.public_id])))
    assert "H100 80GB 3 $1.90 $2.10 $2.90 $2.40 2 of 3 ask less" in text


def test_where_nobody_else_offers_it_nothing_is_compared(machine):
    assert comparable(machine=machine) == []


def test_the_log_tells_what_went_wrong_and_by_what_it_is_known(siti_in, machine, rental, said):
    url, at = reverse("incidents"), now()
    assert "No GPU left the market and no booking was missed" in said(siti_in.get(url))
    row = rental("failed")
    MachineFailure.objects.create(reservation=row, machine=machine, kind="no-show", at=at)
    gpus = list(machine.gpus.order_by("index"))
    readings = {gpus[0].uuid: {"lost": True}, gpus[1].uuid: {}}
    report = Report("boot", at, at - HOUR, readings, ())
    health.record(machine=machine, report=report, at=at)
    text = said(siti_in.get(url))
    assert "A booking was never started" in text
    assert f"{row.public_id}" in text
    assert "GPU 0 failed" in text


def test_the_log_is_of_ones_own_machines(siti_in, harbour, said):
    other = make.offer(gpus=1)
    row = make.bare_reservation(harbour, other, state="failed")
    MachineFailure.objects.create(reservation=row, machine=other.machine, kind="lost", at=now())
    assert other.machine.name not in said(siti_in.get(reverse("incidents")))
