"""What renters ask for, looked at together."""

from datetime import date, timedelta

import pytest

from compliance.models import ChipModel
from marketplace.brokerage import services as brokerage
from marketplace.brokerage import tasks
from marketplace.brokerage.models import Reservation
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer(market):
    return make.offer(gpus=2)


def codes(renter):
    return sorted(renter.party.red_flags.values_list("kind__code", flat=True))


def test_a_first_order_out_of_scale_is_seen_before_it_is_decided_about(harbour, offer):
    row = make.bare_reservation(harbour, offer, gpu_count=65, state="requested")
    brokerage.broker(reservation=row, at=NOON)
    assert codes(harbour) == ["R10"]
    [told] = row.decision.reasons["flags"]
    assert (told["code"], row.decision.reasons["facts"]["red_flags"]) == ("R10", "soft")


def test_a_renter_who_finished_a_rental_may_ask_for_many(harbour, offer):
    ended = {"state": "settled"}
    make.bare_reservation(harbour, offer, **ended)
    make.bare_reservation(harbour, offer, gpu_count=65, state="requested")
    assert brokerage.look_at_orders(renter=harbour, at=NOON) == 0


@pytest.mark.parametrize(("founded_on", "found"), [("2022-10-08", ["R1"]), ("2022-10-07", [])])
def test_a_young_companys_first_advanced_order_is_a_flag_once(harbour, offer, founded_on, found):
    harbour.party.founded_on = date.fromisoformat(founded_on)
    harbour.party.save()
    first = make.bare_reservation(
        harbour, offer, state="cancelled", created_at=NOON - timedelta(200)
    )
    for _ in range(2):
        make.bare_reservation(harbour, offer, state="requested")
        brokerage.look_at_orders(renter=harbour, at=NOON)
    assert codes(harbour) == found
    told = [flag.evidence for flag in harbour.party.red_flags.all()]
    assert told == [{"reservation": str(first.public_id)}] * len(found)


def test_a_first_order_of_what_is_not_advanced_is_no_flag(harbour, market):
    harbour.party.founded_on = date(2024, 1, 1)
    harbour.party.save()
    plain = make.offer(chip=ChipModel.objects.get(name="A10"))
    assert plain.chip.export_class not in ("3A090.a", "3A090.b")
    make.bare_reservation(harbour, plain, state="requested")
    brokerage.look_at_orders(renter=harbour, at=NOON)
    assert codes(harbour) == []


def test_orders_of_a_supercomputer_are_a_flag(harbour, offer):
    make.bare_reservation(
        harbour, offer, state="settled", during=make.TimestamptzRange(NOON - 2 * HOUR, NOON - HOUR)
    )
    for _ in range(2):
        make.bare_reservation(harbour, offer, gpu_count=256, state="requested")
    assert brokerage.look_at_orders(renter=harbour, at=NOON) == 1
    assert codes(harbour) == ["R12"]


def refused(renter, offer, outcome, many=3):
    for _ in range(many):
        row = make.bare_reservation(renter, offer, state="refused", created_at=NOON - HOUR)
        facts = make.about(offer, row.during)
        decision = make.decision(renter.party, outcome=outcome, **facts)
        Reservation.objects.filter(pk=row.pk).update(decision=decision)


@pytest.mark.parametrize(
    ("outcome", "found"),
    [("licence_required", ["R11"]), ("deny", ["R11"]), ("deny_temporary", []), ("allow", [])],
)
def test_a_lower_class_after_three_refusals_is_a_flag(harbour, offer, outcome, found):
    refused(harbour, offer, outcome)
    lower = make.chip("L20", export_class="near")
    below = make.offer(machine=offer.machine, chip=lower)
    make.bare_reservation(harbour, below, state="requested", created_at=NOON)
    brokerage.look_at_orders(renter=harbour, at=NOON)
    assert codes(harbour) == found


def test_the_sweep_looks_at_those_who_asked_lately(harbour, offer, monkeypatch):
    monkeypatch.setattr(tasks, "now", lambda: NOON)
    late = make.organisation("Late")
    make.bare_reservation(harbour, offer, gpu_count=65, state="requested", created_at=NOON)
    make.bare_reservation(late, offer, gpu_count=65, state="requested", created_at=NOON - 72 * HOUR)
    tasks.find_red_flags()
    tasks.find_red_flags()
    assert (codes(harbour), codes(late)) == (["R10"], [])
