import pytest
from django.utils.dateparse import parse_datetime
from django.utils.timezone import now

from compliance.models import ListSource
from marketplace.brokerage.models import Lease, Reservation
from marketplace.core.models import AuditEvent
from marketplace.ledger.models import Hold
from tests import make
from tests.api.asking import booked, refused

pytestmark = pytest.mark.django_db


def test_a_hold_is_confirmed(api, harbour, offer):
    made = booked(harbour, offer, auto_confirm=False)
    told = api.post(f"reservations/{made.public_id}/confirm")
    assert (told.status_code, told.json()["state"]) == (200, "confirmed")
    assert Lease.objects.get().state == "confirmed"


def test_a_hold_that_ran_out_is_not_confirmed(api, harbour, offer):
    made = booked(harbour, offer, auto_confirm=False)
    Reservation.objects.update(hold_expires_at=now())
    refused(api.post(f"reservations/{made.public_id}/confirm"), 409, "hold-expired")
    made.refresh_from_db()
    assert made.state == "held"
    assert Lease.objects.get().state == "held"


def test_a_renter_who_is_no_longer_cleared_cannot_confirm(api, harbour, offer):
    made = booked(harbour, offer, auto_confirm=False)
    harbour.party.hq_country = "KP"
    harbour.party.save()
    problem = refused(api.post(f"reservations/{made.public_id}/confirm"), 403, "not-available")
    assert problem["detail"] == "not available to your organisation"
    made.refresh_from_db()
    assert (made.state, Lease.objects.get().state) == ("cancelled", "released")
    assert Hold.objects.get().amount == 0


def test_while_a_list_is_stale_a_hold_is_not_confirmed_and_not_lost(api, harbour, offer):
    made = booked(harbour, offer, auto_confirm=False)
    ListSource.objects.update(max_age_hours=0)
    path = f"reservations/{made.public_id}/confirm"
    problem = refused(api.post(path), 503, "not-available-now")
    assert problem["detail"] == "not available at the moment; it stays held, confirm it later"
    made.refresh_from_db()
    assert (made.state, Lease.objects.get().state) == ("held", "held")
    ListSource.objects.update(max_age_hours=24)
    assert api.post(path).json()["state"] == "confirmed"


def test_cancelling_gives_everything_back(api, alice, harbour, offer):
    made = booked(harbour, offer)
    told = api.post(f"reservations/{made.public_id}/cancel")
    assert (told.status_code, told.json()["state"]) == (200, "cancelled")
    assert told.json()["reason"] == "cancelled by the renter"
    assert Lease.objects.get().state == "released"
    assert Hold.objects.get().amount == 0
    assert AuditEvent.objects.get(verb="cancelled").actor == alice.public_id


def test_stopping_ends_what_runs(api, alice, harbour, offer):
    made = booked(harbour, offer)
    make.started(made, at=now())
    told = api.post(f"reservations/{made.public_id}/stop")
    assert (told.status_code, told.json()["state"]) == (200, "ended")
    assert parse_datetime(told.json()["ended_at"]) <= now()
    assert Lease.objects.get().state == "ended"
    assert AuditEvent.objects.get(verb="stopped").actor == alice.public_id


@pytest.mark.parametrize("verb", ["confirm", "stop"])
def test_what_its_state_does_not_allow_is_refused(api, harbour, offer, verb):
    made = booked(harbour, offer)
    problem = refused(api.post(f"reservations/{made.public_id}/{verb}"), 409, "wrong-state")
    assert "brokerage." not in problem["detail"], "no row of ours is named"
    made.refresh_from_db()
    assert made.state == "confirmed"
    assert not AuditEvent.objects.filter(verb="stopped").exists()


def test_what_runs_is_stopped_not_cancelled(api, harbour, offer):
    made = booked(harbour, offer)
    make.started(made, at=now())
    refused(api.post(f"reservations/{made.public_id}/cancel"), 409, "wrong-state")
    assert Lease.objects.get().state == "active"


@pytest.mark.parametrize(
    ("verb", "known"),
    [
        ("confirm", "workload"),
        ("cancel", "agreed_fee_micro"),
        ("stop", "agreed_fee_micro"),
    ],
)
def test_an_act_takes_nothing_that_it_does_not_know(api, harbour, offer, verb, known):
    made = booked(harbour, offer, auto_confirm=False)
    answer = api.post(f"reservations/{made.public_id}/{verb}", {"force": True})
    problem = refused(answer, 400, "invalid")
    said = f"is not known here; known are: {known}"
    assert problem["errors"] == [{"pointer": "#/force", "detail": said}]
    made.refresh_from_db()
    assert made.state == "held"
