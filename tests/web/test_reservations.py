from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from marketplace.billing import services as billing
from marketplace.brokerage.models import Lease, Reservation
from marketplace.brokerage.states import State
from marketplace.metering import services as metering
from marketplace.web.words import WORDS
from tests import make

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def alice_in(client, alice, harbour):
    client.force_login(alice)
    return client


@pytest.fixture
def running(harbour, offer, fresh_market):
    """Two GPUs at $2.40 that have run for an hour of two, half an hour of it sealed and charged."""
    begin = now() - HOUR
    make.funded(harbour, 20_000_000)
    make.fresh_list(at=begin - HOUR)
    row = make.reservation(harbour, offer, gpus=2, hours=2, start=begin, at=begin)
    assignment = make.started(row, at=begin)
    part = make.segment(assignment, begin, begin + timedelta(minutes=30))
    make.accept(machine=assignment.machine, segments=[part], at=now())
    metering.seal(reservation=row, at=now())
    billing.charge(reservation=row, at=now())
    return row


def page(row):
    return reverse("reservation", args=[row.public_id])


def test_every_state_has_words():
    assert set(WORDS["reservation"]) == set(State)


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_a_page_and_a_line_in_the_list(alice_in, rental, state, said):
    row = rental(state, hold_expires_at=now() + HOUR)
    answer = alice_in.get(page(row))
    assert answer.status_code == 200
    assert str(WORDS["reservation"][state].meaning) in said(answer)
    assert str(WORDS["reservation"][state].word) in said(alice_in.get(reverse("reservations")))


def test_the_reason_of_a_refusal_is_told(alice_in, rental, said):
    row = rental("refused", reason="not available to your organisation")
    text = said(alice_in.get(page(row)))
    assert "Cost $0.00 Held" in text
    assert "Reason: not available to your organisation." in text
    assert "decision support, not legal advice" in text


def test_a_running_reservation_shows_usage_and_cost_so_far(alice_in, running, said):
    text = said(alice_in.get(page(running)))
    assert "$2.40 of at most $9.60" in text
    assert "Held $7.20" in text
    assert text.count("30 min $1.20") == 2


@pytest.mark.parametrize(
    ("state", "buttons"),
    [
        ("requested", {"cancel"}),
        ("held", {"confirm", "cancel"}),
        ("confirmed", {"cancel"}),
        ("active", {"stop"}),
        ("ended", set()),
        ("settled", set()),
    ],
)
def test_only_acts_that_are_open_are_offered(alice_in, rental, state, buttons):
    row = rental(state, hold_expires_at=now() + HOUR)
    content = alice_in.get(page(row)).content.decode()
    acts = ("confirm", "cancel", "stop")
    assert {act for act in acts if reverse(act, args=[row.public_id]) in content} == buttons


def test_a_hold_is_confirmed(alice_in, harbour, offer, fresh_market):
    make.funded(harbour)
    row = make.reservation(harbour, offer, auto_confirm=False, start=now(), at=now())
    answer = alice_in.post(reverse("confirm", args=[row.public_id]))
    assert answer["Location"] == page(row)
    row.refresh_from_db()
    assert row.state == "confirmed"


def test_a_hold_that_ran_out_cannot_be_confirmed(alice_in, rental, said):
    row = rental("held", hold_expires_at=now() - timedelta(seconds=1))
    answer = alice_in.post(reverse("confirm", args=[row.public_id]))
    assert answer.status_code == 409
    assert "The hold ran out. Reserve again." in said(answer)
    row.refresh_from_db()
    assert row.state == "held"


def test_a_renter_whom_screening_no_longer_allows_cannot_confirm(
    alice_in, harbour, offer, fresh_market, said
):
    wallet = make.funded(harbour)
    row = make.reservation(harbour, offer, auto_confirm=False, start=now(), at=now())
    type(harbour.party).objects.update(legal_name="PELAGIC DAWN SYSTEMS LTD.")
    answer = alice_in.post(reverse("confirm", args=[row.public_id]))
    assert answer.status_code == 403
    assert "This is not available to your organisation." in said(answer)
    row.refresh_from_db()
    wallet.balance.refresh_from_db()
    assert (row.state, wallet.balance.held) == ("cancelled", 0)


def test_cancelling_gives_everything_back(alice_in, harbour, offer, fresh_market, said):
    wallet = make.funded(harbour, 10_000_000)
    row = make.reservation(harbour, offer, start=now() + HOUR, at=now())
    answer = alice_in.post(reverse("cancel", args=[row.public_id]), follow=True)
    assert "Cancelled. What was set aside has gone back, less the fee if there was one." in said(
        answer
    )
    row.refresh_from_db()
    assert (row.state, wallet.balance.held) == ("cancelled", 0)
    assert Lease.objects.get().state == "released"


def test_stopping_ends_a_running_reservation_now(alice_in, running):
    alice_in.post(reverse("stop", args=[running.public_id]))
    running.refresh_from_db()
    assert running.state == "ended"
    assert abs(running.ended_at - now()) < timedelta(seconds=30)


@pytest.mark.parametrize(
    ("least", "told"),
    [
        (0, "You pay for the time until now. The rest of $7.20 goes back."),
        (600, "You pay for the time until now, for 600 seconds of each GPU at least. The rest of"),
    ],
)
def test_before_stopping_it_is_said_what_it_still_costs(
    alice_in, running, said, settings, least, told
):
    settings.MINIMUM_BILLED_SECONDS = least
    text = said(alice_in.get(page(running)))
    assert told in text
    assert "After that it costs nothing: GPUs and disk are given back" in text


@pytest.mark.parametrize(
    ("act", "state"),
    [("confirm", "active"), ("cancel", "active"), ("stop", "held"), ("cancel", "settled")],
)
def test_an_act_that_is_not_open_changes_nothing(alice_in, rental, act, state, said):
    row = rental(state)
    answer = alice_in.post(reverse(act, args=[row.public_id]))
    assert answer.status_code == 409
    assert "nothing was changed" in said(answer)
    row.refresh_from_db()
    assert row.state == state


def test_the_list_asks_the_same_few_questions_for_one_row_and_for_five(
    alice_in, rental, django_assert_max_num_queries
):
    for _ in range(5):
        rental()
        with django_assert_max_num_queries(7):
            alice_in.get(reverse("reservations"))
    assert Reservation.objects.count() == 5


def test_the_page_asks_the_same_few_questions_for_any_number_of_gpus(
    alice_in, running, django_assert_max_num_queries
):
    with django_assert_max_num_queries(13):
        alice_in.get(page(running))


def test_a_page_says_what_the_machine_does_and_where_it_is_reached(alice_in, running, said):
    door = {"name": "ssh", "scheme": "ssh", "host": "203.0.113.7", "port": 40_022, "path": ""}
    running.assignments.update(progress="pulling debian: 40 %", endpoints=[door])
    text = said(alice_in.get(page(running)))
    assert "pulling debian 40 %" in text
    assert "ssh -p 40022 root@203.0.113.7" in text


def test_who_may_only_look_is_not_told_where_it_is_reached(alice_in, alice, running, said):
    door = {
        "name": "jupyter",
        "scheme": "http",
        "host": "x",
        "port": 1,
        "path": "/lab?token=s3cret",
    }
    running.assignments.update(endpoints=[door])
    assert "s3cret" in said(alice_in.get(page(running)))
    alice.memberships.update(role="viewer")
    assert "s3cret" not in said(alice_in.get(page(running)))
