from datetime import timedelta

import pytest
from django.core.management import call_command

from compliance.models import Decision, ListSnapshot
from marketplace.brokerage import services as brokerage
from marketplace.brokerage import tasks
from marketplace.brokerage.models import Lease, Reservation
from marketplace.brokerage.services import batching, brokering
from marketplace.brokerage.states import MOVES, State
from marketplace.core.states import IllegalMove, move
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Hold
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer(market):
    return make.offer(gpus=2, price_micro=2_400_000)


def available(renter):
    return ledger.balance(account=brokerage.wallet_account(renter=renter, currency="USD")).available


def test_a_listed_name_is_refused_and_nothing_is_set_aside(market, offer):
    listed = market.source.entries.filter(kind="organisation").first().names.first().name
    renter = make.organisation("Listed", party=make.party(listed))
    make.funded(renter, 10_000_000)
    made = make.reservation(renter, offer)
    made.refresh_from_db()
    assert made.state == "refused"
    assert made.decision.outcome == "deny"
    assert "list" not in made.reason.lower(), "a renter is not told which control fired"
    assert not Lease.objects.exists()
    assert not Hold.objects.exists()
    assert available(renter) == 10_000_000


def test_without_a_list_nobody_is_cleared(harbour):
    call_command("load_reference", verbosity=0)
    make.funded(harbour)
    made = make.reservation(harbour, make.offer())
    assert (made.state, made.decision.outcome) == ("refused", "deny_temporary")
    assert not Lease.objects.exists()
    assert not Hold.objects.exists()


def test_with_a_stale_list_nobody_is_cleared(harbour, offer):
    make.funded(harbour)
    late = NOON + timedelta(hours=25)
    made = make.reservation(harbour, offer, at=late, start=late)
    assert (made.state, made.decision.outcome) == ("refused", "deny_temporary")
    assert not Lease.objects.exists()


def test_a_list_that_goes_stale_between_two_steps_stops_the_hold(harbour, offer):
    make.funded(harbour)
    made = brokerage.request(
        renter=harbour, by=None, ask=make.ask(offer, start=NOON + 48 * HOUR), key="k", at=NOON
    )
    decision = make.decision(harbour.party, at=NOON, **make.about(offer, made.during))
    move(made, State.CLEARED, table=MOVES, decision=decision)
    brokerage.broker(reservation=made, at=NOON + timedelta(hours=25))
    assert made.state == "refused"
    assert not Lease.objects.exists()
    assert Decision.objects.order_by("-pk").first().outcome == "deny_temporary"


def test_a_hold_nobody_confirms_gives_everything_back(harbour, offer):
    make.funded(harbour, 10_000_000)
    made = make.reservation(harbour, offer, auto_confirm=False)
    assert made.state == "held"
    assert available(harbour) == 7_600_000
    assert not Reservation.objects.overdue(at=NOON + timedelta(minutes=9, seconds=59)).exists()
    assert Reservation.objects.overdue(at=NOON + timedelta(minutes=10)).get() == made
    brokerage.expire(reservation=made, at=NOON + timedelta(minutes=10))
    made.refresh_from_db()
    assert made.state == "expired"
    assert available(harbour) == 10_000_000
    assert Lease.objects.get().state == "released"
    assert make.reservation(harbour, offer, gpus=2).state == "confirmed"


def test_an_expired_hold_cannot_be_confirmed(harbour, offer):
    make.funded(harbour)
    made = make.reservation(harbour, offer, auto_confirm=False)
    with pytest.raises(brokerage.HoldExpired):
        brokerage.confirm(reservation=made, at=NOON + timedelta(minutes=10))
    made.refresh_from_db()
    assert made.state == "held"


def test_a_hold_is_confirmed_once(harbour, offer):
    make.funded(harbour)
    made = make.reservation(harbour, offer, auto_confirm=False)
    brokerage.confirm(reservation=made, at=NOON)
    assert Lease.objects.get().state == "confirmed"
    with pytest.raises(IllegalMove):
        brokerage.confirm(reservation=made, at=NOON)


