from datetime import timedelta

import pytest

from compliance.models import Decision
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Assignment, Lease, Reservation
from marketplace.core.idempotency import KeyReused
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Hold
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer(market):
    return make.offer(gpus=2, price_micro=2_400_000)


def nothing_moved():
    return not any(
        model.objects.exists() for model in (Reservation, Assignment, Lease, Hold, Decision)
    )


def test_a_cleared_and_funded_renter_gets_gpus_and_a_hold(harbour, offer):
    wallet = make.funded(harbour, 10_000_000)
    made = make.reservation(harbour, offer, gpus=2, hours=1)
    made.refresh_from_db()
    assert made.state == "confirmed"
    assert made.decision.outcome == "allow"
    assert made.hold.amount == 4_800_000
    assert [lease.state for lease in Lease.objects.all()] == ["confirmed", "confirmed"]
    balance = ledger.balance(account=wallet)
    assert (balance.posted, balance.held, balance.available) == (10_000_000, 4_800_000, 5_200_000)


def test_the_same_key_and_content_is_the_same_reservation(harbour, offer):
    make.funded(harbour)
    first = make.reservation(harbour, offer, key="once")
    again = make.reservation(harbour, offer, key="once")
    assert again.pk == first.pk
    assert Lease.objects.count() == 1


def test_the_same_key_with_other_content_is_an_error(harbour, offer):
    make.funded(harbour)
    make.reservation(harbour, offer, key="once")
    with pytest.raises(KeyReused, match="'once' was used before"):
        make.reservation(harbour, offer, key="once", hours=2)
    assert Reservation.objects.count() == 1
    assert Lease.objects.count() == 1


def test_too_little_money_is_refused_and_leaves_nothing(harbour, offer):
    make.funded(harbour, 2_399_999)
    with pytest.raises(ledger.InsufficientFunds, match=r"2399999 .* available, 2400000 are needed"):
        make.reservation(harbour, offer)
    assert nothing_moved()


def test_an_overlapping_window_is_refused_and_leaves_nothing(harbour, offer):
    make.funded(harbour)
    make.reservation(harbour, offer, gpus=2)
    other = make.organisation("Second")
    wallet = make.funded(other)
    with pytest.raises(brokerage.NotEnoughGpus) as refusal:
        make.reservation(other, offer, start=NOON + timedelta(minutes=30))
    assert refusal.value.free == 0
    assert Reservation.objects.filter(renter=other).count() == 0
    assert ledger.balance(account=wallet).held == 0


def test_the_refusal_names_offers_that_would_do(harbour, offer):
    dear = make.offer(gpus=2, price_micro=3_000_000)
    cheap = make.offer(gpus=2, price_micro=2_000_000)
    make.offer(gpus=1, price_micro=1_000_000)
    make.funded(harbour)
    make.reservation(harbour, offer, gpus=2)
    with pytest.raises(brokerage.NotEnoughGpus) as refusal:
        make.reservation(harbour, offer, gpus=2)
    assert refusal.value.alternatives == [cheap, dear]


def test_windows_that_only_touch_do_not_overlap(harbour, offer):
    make.funded(harbour)
    make.reservation(harbour, offer, gpus=2)
    assert make.reservation(harbour, offer, gpus=2, start=NOON + HOUR).state == "confirmed"


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"gpus": 0}, "gpu_count"),
        ({"start": NOON - timedelta(minutes=15, microseconds=1)}, "start"),
        ({"end": NOON + timedelta(seconds=299)}, "end"),
        ({"end": NOON + timedelta(days=90, seconds=1)}, "end"),
        ({"start": NOON.replace(tzinfo=None), "end": NOON.replace(tzinfo=None)}, "start"),
        ({"workload": {"command": []}}, "workload"),
    ],
)
def test_a_bad_ask_names_its_field_and_leaves_nothing(harbour, offer, facts, field):
    make.funded(harbour)
    with pytest.raises(brokerage.BadAsk) as refusal:
        make.reservation(harbour, offer, **facts)
    assert refusal.value.field == field
    assert nothing_moved()


def test_a_withdrawn_offer_cannot_be_rented(harbour, offer):
    from marketplace.catalog import services as catalog

    make.funded(harbour)
    catalog.withdraw_offer(offer=offer)
    with pytest.raises(brokerage.BadAsk, match="no longer listed"):
        make.reservation(harbour, offer)
    assert nothing_moved()


def test_a_provider_that_may_not_rent_is_refused(offer):
    with pytest.raises(brokerage.NotARenter):
        make.reservation(offer.machine.site.operator, offer)
    assert nothing_moved()


def test_the_price_is_frozen_at_the_request(harbour, offer):
    from marketplace.catalog import services as catalog

    make.funded(harbour)
    made = make.reservation(harbour, offer)
    catalog.list_offer(
        machine=offer.machine, chip=offer.chip, price_micro_per_gpu_hour=9_000_000, at=NOON
    )
    made.refresh_from_db()
    assert made.price_micro_per_gpu_hour == 2_400_000
    assert made.hold.placed == 2_400_000


def test_offline_machines_have_no_free_gpus(harbour, offer):
    make.funded(harbour)
    type(offer.machine).objects.update(state="offline")
    with pytest.raises(brokerage.NotEnoughGpus):
        make.reservation(harbour, offer)
    assert nothing_moved()


def test_what_was_to_start_while_the_renter_decided_starts_now_at_full_length(harbour):
    make.funded(harbour)
    offer = make.offer()
    wanted = make.ask(offer, start=NOON - timedelta(minutes=15), hours=2)
    asked = {"renter": harbour, "by": None, "ask": wanted, "key": "k"}
    made = brokerage.request(**asked, at=NOON)
    assert (made.during.lower, made.during.upper) == (NOON, NOON + timedelta(hours=2))
    assert brokerage.request(**asked, at=NOON + timedelta(hours=5)) == made


def test_what_passed_while_the_renter_decided_does_not_make_the_gpus_taken(harbour):
    make.funded(harbour)
    offer = make.offer()
    before = make.bare_reservation(
        harbour, offer, state="active", during=(NOON - timedelta(hours=1), NOON)
    )
    on = before.assignments.create(machine=offer.machine)
    on.leases.create(
        gpu=offer.machine.gpus.get(), during=before.during, state="active", started_at=NOON
    )
    wanted = make.ask(offer, start=NOON - timedelta(minutes=10))
    made = brokerage.request(renter=harbour, by=None, ask=wanted, key="k", at=NOON)
    assert made.during.lower == NOON
