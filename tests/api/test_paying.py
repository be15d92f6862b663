"""Paying at the start over the API: asked for, due, paid, or told why not."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from marketplace.api.quotes import BidIn
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Reservation
from tests import make
from tests.api.asking import ask, refused

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
COST = 2_400_000
DEPOSIT = COST // 10


@pytest.fixture
def later():
    start = now() + 3 * HOUR
    return {"start": start.isoformat(), "end": (start + HOUR).isoformat(), "pay_at_start": True}


@pytest.fixture
def due(api, harbour, offer, later):
    """A booking whose payment is waited for."""
    make.funded(harbour, DEPOSIT)
    told = api.post("reservations", ask(offer, **later))
    assert (told.status_code, told.json()["due_micro"]) == (202, COST - DEPOSIT)
    row = Reservation.objects.get()
    brokerage.broker(reservation=row, at=now())
    brokerage.take_payment(reservation=row, at=now() + 2 * HOUR)
    return row


def test_what_is_due_is_said_and_paid(api, harbour, due):
    told = api.get(f"reservations/{due.public_id}").json()
    assert (told["state"], told["due_micro"]) == ("payment_due", COST - DEPOSIT)
    assert told["pay_by"] is not None
    problem = refused(api.post(f"reservations/{due.public_id}/pay"), 402, "insufficient-funds")
    assert "does not have" in problem["detail"]
    make.funded(harbour, COST - DEPOSIT)
    told = api.post(f"reservations/{due.public_id}/pay")
    assert told.status_code == 200
    told = told.json()
    assert (told["state"], told["due_micro"], told["pay_by"]) == ("confirmed", 0, None)
    refused(api.post(f"reservations/{due.public_id}/pay"), 409, "wrong-state")
    notices = api.get(f"reservations/{due.public_id}/notices").json()["results"]
    assert [one["kind"] for one in notices] == ["payment_due"]


def test_a_quote_names_the_deposit_where_it_may_be_paid_at_the_start(api, offer, later):
    asked = {key: value for key, value in ask(offer, **later).items() if key in BidIn().fields}
    told = api.post("quotes", asked).json()
    assert (told["cost_micro"], told["deposit_micro"]) == (COST, DEPOSIT)
    soon = {"start": now() + HOUR, "end": now() + 2 * HOUR}
    told = api.post("quotes", asked | {key: at.isoformat() for key, at in soon.items()}).json()
    assert told["deposit_micro"] is None
    assert not Reservation.objects.exists()


def test_after_its_time_it_is_refused(api, harbour, due):
    Reservation.objects.update(pay_by=now())
    make.funded(harbour, COST)
    refused(api.post(f"reservations/{due.public_id}/pay"), 409, "payment-late")
    due.refresh_from_db()
    assert due.state == "payment_due"


def test_what_begins_soon_is_paid_at_once(api, harbour, offer):
    make.funded(harbour)
    problem = refused(api.post("reservations", ask(offer, pay_at_start=True)), 422, "refused")
    assert problem["errors"][0]["pointer"] == "#/pay_at_start"
    assert not Reservation.objects.exists()