def test_cancelling_before_the_start_is_free(harbour, alice, offer):
    make.funded(harbour, 10_000_000)
    made = make.reservation(harbour, offer, start=NOON + HOUR)
    brokerage.cancel(reservation=made, by=alice, at=NOON)
    assert available(harbour) == 10_000_000
    assert Lease.objects.get().state == "released"


def test_the_sweep_finds_a_request_whose_hint_was_lost(harbour, offer, monkeypatch):
    monkeypatch.setattr(tasks, "now", lambda: NOON)
    make.funded(harbour)
    made = brokerage.request(renter=harbour, by=None, ask=make.ask(offer), key="k", at=NOON)
    assert made.state == "requested"
    tasks.broker_open()
    made.refresh_from_db()
    assert made.state == "confirmed"
    tasks.broker_open()
    assert Lease.objects.count() == 1


def test_one_broken_row_does_not_stop_the_sweep(harbour, offer, monkeypatch, caplog):
    monkeypatch.setattr(tasks, "now", lambda: NOON)
    make.funded(harbour)
    asks = [make.ask(offer, start=NOON + hours * HOUR) for hours in (1, 2)]
    broken, sound = (
        brokerage.request(renter=harbour, by=None, ask=ask, key=str(place), at=NOON)
        for place, ask in enumerate(asks)
    )
    real = brokering.questions

    def stumble(rows, at):
        if broken in rows:
            raise RuntimeError("disk on fire")
        return real(rows, at)

    monkeypatch.setattr(brokering, "questions", stumble)
    monkeypatch.setattr(batching, "questions", stumble)
    tasks.broker_open()
    broken.refresh_from_db()
    assert broken.state == "requested"
    sound.refresh_from_db()
    assert sound.state == "confirmed"
    assert "disk on fire" in caplog.text


def test_a_renter_listed_later_loses_what_was_booked(harbour, offer):
    make.funded(harbour, 10_000_000)
    made = make.reservation(harbour, offer, start=NOON + HOUR)
    harbour.party.legal_name = "PELAGIC DAWN SYSTEMS LTD."
    harbour.party.save()
    made = Reservation.objects.get(pk=made.pk)
    brokerage.enforce(reservation=made, at=NOON)
    made.refresh_from_db()
    assert made.state == "cancelled"
    assert made.decision.outcome == "deny"
    assert available(harbour) == 10_000_000
    assert Lease.objects.get().state == "released"


def test_a_renter_listed_later_loses_what_runs(harbour, offer):
    make.funded(harbour, 10_000_000)
    made = make.reservation(harbour, offer)
    assignment = make.started(made)
    harbour.party.legal_name = "PELAGIC DAWN SYSTEMS LTD."
    harbour.party.save()
    brokerage.enforce(
        reservation=Reservation.objects.get(pk=made.pk), at=NOON + timedelta(minutes=5)
    )
    made.refresh_from_db()
    assert (made.state, made.ended_at) == ("ended", NOON + timedelta(minutes=5))
    assignment = made.assignments.get()
    assert not brokerage.wanted(assignment)
    assert assignment.generation == 2


def test_a_stale_list_does_not_end_what_runs(harbour, offer):
    make.funded(harbour, 200_000_000)
    made = make.reservation(harbour, offer, hours=48)
    make.started(made)
    brokerage.enforce(
        reservation=Reservation.objects.get(pk=made.pk), at=NOON + timedelta(hours=25)
    )
    made.refresh_from_db()
    assert made.state == "active"
    assert ListSnapshot.objects.count() == 1


def test_a_site_that_turns_out_to_be_elsewhere_is_asked_about_again(harbour, offer):
    make.funded(harbour, 10_000_000)
    made = make.reservation(harbour, offer, start=NOON + HOUR)
    site = offer.machine.site
    for country, outcome, state in (("SG", "allow", "confirmed"), ("KP", "deny", "cancelled")):
        site.country = country
        site.save()
        brokerage.enforce(reservation=Reservation.objects.get(pk=made.pk), at=NOON)
        made.refresh_from_db()
        told = (made.state, made.decision.outcome, made.decision.site_country)
        assert told == (state, outcome, country)
    assert available(harbour) == 10_000_000
