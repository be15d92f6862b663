"""Another price for the rest of a booking: offered by its provider, accepted or let lapse."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from marketplace.billing import services as billing
from marketplace.billing.models import TermsOffer
from marketplace.brokerage.models import MachineFailure, Notice
from tests import make
from tests.api.asking import bearer, refused

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
PRICE = 2_400_000


@pytest.fixture
def booked(harbour, offer, fresh_market):
    make.funded(harbour, 10 * PRICE)
    start = now().replace(minute=0, second=0, microsecond=0) + 2 * HOUR
    return make.reservation(harbour, offer, start=start, hours=4, at=now())


@pytest.fixture
def siti(offer):
    made = make.user("siti@example.test")
    offer.machine.site.operator.memberships.create(user=made, role="owner")
    return made


def rise(booked, siti, price=3 * PRICE):
    since = booked.during.lower + 2 * HOUR
    return billing.offer_terms(
        reservation=booked, price_micro=price, since=since, by=siti, at=now()
    )


def test_a_provider_offers_and_the_renter_accepts(client, alice, siti, booked, said):
    client.force_login(siti)
    page = reverse("offer-terms", args=[booked.public_id])
    shown = client.get(reverse("provider-rental", args=[booked.public_id]))
    assert "Offer another price" in said(shown)
    since = booked.during.lower + 2 * HOUR
    sent = {"price": "4.80", "since": since.strftime("%Y-%m-%dT%H:%M")}
    assert client.post(page, sent).status_code == 302
    offered = TermsOffer.objects.get()
    client.force_login(alice)
    here = reverse("reservation", args=[booked.public_id])
    assert "Your price stays as it is unless you accept." in said(client.get(here))
    booked.refresh_from_db()
    assert booked.hold.amount == 4 * PRICE
    client.post(reverse("accept-rise", args=[booked.public_id, offered.public_id]))
    booked.refresh_from_db()
    assert booked.hold.amount == 2 * PRICE + 2 * 2 * PRICE
    assert booked.price_micro_per_gpu_hour == PRICE
    assert "Another price is offered" not in said(client.get(here))


def test_what_is_not_accepted_changes_nothing(client, alice, siti, booked):
    rise(booked, siti)
    assert booked.rates.count() == 0
    booked.refresh_from_db()
    assert (booked.hold.amount, booked.price_micro_per_gpu_hour) == (4 * PRICE, PRICE)


def test_a_longer_booking_holds_the_accepted_price_for_the_added_time(alice, siti, booked):
    billing.accept_terms(offer=rise(booked, siti, 2 * PRICE), by=alice, at=now())
    booked.refresh_from_db()
    until = booked.during.upper + HOUR
    billing.extend(reservation=booked, until=until, key="x", by=alice, at=now())
    booked.refresh_from_db()
    assert booked.hold.amount == 2 * PRICE + 3 * 2 * PRICE


def test_without_the_money_it_is_not_accepted(client, alice, siti, booked, said):
    offered = rise(booked, siti, 100 * PRICE)
    client.force_login(alice)
    answer = client.post(reverse("accept-rise", args=[booked.public_id, offered.public_id]))
    assert answer.status_code == 402
    assert "The wallet does not cover the offered price." in said(answer)
    assert not booked.rates.filter(version=2).exists()


@pytest.mark.parametrize("changes", [{"price": "0"}, {"since": "2020-01-01T00:00"}])
def test_a_price_that_cannot_be_offered_is_refused(changes, client, siti, booked):
    client.force_login(siti)
    since = booked.during.lower + 2 * HOUR
    sent = {"price": "4.80", "since": since.strftime("%Y-%m-%dT%H:%M"), **changes}
    answer = client.post(reverse("offer-terms", args=[booked.public_id]), sent)
    assert answer.status_code == 422
    assert not TermsOffer.objects.exists()


def test_others_neither_offer_nor_accept(client, charlie, siti, booked):
    offered = rise(booked, siti)
    charlie.organisations.update(can_provide=True)
    client.force_login(charlie)
    assert client.get(reverse("provider-rental", args=[booked.public_id])).status_code == 404
    accept = reverse("accept-rise", args=[booked.public_id, offered.public_id])
    assert client.post(accept).status_code == 404
    assert client.post(reverse("instruct", args=[booked.public_id])).status_code == 404
    outsider = bearer(make.api_key(charlie.organisations.get(), charlie))
    for path in (f"terms-offers/{offered.public_id}", f"reservations/{booked.public_id}/notices"):
        refused(outsider.get(path), 404, "not-found")
    assert not booked.rates.exists()


def test_the_api_accepts_notes_instructions_and_tells_notices(alice, harbour, siti, booked):
    api = bearer(make.api_key(harbour, alice))
    offered = rise(booked, siti)
    [row] = api.get("terms-offers").json()["results"]
    assert (row["id"], row["accepted"]) == (str(offered.public_id), False)
    assert api.post(f"terms-offers/{offered.public_id}/accept").json()["accepted"] is True
    told = api.post(f"reservations/{booked.public_id}/if-lost", {"if_lost": "end"}).json()
    assert told["if_lost"] == "end"
    at = now()
    Notice.objects.create(reservation=booked, kind="starts", about=at, noted_at=at)
    [notice] = api.get(f"reservations/{booked.public_id}/notices").json()["results"]
    assert notice["kind"] == "starts"


def test_an_instruction_is_kept_and_notices_are_shown(client, alice, booked, said):
    client.force_login(alice)
    here = reverse("reservation", args=[booked.public_id])
    page = reverse("instruct", args=[booked.public_id])
    client.post(page, {"if_lost": "end"})
    booked.refresh_from_db()
    assert booked.if_lost == "end"
    assert client.post(page, {"if_lost": "nothing"}).status_code == 422
    at = now()
    for kind in Notice.Kind.values:
        Notice.objects.create(reservation=booked, kind=kind, about=at, noted_at=at)
    text = said(client.get(here))
    assert "an equal one stands in" in text
    assert "wait for it, or stop for nothing" in text


def test_a_provider_reads_what_stands_against_a_machine(client, siti, booked, said):
    MachineFailure.objects.create(
        reservation=booked, machine=booked.offer.machine, kind="no-show", at=now()
    )
    client.force_login(siti)
    text = said(client.get(reverse("provider-machine", args=[booked.offer.machine.public_id])))
    assert "On record against it" in text
    assert "No Show" in text
    assert "Harbour Light" not in text
