"""Invoices: a period, a number, lines that are the ledger, tax by rule, cents once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from marketplace.billing import services
from marketplace.billing.models import Invoice, InvoiceLine, LineSpan, NumberSeries
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Kind, Transaction
from tests import make
from tests.billing import use
from tests.billing.papers import CURRENCY, invoice, record_seller, rented, tax_rule
from tests.billing.use import MINUTE, minutes, report
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
FUNDS = 100_000_000
DECEMBER = datetime(2026, 12, 1, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def seller(sally):
    return record_seller(sally)


@pytest.fixture
def used(market, harbour, seller):
    """Two GPUs at 2.40 USD an hour, used for ten minutes and settled: 0.80 USD."""
    return rented(harbour)


def books(harbour):
    row = services.wallet(organisation=harbour)
    return (row.posted, row.held)


def test_an_invoice_holds_what_was_charged_in_its_period(used, harbour, alice):
    made = invoice(harbour, until=DECEMBER, by=alice)
    assert (made.code, made.currency) == ("INV-2026-000001", "USD")
    assert (made.period.lower, made.period.upper) == (NOVEMBER, DECEMBER)
    assert (made.net_micro, made.rounding_micro) == (800_000, 0)
    assert (made.tax_micro, made.total_micro) == (0, 800_000)
    [line] = made.lines.all()
    assert (line.reservation, line.billed_ms, line.amount_micro) == (used, 1_200_000, 800_000)
    site = used.offer.machine.site
    assert line.description == f"2 × H100 80GB, {site.name} (MY)"  # noqa: RUF001
    assert [(span.charges.lower, span.charges.upper) for span in line.spans.all()] == [(1, 2)] * 2
    assert books(harbour) == (FUNDS - 800_000, 0)


def test_seller_and_buyer_are_frozen_as_they_were(used, harbour, alice, sally):
    details = {"name": "Harbour Light Pte Ltd", "address": "1 Quay\nSingapore", "reference": "PO 7"}
    services.record_details(organisation=harbour, tax_id="", by=alice, at=NOON, **details)
    made = invoice(harbour)
    record_seller(sally, name="Another Seller")
    services.record_details(
        organisation=harbour, tax_id="9", by=alice, at=NOON, **(details | {"name": "New"})
    )
    made.refresh_from_db()
    assert made.seller["name"] == "Straits Test Ltd"
    assert made.buyer == {
        **details,
        "organisation": str(harbour.public_id),
        "native_name": "",
        "country": "SG",
        "tax_id": "",
    }


def test_without_a_seller_nothing_is_issued(market, harbour):
    rented(harbour)
    with pytest.raises(services.NoSeller, match="record the seller"):
        invoice(harbour)
    assert not Invoice.objects.exists()
    assert not NumberSeries.objects.exists()


def test_the_same_key_is_the_same_invoice(used, harbour):
    first = invoice(harbour, key="k")
    assert invoice(harbour, key="k") == first
    assert NumberSeries.objects.get().last_number == 1


def test_what_is_invoiced_is_not_invoiced_again(used, harbour):
    invoice(harbour)
    with pytest.raises(services.NothingToInvoice):
        invoice(harbour)
    assert Invoice.objects.count() == 1
    assert NumberSeries.objects.get().last_number == 1


def test_the_next_invoice_goes_on_where_the_last_one_ended(market, harbour, seller):
    running = use.running(harbour)
    report(running, minutes(0, 10))
    services.charge(reservation=running, at=NOON + 10 * MINUTE)
    first = invoice(harbour, until=NOON + 15 * MINUTE, at=NOON + 15 * MINUTE)
    report(running, minutes(10, 20))
    services.charge(reservation=running, at=NOON + 20 * MINUTE)
    second = invoice(harbour, until=NOON + 30 * MINUTE)
    assert (first.period.lower, first.period.upper) == (NOVEMBER, NOON + 15 * MINUTE)
    assert (second.period.lower, second.period.upper) == (
        NOON + 15 * MINUTE,
        NOON + 30 * MINUTE,
    )
    assert (first.net_micro, second.net_micro) == (800_000, 800_000)
    spans = LineSpan.objects.order_by("pk").values_list("charges", flat=True)
    assert [(one.lower, one.upper) for one in spans] == [(1, 2), (1, 2), (2, 3), (2, 3)]


def test_a_charge_at_the_very_end_is_in_the_next_period(market, harbour, seller):
    running = use.running(harbour)
    report(running, minutes(0, 10))
    services.charge(reservation=running, at=NOON + 10 * MINUTE)
    with pytest.raises(services.NothingToInvoice):
        invoice(harbour, until=NOON + 10 * MINUTE)
    made = invoice(harbour, until=NOON + 10 * MINUTE + timedelta(microseconds=1))
    assert made.net_micro == 800_000


def test_a_charge_that_is_committed_late_is_on_the_next_invoice(market, harbour, seller):
    first = use.running(harbour)
    report(first, minutes(0, 10))
    services.charge(reservation=first, at=NOON + 10 * MINUTE)
    invoice(harbour, until=NOON + 30 * MINUTE)
    report(first, minutes(10, 15))
    services.charge(reservation=first, at=NOON + 15 * MINUTE)  # of a worker that was slow
    late = invoice(harbour, until=NOON + HOUR)
    assert (late.net_micro, late.period.lower) == (400_000, NOON + 30 * MINUTE)
    assert late.lines.get().tax_point == NOON + 15 * MINUTE


def test_cents_are_rounded_once_and_the_rest_goes_back(market, harbour, seller):
    rented(harbour, price_micro=2_345_679)
    made = invoice(harbour)
    charged = 2 * (2_345_679 * 600_000 // 3_600_000)
    assert (made.net_micro, made.total_micro) == (charged, 780_000)
    assert made.rounding_micro == 780_000 - charged
    assert books(harbour) == (FUNDS - 780_000, 0)
    assert ledger.totals(currency="USD")["rounding"] == -(charged - 780_000)
    assert ledger.verify() == []


def test_less_than_a_cent_waits(market, harbour, seller):
    rented(harbour, price_micro=20_000)
    before = books(harbour)
    with pytest.raises(services.NothingToInvoice):
        invoice(harbour)
    assert (books(harbour), LineSpan.objects.count()) == (before, 0)


def test_without_a_rule_no_tax_is_invented(used, harbour):
    line = invoice(harbour).lines.get()
    assert (line.jurisdiction, line.treatment, line.tax_bps) == ("SG", "no_rule", 0)
    assert line.tax_note == "No tax added: no rule for SG is on record"
    assert line.tax_point == NOON + HOUR


def test_tax_is_added_by_the_rule_of_the_tax_point_and_taken(used, harbour, sally):
    old = tax_rule(sally, rate_bps=800, since=NOON - HOUR)
    rule = tax_rule(sally, rate_bps=900, since=NOON)
    tax_rule(sally, rate_bps=1_000, since=NOON + 2 * HOUR)
    made = invoice(harbour)
    assert (made.net_micro, made.tax_micro, made.total_micro) == (800_000, 70_000, 870_000)
    assert made.lines.get().tax_rule == rule != old
    assert books(harbour) == (FUNDS - 870_000, 0)
    totals = ledger.totals(currency="USD")
    assert (totals["tax_payable"], totals["tax_receivable"]) == (70_000, 0)
    assert services.due_micro(made) == 0


def test_a_registered_buyer_accounts_for_the_tax_itself(used, harbour, alice, sally):
    tax_rule(sally, rate_bps=900)
    tax_rule(
        sally,
        rate_bps=0,
        registered=True,
        treatment="reverse_charge",
        wording="Reverse charge: the recipient accounts for GST",
    )
    services.record_details(
        organisation=harbour, name="H", address="A", tax_id="M9-7", reference="", by=alice, at=NOON
    )
    made = invoice(harbour)
    assert made.tax_micro == 0
    assert made.lines.get().treatment == "reverse_charge"


def test_tax_that_the_wallet_does_not_hold_is_owed_and_taken_later(market, harbour, sally, seller):
    tax_rule(sally, rate_bps=900)
    rented(harbour, funds=800_000 + 4_000_000)
    make_poor(harbour)
    made = invoice(harbour)
    assert (made.tax_micro, services.due_micro(made)) == (70_000, 50_000)
    assert books(harbour) == (0, 0)
    assert services.take_tax(invoice=made, at=NOON + HOUR) == 0
    make.funded(harbour, 1_000_000)
    assert services.take_tax(invoice=made, at=NOON + HOUR) == 50_000
    assert services.take_tax(invoice=made, at=NOON + HOUR) == 0
    assert books(harbour) == (950_000, 0)
    assert ledger.totals(currency="USD")["tax_receivable"] == 0


def make_poor(harbour):
    """Leave two cents in the wallet."""
    wallet = ledger.account(kind=Kind.WALLET, owner=harbour.public_id, currency="USD")
    pending = ledger.account(kind=Kind.STRIPE_PENDING, currency="USD")
    rest = ledger.balance(account=wallet).available - 20_000
    ledger.post(key="poor", kind="t", entries=[ledger.Entry(wallet, pending, rest)], at=NOON)


def test_a_period_cannot_reach_into_the_future(used, harbour):
    with pytest.raises(services.BadPeriod, match="ends now or before"):
        invoice(harbour, until=DECEMBER, at=NOON)


def test_two_periods_of_a_wallet_cannot_overlap(used, harbour):
    made = invoice(harbour)
    with pytest.raises(IntegrityError, match="invoice_period_once"), transaction.atomic():
        Invoice.objects.create(
            **{
                name: getattr(made, name)
                for name in ("organisation", "wallet", "currency", "seller", "buyer", "series_id")
            },
            number=2,
            period=made.period,
            net_micro=1,
            rounding_micro=0,
            tax_micro=0,
            total_micro=1,
            key="other",
            issued_at=NOON,
        )


def test_a_number_is_given_out_in_a_transaction_only_and_rises_by_one(used, harbour):
    invoice(harbour)
    with pytest.raises(DatabaseError, match="rise by one"), transaction.atomic():
        NumberSeries.objects.update(last_number=7)
    with pytest.raises(DatabaseError, match="rise by one"), transaction.atomic():
        NumberSeries.objects.all()._raw_delete("default")
    assert NumberSeries.objects.get().last_number == 1


def test_lines_add_up_to_the_ledger(market, harbour, seller):
    for price in (2_345_679, 1_111_111, 999_999):
        rented(harbour, price_micro=price)
    made = invoice(harbour)
    lines = InvoiceLine.objects.filter(invoice=made)
    booked = Transaction.objects.filter(kind="usage")
    amounts = booked.values_list("transfers__amount", flat=True)
    assert sum(line.amount_micro for line in lines) == made.net_micro == sum(amounts)
    assert books(harbour) == (3 * FUNDS - made.total_micro, 0)


def test_one_renters_charges_are_not_on_anothers_invoice(used, harbour, charlie):
    other = charlie.organisations.get()
    with pytest.raises(services.NothingToInvoice):
        invoice(other)
    assert CURRENCY == "USD"
