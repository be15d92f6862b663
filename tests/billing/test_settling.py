import pytest
from django.db import DatabaseError, transaction

from marketplace.billing import services
from marketplace.billing.models import Charge, CostLine, CostStatement
from marketplace.billing.services import standing
from marketplace.brokerage import services as brokerage
from marketplace.ledger import services as ledger
from tests import make
from tests.billing import use
from tests.billing.use import MINUTE, minutes, report
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
FUNDS = 100_000_000


@pytest.fixture
def ended(market, harbour):
    """Two GPUs at 2.40 USD an hour, used for ten minutes."""
    return use.ended(harbour)


def settle(reservation, at=NOON + HOUR):
    return services.settle(reservation=reservation, at=at)


def wallet(reservation):
    row = services.wallet(organisation=reservation.renter)
    return (row.posted, row.held)


def assert_not_settled(reservation, state):
    reservation.refresh_from_db()
    assert reservation.state == state
    assert not CostStatement.objects.exists()
    assert not Charge.objects.exists()


def test_settling_charges_gives_back_and_invoices(ended):
    invoice = settle(ended)
    ended.refresh_from_db()
    assert ended.state == "settled"
    assert (invoice.total_micro, invoice.currency, invoice.issued_at) == (
        800_000,
        "USD",
        NOON + HOUR,
    )
    assert invoice.organisation == ended.renter
    assert wallet(ended) == (FUNDS - 800_000, 0)
    assert ledger.verify() == []


def test_an_invoice_has_a_line_for_each_gpu_and_equals_the_books(ended):
    invoice = settle(ended)
    gpus = ended.offer.machine.gpus.order_by("pk")
    assert list(
        invoice.lines.order_by("pk").values_list(
            "description", "covered_ms", "price_micro_per_gpu_hour", "amount_micro"
        )
    ) == [(f"H100 80GB {gpu.uuid}", 600_000, 2_400_000, 400_000) for gpu in gpus]
    totals = ledger.totals(currency="USD")
    assert totals["provider_pending"] + totals["platform_fee"] == invoice.total_micro == 800_000
    assert totals["wallet_paid"] == FUNDS - 800_000


def test_settling_again_gives_the_same_invoice(ended):
    first = settle(ended)
    assert settle(ended) == first
    assert wallet(ended) == (FUNDS - 800_000, 0)
    assert CostLine.objects.count() == 2


def test_what_was_charged_while_it_ran_is_not_charged_again(market, harbour):
    made = use.running(harbour)
    report(made, minutes(0, 4))
    assert services.charge(reservation=made, at=NOON + 5 * MINUTE) == 320_000
    report(made, minutes(4, 10), final=True)
    brokerage.stop(reservation=made, by=None, at=NOON + 10 * MINUTE)
    assert settle(made).total_micro == 800_000
    assert Charge.objects.count() == 4
    assert wallet(made) == (FUNDS - 800_000, 0)


def test_usage_that_nobody_sealed_yet_is_billed(market, harbour, monkeypatch):
    made = use.running(harbour)
    with monkeypatch.context() as patch:
        patch.setattr("marketplace.metering.services.seal", lambda **facts: None)
        report(made, minutes(0, 10), final=True)
    brokerage.stop(reservation=made, by=None, at=NOON + 10 * MINUTE)
    assert settle(made).total_micro == 800_000


def test_a_rental_without_any_usage_costs_nothing_and_says_so(market, harbour):
    made = use.running(harbour)
    brokerage.stop(reservation=made, by=None, at=NOON + 10 * MINUTE)
    invoice = settle(made, at=NOON + 2 * HOUR)
    assert invoice.total_micro == 0
    assert list(invoice.lines.values_list("covered_ms", "amount_micro")) == [(0, 0), (0, 0)]
    assert wallet(made) == (FUNDS, 0)
    assert not Charge.objects.exists()


def test_what_still_runs_is_not_settled(market, harbour):
    made = use.running(harbour)
    report(made, minutes(0, 10), final=True)
    assert settle(made) is None
    assert_not_settled(made, "active")
    assert wallet(made) == (FUNDS, 4_800_000)


def test_while_usage_may_still_arrive_it_is_not_settled(market, harbour, settings):
    settings.SETTLE_GRACE_SECONDS = 600
    made = use.ended(harbour, final=False)
    assert settle(made, at=NOON + 19 * MINUTE) is None
    assert_not_settled(made, "ended")
    assert wallet(made) == (FUNDS, 4_800_000)
    assert settle(made, at=NOON + 20 * MINUTE).total_micro == 800_000


def test_what_never_ran_is_not_settled(market, harbour):
    make.funded(harbour)
    made = make.reservation(harbour, make.offer())
    brokerage.cancel(reservation=made, by=None, at=NOON)
    assert settle(made) is None
    assert_not_settled(made, "cancelled")
    assert wallet(made) == (FUNDS, 0)


def test_usage_that_arrives_after_the_invoice_is_not_billed(market, harbour):
    """Not even by sweeps that saw the reservation before: its chain is closed."""
    made = use.running(harbour)
    report(made, minutes(0, 6), final=True)
    brokerage.stop(reservation=made, by=None, at=NOON + 10 * MINUTE)
    assert settle(made).total_micro == 480_000
    report(made, minutes(6, 10))
    assert settle(made).total_micro == 480_000
    assert services.charge(reservation=made, at=NOON + HOUR) == 0
    assert wallet(made) == (FUNDS - 480_000, 0)


def test_what_is_due_after_the_invoice_is_not_taken(market, harbour, monkeypatch):
    """Whatever makes it due: the hold it could take from is gone."""
    made = use.ended(harbour)
    assert settle(made).total_micro == 800_000
    more = standing.rating.next_charge
    monkeypatch.setattr(standing.rating, "next_charge", lambda **facts: more(**facts) + 1)
    with pytest.raises(ledger.InsufficientFunds, match="the hold does not cover this"):
        services.charge(reservation=made, at=NOON + HOUR)
    assert wallet(made) == (FUNDS - 800_000, 0)


def test_settling_is_all_or_nothing(ended, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(brokerage, "settled", lambda **facts: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            settle(ended)
    assert_not_settled(ended, "ended")
    assert wallet(ended) == (FUNDS, 4_800_000)
    assert settle(ended).total_micro == 800_000


@pytest.mark.parametrize("model", [CostStatement, CostLine])
def test_an_invoice_cannot_be_changed(ended, model):
    settle(ended)
    with pytest.raises(DatabaseError, match="evidence"), transaction.atomic():
        model.objects.order_by("pk")._raw_delete("default")
    with pytest.raises(DatabaseError, match="evidence"), transaction.atomic():
        model.objects.update(id=0)
    assert (CostStatement.objects.count(), CostLine.objects.count()) == (1, 2)
