"""Money out under threads: a charge matures once, a provider has one payout under way."""

import threading

import pytest
from django.db import connection, transaction

from marketplace.billing.models import (
    MaturedCharge,
    MaturedFee,
    Maturity,
    Payout,
    PayoutAccount,
    PayoutLine,
)
from marketplace.billing.services import payouts
from marketplace.billing.services.payouts import composing, maturing
from marketplace.ledger import services as ledger
from tests import make
from tests.billing import earning, given_up
from tests.billing.earning import EARNED, RIPE, account, books, earned, provider
from tests.race import PATIENCE, all_have_called, together, wait_for_a_lock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def selat(market, harbour, settings):
    settings.PAYOUT_MINIMUM_MICRO = 10_000
    return provider(earned(harbour))


@pytest.fixture
def ready(selat):
    account(selat)
    payouts.mature(at=RIPE)
    make.fresh_list(at=RIPE)
    return selat


def run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


INDEXES = {
    "payout_one_live": "CREATE UNIQUE INDEX payout_one_live ON billing_payout"
    " (organisation_id, currency) WHERE state = 'pending'",
    "maturity_in_one_payout": "CREATE UNIQUE INDEX maturity_in_one_payout ON billing_payoutline"
    " (maturity_id) WHERE released_at IS NULL",
}
FLOOR = "ALTER TABLE ledger_balance {} CONSTRAINT balance_above_floor {}"


@pytest.fixture
def unguarded():
    """The database refuses nothing of this for the length of a test."""
    for name in INDEXES:
        run(f"DROP INDEX {name}")
    run(FLOOR.format("DROP", ""))
    yield
    # what these would refuse must be gone before they are back
    run("SET session_replication_role = replica")
    run(
        "TRUNCATE billing_payoutline, billing_payout, billing_stripecommand, ledger_balance CASCADE"
    )
    run("SET session_replication_role = origin")
    for definition in INDEXES.values():
        run(definition)
    run(FLOOR.format("ADD", "CHECK (floor <= posted - held)"))


def mature():
    return payouts.mature(at=RIPE)


def test_eight_sweeps_at_once_mature_a_charge_once(selat):
    outcome = together(*[mature] * 8)
    assert sorted(outcome) == [0] * 7 + [2]
    assert MaturedCharge.objects.count() == 2
    assert books(selat) == (0, EARNED, 0, 0)
    assert ledger.verify() == []


def test_eight_sweeps_at_once_mature_a_fee_once(selat, harbour):
    given_up.cancelled(harbour)
    outcome = together(*[mature] * 8)
    assert sorted(outcome) == [0] * 7 + [3]
    assert MaturedFee.objects.count() == 1
    assert ledger.totals(currency="USD")["provider_available"] == EARNED + given_up.THEIRS


def test_control_without_the_lock_the_database_refuses_all_but_one(selat, monkeypatch):
    monkeypatch.setattr(maturing, "_one_at_a_time", lambda: None)
    monkeypatch.setattr(maturing, "_due", all_have_called(maturing._due, 4))
    outcome = together(*[mature] * 4)
    assert sum(isinstance(one, Exception) for one in outcome) == 3
    assert Maturity.objects.count() == 1
    assert books(selat) == (0, EARNED, 0, 0)


def compose():
    row = PayoutAccount.objects.select_related("organisation__party").get()
    return composing.compose(account=row, currency="USD", at=RIPE)


def test_eight_runs_at_once_make_one_payout(ready):
    outcome = together(*[compose] * 8)
    assert [one for one in outcome if isinstance(one, Exception)] == []
    assert Payout.objects.count() == PayoutLine.objects.count() == 1
    assert books(ready) == (0, 0, EARNED, 0)


def test_a_charge_is_in_one_live_payout_also_when_everybody_looked_before(ready, monkeypatch):
    """Nobody sees another's payout, and the balance is read before anybody has booked."""
    blind(monkeypatch)
    outcome = together(*[compose] * 4)
    assert [one for one in outcome if isinstance(one, Exception)] == []
    assert PayoutLine.objects.count() == 1
    assert books(ready) == (0, 0, EARNED, 0)
    assert ledger.verify() == []


def test_control_without_the_constraints_a_charge_is_paid_several_times(
    ready, monkeypatch, unguarded
):
    blind(monkeypatch)
    together(*[compose] * 4)
    lines = PayoutLine.objects.filter(released_at=None)
    assert lines.count() > 1 == lines.values("maturity").distinct().count()
    assert books(ready)[1] < 0, "more is on its way than was earned"


def blind(monkeypatch):
    monkeypatch.setattr(composing, "_is_time", lambda *facts: True)
    look = all_have_called(composing._free_earnings, 4)
    monkeypatch.setattr(composing, "_free_earnings", look)
    monkeypatch.setattr(earning.Books, "lock", lambda self: None)


def test_a_hold_waits_for_the_payout_that_is_being_made_and_stops_the_next(ready, sally):
    began = threading.Event()

    def hold():
        assert began.wait(PATIENCE)
        return payouts.hold_payouts(organisation=ready, reason="Looked at.", by=sally, at=RIPE)

    def compose():
        with transaction.atomic():
            made = payouts.pay_out(at=RIPE)
            began.set()
            wait_for_a_lock()
            return made, payouts.is_held(organisation=ready)

    held, seen = together(hold, compose)
    assert seen == (1, False)
    assert held.organisation == ready
    assert payouts.is_held(organisation=ready)
