"""Rentals until they are stopped on the pages: what they cost, until when, switched, stopped."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from marketplace.billing import services as billing
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Reservation, RollRefusal
from tests import make

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
PRICE = 2_400_000
WISH = {"gpu_count": "1", "when": "now", "lasts": "stopped", "command": "true", "environment": ""}


@pytest.fixture
def alice_in(client, alice, harbour, fresh_market):
    client.force_login(alice)
    return client


@pytest.fixture
def row(harbour, offer, fresh_market):
    at = now()
    make.funded(harbour)
    made = make.reservation(harbour, offer, at=at, start=at, rolling=True)
    make.started(made, at=at)
    return made


def test_it_is_asked_for_in_two_steps(alice_in, harbour, offer, said):
    make.funded(harbour)
    answer = alice_in.post(reverse("quote", args=[offer.public_id]), WISH)
    text = said(answer)
    assert "you stop it; booked until" in text
    assert "$2.40 per GPU-hour, $2.40 an hour in all, for as long as it runs" in text
    assert "$2.40 is held from the wallet, for the first stretch." in text
    assert "Cancelling or stopping it costs no fee." in text
    assert "Rent until I stop it" in text
    assert "It is the most this can cost" not in text
    assert "Only keep this for" not in text
    fields = {field.html_name: field.value() for field in answer.context["form"]}
    booked = alice_in.post(reverse("reserve", args=[offer.public_id]), fields)
    row = Reservation.objects.get()
    assert booked.url == reverse("reservation", args=[row.public_id])
    assert (row.rolling, row.rolls_on) == (True, True)
    assert row.during.upper - row.during.lower == HOUR


def test_its_longest_time_is_said(alice_in, harbour, said):
    make.funded(harbour)
    short = make.offer(max_window_s=7200)
    text = said(alice_in.post(reverse("quote", args=[short.public_id]), WISH))
    assert "it ends at" in text
    assert "at the latest" in text


def test_hours_are_asked_for_unless_it_is_until_stopped(alice_in, harbour, offer, said):
    make.funded(harbour)
    for lasts in ("", "hours"):
        answer = alice_in.post(
            reverse("quote", args=[offer.public_id]), {**WISH, "lasts": lasts, "hours": ""}
        )
        assert answer.status_code == 422
        assert "Write for how many hours, or choose until you stop it." in said(answer)


def test_a_bid_is_not_until_stopped(alice_in, harbour, offer, said):
    make.funded(harbour)
    answer = alice_in.post(reverse("quote", args=[offer.public_id]), {**WISH, "hold_only": "on"})
    assert answer.status_code == 422
    assert "Until you stop it is for what is booked outright, at the full price." in said(answer)
    assert not Reservation.objects.exists()


def test_its_page_says_until_when_it_is_paid_and_switches_that(alice_in, row, said):
    page = reverse("reservation", args=[row.public_id])
    text = said(alice_in.get(page))
    assert "It runs until you stop it. It is booked and paid until" in text
    assert "Runs on, paid" in text
    assert "It runs until you stop it, so stopping costs no fee." in text
    assert "Extend or shorten" not in text
    assert alice_in.post(reverse("let-end", args=[row.public_id])).url == page
    row.refresh_from_db()
    assert not row.rolls_on
    text = said(alice_in.get(page))
    assert "you let it end there" in text
    alice_in.post(reverse("roll-on", args=[row.public_id]))
    row.refresh_from_db()
    assert row.rolls_on


def test_it_says_why_it_will_end_and_what_would_help(alice_in, row, said):
    brokerage.note_not_rolled(reservation=row, why=RollRefusal.MONEY, at=now())
    text = said(alice_in.get(reverse("reservation", args=[row.public_id])))
    assert "as it stands: the wallet does not cover more time." in text
    assert "Add money to the wallet" in text
    assert "could not be moved on; it ends" in text
    assert "a machine that runs it does not answer" not in text
    listed = said(alice_in.get(reverse("reservations")))
    assert "the wallet does not cover more time" in listed


def test_the_list_says_that_it_moves_on(alice_in, row, said):
    assert "moves on until you stop it" in said(alice_in.get(reverse("reservations")))


def test_ends_that_moved_by_themselves_are_no_changes_to_read(alice_in, row, said):
    at = row.during.upper - HOUR / 2
    make.fresh_list(at=at)
    related = ("offer__machine__site__operator", "renter__party")
    seen = Reservation.objects.select_related(*related).get(pk=row.pk)
    assert billing.roll(reservation=seen, at=at)
    text = said(alice_in.get(reverse("reservation", args=[row.public_id])))
    assert "What became of the window since it was booked" not in text


def test_once_it_is_over_nothing_of_that_is_said(alice_in, row, said):
    at = now()
    brokerage.stop(reservation=row, by=None, at=at)
    text = said(alice_in.get(reverse("reservation", args=[row.public_id])))
    assert "stopped by the renter" in text
    for gone in ("It runs until you stop it", "It ends at", "so far booked", "Let it"):
        assert gone not in text


def test_a_fixed_one_cannot_be_switched(alice_in, harbour, offer, fresh_market, said):
    at = now()
    make.funded(harbour)
    fixed = make.reservation(harbour, offer, at=at, start=at)
    answer = alice_in.post(reverse("roll-on", args=[fixed.public_id]))
    assert answer.status_code == 409
    fixed.refresh_from_db()
    assert not fixed.rolls_on
    assert "It runs until you stop it" not in said(answer)


def test_the_wallet_says_what_runs_out_and_what_was_lent(alice_in, row, harbour, said, monkeypatch):
    monkeypatch.setattr(billing, "grace_micro", lambda **of: PRICE)
    monkeypatch.setattr(billing, "owes_micro", lambda **of: PRICE // 2)
    text = said(alice_in.get(reverse("wallet")))
    assert "up to $2.40 may be owed" in text
    assert "$1.20 of that is owed now" in text
