"""Bids on the pages: what a provider takes, what a renter is told before and after."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Reservation
from marketplace.catalog.models import Offer
from marketplace.web.templatetags.straits import utc_text
from tests import make
from tests.web.test_reserving import WISH, hidden

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
ONE = {**WISH, "gpu_count": "1"}


@pytest.fixture
def alice_in(client, alice, harbour):
    make.funded(harbour)
    client.force_login(alice)
    return client


@pytest.fixture
def bids(fresh_market):
    return make.offer(spot_floor_micro=800_000)


def page(row, name="reservation"):
    return reverse(name, args=[row.public_id])


def test_a_provider_takes_bids_and_the_offer_says_how(client, fresh_market, said):
    offer = make.offer()
    siti = make.user("siti@example.test")
    offer.machine.site.operator.memberships.create(user=siti, role="owner")
    client.force_login(siti)
    terms = {"spot_floor": "0.80", "spot_notice_minutes": "5", "spot_minimum_minutes": "20"}
    sent = {"chip": offer.chip_id, "price": "2", **terms}
    listing = page(offer.machine, "list-offer")
    for wrong, says in (
        ({"spot_floor": "2.01"}, "Not above the price."),
        ({"notice_hours": "1"}, "Bids start now; an offer with notice takes none."),
    ):
        answer = client.post(listing, {**sent, **wrong})
        assert answer.status_code == 422
        assert says in said(answer)
    client.post(listing, sent)
    made = Offer.objects.listed().get()
    assert (made.spot_floor_micro, made.spot_notice_s, made.spot_minimum_s) == (800_000, 300, 1200)
    text = said(client.get(page(made, "offer")))
    assert "From $0.80 per GPU-hour; you pay what you bid." in text
    assert "told at least 5 min before, never in the first 20 min that it runs" in text


def test_a_bid_is_quoted_booked_and_never_pinned(alice_in, bids, said):
    answer = alice_in.post(page(bids, "quote"), {**ONE, "spot_bid": "1"})
    text = said(answer)
    assert "Reserve for $1.00" in text
    assert "It may be interrupted by who pays the full price or bids more" in text
    assert "Only keep this" not in text
    refused = alice_in.post(page(bids, "pin"), hidden(answer))
    assert refused.status_code == 422
    assert "A bid cannot be pinned; book it outright." in said(refused)
    assert not Reservation.objects.exists()
    url = alice_in.post(page(bids, "reserve"), hidden(answer))["Location"]
    row = Reservation.objects.get()
    assert (row.interruptible, row.price_micro_per_gpu_hour) == (True, 1_000_000)
    assert "It may be interrupted by who pays the full price" in said(alice_in.get(url))


@pytest.mark.parametrize("bid", ["0.79", "2.41"])
def test_a_bid_that_is_not_taken_stands_at_its_field(alice_in, bids, said, bid):
    answer = alice_in.post(page(bids, "quote"), {**ONE, "spot_bid": bid})
    assert answer.status_code == 422
    assert "A bid must be from 0.80, the least, to 2.40 per GPU-hour" in said(answer)
    assert answer.context["form"].errors["spot_bid"]


def test_both_are_told_before_one_gives_way_to_the_other(alice_in, bids, harbour, said):
    at = now()
    low = make.reservation(harbour, bids, at=at, start=at, spot_bid_micro=900_000, hours=3)
    make.started(low, at=at)
    answer = alice_in.post(page(bids, "quote"), ONE)
    assert "Others give way to it first: it begins about" in said(answer)
    alice_in.post(page(bids, "reserve"), hidden(answer))
    full = Reservation.objects.exclude(pk=low.pk).get()
    brokerage.broker(reservation=full, at=now())
    low.refresh_from_db()
    full.refresh_from_db()
    assert full.state == "confirmed", full.reason
    assert low.evict_at == full.during.lower
    assert timedelta(minutes=10) < low.evict_at - at < timedelta(minutes=12)
    text = said(alice_in.get(page(low)))
    assert (
        f"It gives way at {utc_text(low.evict_at)} to who pays the full price or bids more" in text
    )


def test_what_bids_hold_is_said_to_who_pays_in_full(client, bids, said):
    renter = make.organisation("Spot")
    make.funded(renter)
    make.reservation(renter, bids, at=now(), start=now(), hours=2, spot_bid_micro=800_000)
    text = said(client.get(page(bids, "offer")))
    assert "0 GPUs free now 1 more at the full price: bids give way, with 2 min of notice" in text
    assert "1 more after 2 min of notice" in said(client.get(reverse("home")))
