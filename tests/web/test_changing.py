"""Keeping a quote, moving the end of a booking and giving it up, on the pages."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from marketplace.brokerage.models import Reservation, WindowChange
from marketplace.catalog import services as catalog
from marketplace.catalog.models import Offer
from marketplace.ledger.models import Hold
from tests import make
from tests.web.test_reserving import WISH, hidden

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
PRICE = 2_400_000


@pytest.fixture
def alice_in(client, alice, harbour):
    client.force_login(alice)
    return client


@pytest.fixture
def dear(fresh_market):
    schedule = catalog.publish_schedule(
        code="dear", title="Dear", steps=[[48, 5000]], since=now(), at=now()
    )
    return make.offer(gpus=2, schedule=schedule)


@pytest.fixture
def booked(harbour, dear):
    """One GPU for four hours from a full hour on that is far enough for the test."""
    make.funded(harbour)
    start = now().replace(minute=0, second=0, microsecond=0) + 2 * HOUR
    return make.reservation(harbour, dear, start=start, hours=4, at=now())


def page(row, name="reservation"):
    return reverse(name, args=[row.public_id])


def field(answer, name):
    return re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode())[1]


def test_a_quote_is_kept_and_booked_from_its_page(alice_in, harbour, dear, said):
    make.funded(harbour)
    second = alice_in.post(page(dear, "quote"), WISH)
    assert "50% of what lies less than 48 hours ahead" in said(second)
    for _ in range(2):
        answer = alice_in.post(page(dear, "pin"), hidden(second), follow=True)
    row = Reservation.objects.get()
    assert (row.state, row.hold_id) == ("pinned", None)
    assert "The quote runs out at" in said(answer)
    alice_in.post(page(row, "confirm"))
    row.refresh_from_db()
    assert row.state == "confirmed"
    assert Hold.objects.get().amount == 2 * PRICE


def test_a_quote_too_many_is_explained(alice_in, harbour, dear, settings, said):
    make.funded(harbour)
    settings.PINS_UNUSED = 1
    sent = hidden(alice_in.post(page(dear, "quote"), WISH))
    alice_in.post(page(dear, "pin"), sent)
    alice_in.post(page(Reservation.objects.get(), "cancel"))
    sent = hidden(alice_in.post(page(dear, "quote"), WISH))
    answer = alice_in.post(page(dear, "pin"), sent)
    assert answer.status_code == 409
    assert "1 quotes were let go within an hour" in said(answer)
    assert Reservation.objects.count() == 1


def test_the_end_is_moved_in_two_steps(alice_in, booked, said):
    until = booked.during.upper - HOUR
    shown = alice_in.post(page(booked, "change"), {"end": until.strftime("%Y-%m-%dT%H:%M")})
    assert "Fee for the time given up $1.20" in said(shown)
    assert not WindowChange.objects.exists()
    sent = hidden(shown)
    for _ in range(2):
        answer = alice_in.post(page(booked, "make-change"), sent, follow=True)
        booked.refresh_from_db()
    assert booked.during.upper == until
    assert WindowChange.objects.get().fee_micro == PRICE // 2
    assert "Shortened" in said(answer)


def test_it_is_made_longer(alice_in, booked, said):
    until = booked.during.upper + HOUR
    shown = alice_in.post(page(booked, "change"), {"end": until.strftime("%Y-%m-%dT%H:%M")})
    assert "Held besides $2.40" in said(shown)
    alice_in.post(page(booked, "make-change"), hidden(shown))
    booked.refresh_from_db()
    assert booked.during.upper == until
    assert booked.hold.amount == 5 * PRICE


@pytest.mark.parametrize(
    ("end", "fee", "status", "text"),
    [
        (5, 0, 402, "The wallet does not cover this"),
        (3, 0, 409, "By now this costs $1.20"),
        (4, 0, 422, "The end must be sooner than it is"),
    ],
)
def test_a_refusal_says_why_and_moves_nothing(end, fee, status, text, alice_in, booked, said):
    make.reservation(
        booked.renter, make.offer(price_micro=90_400_000), start=booked.during.lower, at=now()
    )
    until = booked.during.lower + end * HOUR
    sent = {"end": until.isoformat(), "fee": fee, "token": make.BOOT}
    answer = alice_in.post(page(booked, "make-change"), sent)
    assert answer.status_code == status
    assert text in said(answer)
    assert not WindowChange.objects.exists()


def test_what_cancelling_costs_is_shown_and_no_more_is_taken(alice_in, booked, said):
    shown = alice_in.get(page(booked))
    assert "It costs $4.80 by the schedule" in said(shown)
    sent = {"token": field(shown, "token"), "fee": "0"}
    answer = alice_in.post(page(booked, "cancel"), sent)
    assert answer.status_code == 409
    assert "By now this costs $4.80" in said(answer)
    sent["fee"] = field(shown, "fee")
    alice_in.post(page(booked, "cancel"), sent)
    booked.refresh_from_db()
    assert booked.state == "cancelled"
    assert WindowChange.objects.get().fee_micro == 2 * PRICE


def test_others_do_not_find_it(client, charlie, booked):
    client.force_login(charlie)
    for name in ("change", "make-change"):
        assert client.post(page(booked, name)).status_code == 404


def test_a_provider_lists_an_offer_with_terms(client, dear, said):
    siti = make.user("siti@example.test")
    dear.machine.site.operator.memberships.create(user=siti, role="owner")
    client.force_login(siti)
    sent = {
        "chip": dear.chip_id,
        "price": "2",
        "min_hours": "2",
        "max_hours": "48",
        "notice_hours": "0.5",
        "horizon_days": "30",
        "cleaning_minutes": "15",
        "schedule": dear.schedule_id,
    }
    client.post(page(dear.machine, "list-offer"), sent)
    made = Offer.objects.listed().get()
    assert (made.min_window_s, made.max_window_s, made.notice_s) == (7200, 172_800, 1800)
    assert (made.horizon_days, made.cleaning_s, made.schedule) == (30, 900, dear.schedule)
    text = said(client.get(page(made, "offer")))
    assert "At least 2 h. At most 48 h. Booked 30 min ahead. Up to 30 days from now." in text
    answer = client.post(page(dear.machine, "list-offer"), {**sent, "max_hours": "1"})
    assert answer.status_code == 422
    assert "Not shorter than the shortest booking." in said(answer)
