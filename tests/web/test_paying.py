"""Paying at the start on the pages: offered, said, paid."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Reservation
from tests import make

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
COST = 2_400_000


@pytest.fixture
def alice_in(client, alice, harbour, fresh_market):
    client.force_login(alice)
    return client


@pytest.fixture
def quote(alice_in, offer):
    def sent(hours=3):
        start = now() + hours * HOUR
        wish = {"gpu_count": "1", "when": "later", "start": f"{start:%Y-%m-%dT%H:%M}"}
        wish |= {"hours": "1", "command": "true", "environment": ""}
        return alice_in.post(reverse("quote", args=[offer.public_id]), wish)

    return sent


@pytest.fixture
def due(harbour, offer, fresh_market):
    """A booking whose payment is waited for."""
    at = now()
    make.funded(harbour, COST // 10)
    facts = {"at": at, "start": at + 3 * HOUR, "pay_at_start": True}
    row = make.reservation(harbour, offer, **facts)
    brokerage.take_payment(reservation=row, at=at + 2 * HOUR)
    assert row.state == "payment_due"
    return row


def test_what_begins_later_may_be_paid_later(quote, alice_in, harbour, offer, said):
    make.funded(harbour, COST)
    answer = quote()
    text = said(answer)
    assert "Reserve for $2.40" in text
    assert "Hold $0.24 now, pay the rest at the start" in text
    assert "$2.16 is taken an hour before the start" in text
    fields = {field.html_name: field.value() for field in answer.context["form"]}
    fields["pay_at_start"] = "1"
    alice_in.post(reverse("reserve", args=[offer.public_id]), fields)
    assert Reservation.objects.get().due_micro == COST - COST // 10


def test_a_wallet_that_covers_the_deposit_only_is_offered_that_alone(quote, harbour, said):
    make.funded(harbour, COST // 10)
    text = said(quote())
    assert "Reserve for $2.40" not in text
    assert "Hold $0.24 now" in text


def test_what_begins_soon_is_not_paid_later(quote, harbour, said):
    make.funded(harbour, COST)
    assert "pay the rest" not in said(quote(hours=1.5))


def test_the_page_says_what_is_due_and_takes_it(alice_in, harbour, due, said):
    page = reverse("reservation", args=[due.public_id])
    text = said(alice_in.get(page))
    assert "Payment due" in text
    assert "$2.16 is to be paid by" in text
    assert "the rest of the price could not be taken; pay it by" in text
    answer = alice_in.post(reverse("pay", args=[due.public_id]))
    assert answer.status_code == 402
    make.funded(harbour, COST)
    answer = alice_in.post(reverse("pay", args=[due.public_id]), follow=True)
    assert "Paid. It starts with its window." in said(answer)
    due.refresh_from_db()
    assert (due.state, due.due_micro) == ("confirmed", 0)
    assert "Pay $" not in said(alice_in.get(page))


def test_before_it_is_due_it_is_said_when_it_is_taken(alice_in, harbour, offer, said):
    at = now()
    make.funded(harbour, COST // 10)
    row = make.reservation(harbour, offer, at=at, start=at + 3 * HOUR, pay_at_start=True)
    text = said(alice_in.get(reverse("reservation", args=[row.public_id])))
    assert "$2.16 is taken from the wallet an hour before the start" in text
    assert "Pay $2.16 from the wallet" in text


def test_too_late_is_said(alice_in, harbour, due, said):
    Reservation.objects.update(pay_by=now())
    make.funded(harbour, COST)
    answer = alice_in.post(reverse("pay", args=[due.public_id]))
    assert (answer.status_code, "The time to pay is over." in said(answer)) == (409, True)
