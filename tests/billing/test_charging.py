import random
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import DatabaseError, transaction

from marketplace.billing import services
from marketplace.billing.models import Charge
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Transfer
from tests.billing import use
from tests.billing.use import minutes, report
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
FUNDS = 100_000_000


@pytest.fixture
def running(market, harbour):
    """Two GPUs at 2.40 USD an hour; 4.80 USD are held."""
    return use.running(harbour)


def charge(reservation, at=NOON + HOUR):
    return services.charge(reservation=reservation, at=at)


def wallet(reservation):
    row = services.wallet(organisation=reservation.renter)
    return (row.posted, row.held)


def test_five_minutes_of_two_gpus_cost_forty_cents(running):
    report(running, minutes(0, 5))
    assert charge(running) == 400_000
    rows = Charge.objects.values_list(
        "seq", "covered_ms", "total_micro", "amount_micro", "provider_micro", "fee_micro"
    )
    assert list(rows) == [(1, 300_000, 200_000, 200_000, 170_000, 30_000)] * 2
    assert ledger.totals(currency="USD") == {
        "stripe_pending": -FUNDS,
        "wallet_paid": FUNDS - 400_000,
        "provider_pending": 340_000,
        "platform_fee": 60_000,
    }
    assert ledger.verify() == []


def test_the_money_comes_out_of_the_hold(running):
    assert wallet(running) == (FUNDS, 4_800_000)
    report(running, minutes(0, 5))
    charge(running)
    assert wallet(running) == (FUNDS - 400_000, 4_400_000)


def test_the_whole_window_costs_exactly_what_was_held(running):
    report(running, minutes(0, 60))
    assert charge(running) == 4_800_000
    assert wallet(running) == (FUNDS - 4_800_000, 0)


def test_the_money_goes_to_the_organisation_that_runs_the_site(running):
    report(running, minutes(0, 5))
    charge(running)
    operator = running.offer.machine.site.operator
    credited = Transfer.objects.filter(credit__kind="provider_pending")
    assert {row.credit.owner for row in credited} == {operator.public_id}


def test_charging_twice_charges_once(running):
    report(running, minutes(0, 5))
    assert (charge(running), charge(running)) == (400_000, 0)
    assert Charge.objects.count() == 2
    assert wallet(running) == (FUNDS - 400_000, 4_400_000)


def test_nothing_used_is_nothing_charged(running):
    assert charge(running) == 0
    assert not Charge.objects.exists()
    assert wallet(running) == (FUNDS, 4_800_000)


def test_less_than_a_micro_unit_waits_until_it_is_one(market, harbour):
    made = use.running(harbour, gpus=1, price_micro=3_599)
    report(made, (timedelta(0), timedelta(seconds=1)))
    assert charge(made) == 0
    report(made, (timedelta(0), timedelta(seconds=2)))
    assert charge(made) == 1


def test_late_usage_adds_only_what_it_newly_covers(running):
    report(running, minutes(5, 10))
    assert charge(running) == 400_000
    report(running, minutes(0, 7), minutes(5, 10))
    assert charge(running) == 400_000
    assert sorted(Charge.objects.values_list("seq", "total_micro")) == [
        (1, 200_000),
        (1, 200_000),
        (2, 400_000),
        (2, 400_000),
    ]


def test_an_odd_price_is_charged_to_the_micro_unit(market, harbour):
    """2,345,679 an hour, in slices of 10.007 s: 6520.33..., 13040.67..., 19561.008... in total."""
    made = use.running(harbour, gpus=1, price_micro=2_345_679)
    slice_ = timedelta(milliseconds=10_007)
    for place in range(3):
        report(made, (place * slice_, (place + 1) * slice_))
        charge(made)
    rows = Charge.objects.order_by("seq").values_list(
        "amount_micro", "provider_micro", "fee_micro", "total_micro"
    )
    assert list(rows) == [
        (6_520, 5_542, 978, 6_520),
        (6_520, 5_542, 978, 13_040),
        (6_521, 5_542, 979, 19_561),
    ]


@pytest.mark.parametrize(
    ("fee_bps", "kinds"), [(0, {"provider_pending": 200_000}), (10_000, {"platform_fee": 200_000})]
)
def test_a_share_of_nothing_is_not_booked(market, harbour, settings, fee_bps, kinds):
    settings.PLATFORM_FEE_BPS = fee_bps
    made = use.running(harbour, gpus=1)
    report(made, minutes(0, 5))
    charge(made)
    booked = Transfer.objects.filter(transaction__kind="usage")
    assert dict(booked.values_list("credit__kind", "amount")) == kinds


@pytest.mark.parametrize("seed", range(4))
def test_any_order_of_arrival_and_charging_costs_the_same(market, harbour, seed):
    """Shuffled, doubled, overlapping; charged after each: 50 of 60 minutes at 1,999,999 an hour."""
    chance = random.Random(seed)  # noqa: S311
    made = use.running(harbour, gpus=1, price_micro=1_999_999)
    cuts = sorted(chance.sample(range(1, 3_000_000), 7))
    edges = [timedelta(milliseconds=cut) for cut in (0, *cuts, 3_000_000)]
    spans = [*pairwise(edges), *zip(edges, edges[2:], strict=False)]
    chance.shuffle(spans)
    for span in spans:
        report(made, span)
        charge(made)
    rows = Charge.objects.all()
    assert sum(row.amount_micro for row in rows) == 1_666_665
    assert sum(row.provider_micro for row in rows) == 1_416_665
    assert sum(row.fee_micro for row in rows) == 250_000
    assert wallet(made) == (FUNDS - 1_666_665, 1_999_999 - 1_666_665)


def test_what_the_hold_does_not_cover_is_not_charged_in_a_batch_at_all(running):
    report(running, minutes(0, 5))
    ledger.release_hold(hold=running.hold)
    leases = [lease.pk for lease in running.assignments.get().leases.all()]
    with pytest.raises(ledger.InsufficientFunds, match="the hold does not cover this"):
        services.charge_leases(leases=leases, at=NOON + HOUR)
    assert not Charge.objects.exists()
    assert wallet(running) == (FUNDS, 0)


def test_alone_it_is_taken_from_what_the_wallet_has_free(running, caplog):
    report(running, minutes(0, 5))
    ledger.release_hold(hold=running.hold)
    assert charge(running) == 400_000
    assert wallet(running) == (FUNDS - 400_000, 0)
    assert "is not covered by its hold" in caplog.text


def test_a_charge_cannot_be_changed(running):
    report(running, minutes(0, 5))
    charge(running)
    with pytest.raises(DatabaseError, match="evidence"), transaction.atomic():
        Charge.objects.update(amount_micro=1)
    with pytest.raises(DatabaseError, match="evidence"), transaction.atomic():
        Charge.objects.all().delete()
