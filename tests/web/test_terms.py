from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from marketplace.accounts.models import Membership
from marketplace.billing import services as billing
from marketplace.billing.models import RateSegment, TermsOffer
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def booked(fresh_market, harbour, offer):
    make.funded(harbour)
    return make.reservation(harbour, offer, start=now(), at=now())


@pytest.fixture
def operator(booked):
    """An engineer of the provider."""
    made = make.user("olga@example.test", name="Olga")
    Membership.objects.create(
        user=made, organisation=booked.offer.machine.site.operator, role="engineer"
    )
    return made


def form(**changes):
    since = now() + timedelta(minutes=30)
    return {"price": "1.20", "since": since.strftime("%Y-%m-%dT%H:%M"), **changes}


@pytest.fixture
def offered(booked, operator):
    return billing.offer_terms(
        reservation=booked,
        price_micro=1_200_000,
        since=now() + timedelta(minutes=30),
        by=operator,
        at=now(),
    )


def test_a_provider_offers_another_price(client, booked, operator, said):
    client.force_login(operator)
    page = reverse("provider-rental", args=[booked.public_id])
    assert client.post(reverse("offer-terms", args=[booked.public_id]), form())["Location"] == page
    row = TermsOffer.objects.get()
    assert (row.price_micro_per_gpu_hour, row.offered_by) == (1_200_000, operator)
    assert "by Olga" in (text := said(client.get(page)))
    assert "open $1.20" in text


@pytest.mark.parametrize(
    ("changes", "said_of_it"),
    [
        ({"since": "2020-01-01T00:00"}, "New terms begin in the future"),
        ({"since": "2040-01-01T00:00"}, "lies outside the reservation"),
        ({"price": "0"}, "Write an amount from"),
        ({"since": ""}, "This field is required."),
    ],
)
def test_a_bad_offer_says_what_to_mend(client, booked, operator, said, changes, said_of_it):
    client.force_login(operator)
    answer = client.post(reverse("offer-terms", args=[booked.public_id]), form(**changes))
    assert answer.status_code == 422
    assert said_of_it in said(answer)
    assert not TermsOffer.objects.exists()


def test_a_renter_accepts(client, booked, offered, alice, said):
    client.force_login(alice)
    page = reverse("reservation", args=[booked.public_id])
    assert "$1.20 per GPU-hour from" in said(client.get(page))
    url = reverse("accept-rise", args=[booked.public_id, offered.public_id])
    assert client.post(url)["Location"] == page
    assert RateSegment.objects.get(version=2).offer == offered
    assert "Another price is offered" not in said(client.get(page))


def test_what_lapsed_cannot_be_accepted(client, booked, offered, alice, said, monkeypatch):
    client.force_login(alice)
    monkeypatch.setattr(
        "marketplace.web.renter.rises.now", lambda: offered.since + timedelta(seconds=1)
    )
    url = reverse("accept-rise", args=[booked.public_id, offered.public_id])
    assert "The offer has lapsed" in said(client.post(url))
    assert not RateSegment.objects.exists()


def test_only_the_provider_offers_and_only_the_renter_accepts(
    client, booked, offered, operator, alice, charlie, member_as
):
    rental = reverse("provider-rental", args=[booked.public_id])
    offer = reverse("offer-terms", args=[booked.public_id])
    accept = reverse("accept-rise", args=[booked.public_id, offered.public_id])
    charlie.organisations.update(can_provide=True)
    for person, statuses in (
        (charlie, (404, 404, 404)),
        (alice, (404, 404, 302)),
        (operator, (200, 302, 404)),
        (member_as("viewer"), (404, 404, 403)),
    ):
        client.force_login(person)
        got = (client.get(rental), client.post(offer, form()), client.post(accept))
        assert tuple(answer.status_code for answer in got) == statuses, person
    client.logout()
    assert client.get(rental).status_code == client.post(accept).status_code == 302
