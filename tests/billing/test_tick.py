"""The billing tick: in sets, in batches, and one that cannot be paid stops nobody."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.billing import services
from marketplace.billing.models import Charge
from marketplace.billing.services import ticking
from marketplace.ledger import services as ledger
from tests import make
from tests.billing import use
from tests.billing.use import minutes, report
from tests.make import HOUR, NOON
from tests.race import together

pytestmark = pytest.mark.django_db


def live(count, *, used=10):
    """So many rentals of two GPUs each, of renters of their own, used for some minutes."""
    made = [use.running(make.organisation(f"Renter {place}")) for place in range(count)]
    for row in made:
        report(row, minutes(0, used))
    return made


def tick():
    return services.charge_live(at=NOON + HOUR)


def test_a_tick_charges_everything_that_runs_once(market):
    live(3)
    assert (tick(), tick()) == (2_400_000, 0)
    assert Charge.objects.count() == 6
    assert ledger.verify() == []


@pytest.mark.parametrize("batch", [1, 3, 100])
def test_the_size_of_a_batch_changes_nothing(market, monkeypatch, batch):
    monkeypatch.setattr(ticking, "BATCH", batch)
    live(3)
    assert tick() == 2_400_000
    sums = ledger.totals(currency="USD")
    assert (sums["provider_pending"], sums["platform_fee"]) == (2_040_000, 360_000)


def test_the_number_of_statements_does_not_depend_on_the_number_of_leases(market):
    def statements(count):
        live(count)
        tick()
        with CaptureQueriesContext(connection) as queries:
            for row in rows:
                report(row, minutes(10, 20))
            before = len(queries)
            tick()
        return len(queries) - before

    rows = live(1)
    one = statements(0)
    rows = live(4)
    assert statements(0) == one


def test_whom_no_hold_covers_does_not_stop_the_others(market, caplog):
    """What it used is taken from the wallet, and what that lacks is owed."""
    rows = live(3)
    ledger.release_hold(hold=rows[1].hold)
    assert tick() == 2_400_000
    charged = set(Charge.objects.values_list("lease__assignment__reservation", flat=True))
    assert charged == {row.pk for row in rows}
    assert f"{rows[1]} is not covered by its hold" in caplog.text
    assert ledger.verify() == []


@pytest.mark.django_db(transaction=True)
def test_ticks_at_once_charge_once(market):
    live(4)
    assert sum(together(*[tick] * 4)) == 3_200_000
    assert Charge.objects.count() == 8
    assert ledger.verify() == []
