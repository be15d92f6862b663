"""Maintenance by the provider's pages: what it means first, then the plan."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now
from psycopg.types.range import TimestamptzRange

from marketplace.catalog.models import Machine
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def machine(client, fresh_market):
    siti = make.user("siti@example.test")
    operator = make.organisation("Johor", member=siti, can_rent=False, can_provide=True)
    site = make.machine().site.__class__.objects.create(
        name="Johor 1", operator=operator, country="MY"
    )
    client.force_login(siti)
    return make.machine(gpus=2, site=site)


def page(machine, name="plan-upkeep"):
    return reverse(name, args=[machine.public_id])


def moment(when):
    return when.strftime("%Y-%m-%dT%H:%M")


def test_what_it_means_is_said_and_nothing_is_changed(client, machine, harbour, said):
    make.funded(harbour)
    offer = make.offer(machine=machine)
    make.reservation(harbour, offer, at=now(), start=now())
    text = said(client.get(page(machine), {"look": "1"}))
    assert "Bookings that reach into it 1" in text
    assert "What is booked stays booked" in text
    machine.refresh_from_db()
    assert machine.upkeep is None


def test_it_is_planned_shown_and_ended(client, machine, said):
    start = (now() + timedelta(days=1)).replace(second=0, microsecond=0)
    asked = {"start": moment(start), "until": moment(start + timedelta(hours=2))}
    assert "Nobody is booked then" in said(client.get(page(machine), asked))
    assert client.post(page(machine), asked).status_code == 302
    machine.refresh_from_db()
    assert machine.upkeep == TimestamptzRange(start, start + timedelta(hours=2))
    shown = said(client.get(page(machine, "provider-machine")))
    assert "Nothing new is booked on it from" in shown
    assert "No booking reaches into it." in shown
    client.post(page(machine, "end-upkeep"))
    machine.refresh_from_db()
    assert machine.upkeep is None
    again = client.post(page(machine, "end-upkeep"), follow=True)
    assert "No maintenance was planned" in said(again)


def test_a_drained_machine_is_drained_until_it_is_taken_back(client, machine, said):
    client.post(page(machine), {})
    shown = said(client.get(page(machine, "provider-machine")))
    assert "until you take it back." in shown


@pytest.mark.parametrize("asked", [{"start": "2020-01-01T00:00"}, {"until": "2020-01-01T00:00"}])
def test_a_plan_that_cannot_be_is_marked(client, machine, asked):
    assert client.post(page(machine), asked).status_code == 422
    assert client.get(page(machine), {"until": "2020-01-01T00:00"}).status_code == 422
    assert Machine.objects.get(pk=machine.pk).upkeep is None
