"""Invoices taxed by Stripe: its amount to the cent, our own postings, and never none by mistake."""

import io

import pytest
from django.db import DatabaseError, transaction

from marketplace.billing import services
from marketplace.billing.models import (
    CreditNote,
    Invoice,
    InvoiceLine,
    LineSpan,
    NumberSeries,
    TaxCalculation,
    TaxPayment,
)
from marketplace.billing.services import calculating
from marketplace.billing.stripe import tax as adapter
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Transaction
from tests import make
from tests.billing import papers, stripe_tax, use
from tests.billing.papers import credit, invoice, record_seller, tax_rule
from tests.billing.stripe_tax import WHOLE
from tests.billing.test_paper_files import text_of
from tests.billing.use import MINUTE, minutes, report
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
FUNDS = WHOLE + 100_000_000


@pytest.fixture
def taxed(fake, settings):
    stripe_tax.use(fake, settings)
    return fake


@pytest.fixture
def used(market, harbour, sally, taxed):
    """Two GPUs, used for ten minutes: 100.37 USD."""
    record_seller(sally)
    return stripe_tax.rented(harbour)


def posted(harbour):
    return services.wallet(organisation=harbour).posted


def tax_of_books():
    return ledger.totals(currency="USD").get("tax_payable", 0)


def assert_nothing_issued(harbour):
    assert not Invoice.objects.exists()
    assert not NumberSeries.objects.exists()
    assert not Transaction.objects.filter(kind__in=["tax", "invoice_rounding"]).exists()
    assert (posted(harbour), LineSpan.objects.count()) == (FUNDS - 100_370_000, 0)


def test_stripes_tax_is_printed_and_posted_to_the_cent(used, harbour, alice, taxed):
    made = invoice(harbour, by=alice)
    assert (made.net_micro, made.tax_micro, made.total_micro) == (
        *(100_370_000, 9_030_000),
        109_400_000,
    )
    line = made.lines.get()
    assert (line.jurisdiction, line.treatment, line.tax_bps) == ("SG", "charged", 900)
    assert (line.tax_note, line.tax_rule) == ("GST 9% (by Stripe Tax)", None)
    assert line.tax_point == NOON + HOUR
    assert (posted(harbour), tax_of_books()) == (FUNDS - 109_400_000, 9_030_000)
    assert services.due_micro(made) == 0
    assert ledger.verify() == []
    row = TaxCalculation.objects.get()
    assert (row, row.organisation) == (made.tax_calculation, harbour)
    assert (row.base_micro, row.tax_micro, row.currency) == (100_370_000, 9_030_000, "USD")
    assert row.breakdown == [
        {
            "reason": "standard_rated",
            "tax": "gst",
            "country": "SG",
            "state": "",
            "percent": "9",
            "base": 10_037,
            "amount": 903,
        }
    ]
    assert taxed.calls == [("POST", "/v1/tax/calculations")]


def test_stripe_is_asked_for_the_buyer_as_printed(used, harbour, alice, taxed):
    stripe_tax.details(harbour, alice, tax_id="M9-0000001-7", postal_code="018956")
    made = invoice(harbour)
    assert made.tax_calculation.asked == {
        "currency": "usd",
        "customer_details": {
            "address": {"country": "SG", "postal_code": "018956"},
            "address_source": "billing",
            "tax_ids": [{"type": "sg_gst", "value": "M9-0000001-7"}],
        },
        "line_items": [
            {
                "amount": 10_037,
                "reference": "usage",
                "tax_behavior": "exclusive",
                "tax_code": "txcd_10101000",
            }
        ],
        "tax_date": int((NOON + HOUR).timestamp()),
    }
    assert made.buyer["postal_code"] == "018956"


def test_what_was_charged_long_ago_is_asked_for_a_date_that_stripe_takes(used, harbour, taxed):
    late = NOON + 40 * 24 * HOUR
    taxed.clock = late.timestamp
    made = invoice(harbour, at=late)
    assert made.tax_calculation.asked["tax_date"] == int((NOON + 10 * 24 * HOUR).timestamp())
    assert made.lines.get().tax_point == NOON + HOUR


@pytest.mark.parametrize(
    ("country", "number", "postal", "tax", "line"),
    [
        ("DE", "DE123456789", "", 0, ("DE", "reverse_charge", 0)),
        ("DE", "", "", 19_070_000, ("DE", "charged", 1_900)),
        ("BR", "", "", 0, ("BR", "not_taxed", 0)),
        ("US", "", "10001", 8_910_000, ("US", "charged", 888)),
    ],
)
def test_each_country_by_its_custom(
    used, harbour, alice, taxed, country, number, postal, tax, line
):
    stripe_tax.party(harbour, country=country)
    stripe_tax.details(harbour, alice, tax_id=number, postal_code=postal)
    made = invoice(harbour)
    assert (made.tax_micro, tax_of_books()) == (tax, tax)
    row = made.lines.get()
    assert (row.jurisdiction, row.treatment, row.tax_bps) == line


def test_several_jurisdictions_stand_in_one_note(used, harbour, alice, taxed):
    stripe_tax.party(harbour, country="US")
    stripe_tax.details(harbour, alice, postal_code="10001")
    line = invoice(harbour).lines.get()
    assert line.tax_note == "Sales tax NY 4% + NY 4.5% + NY 0.375% (by Stripe Tax)"


def test_what_is_printed_is_stripes_sum_and_not_a_rate_times_a_base(
    market, harbour, alice, sally, taxed
):
    """8.875 % is 888 basis points only when it is written down: 1,000.00 at that would be 88.80."""
    record_seller(sally)
    stripe_tax.party(harbour, country="US")
    stripe_tax.details(harbour, alice, postal_code="10001")
    make.funded(harbour, 10 * WHOLE)
    stripe_tax.rented(harbour, price_micro=3_000_000_000)
    made = invoice(harbour)
    assert (made.net_micro, made.tax_micro) == (1_000_000_000, 88_750_000)
    assert services.paper_content(made)["tax"][0]["tax_micro"] == 88_750_000
    notes = [credit(made, part) for part in (999_990_000, 10_000)]
    assert [note.tax_micro for note in notes] == [88_750_000, 0]
    assert tax_of_books() == 0


def test_tax_by_jurisdiction_adds_up_to_the_ledger(used, harbour, alice, charlie, taxed):
    invoice(harbour)
    other = charlie.organisations.get()
    stripe_tax.party(other, country="DE")
    for price in (2_345_679, 1_111_111, 999_999):
        papers.rented(other, price_micro=price)
    of_other = invoice(other)
    assert of_other.lines.count() == 3
    credit(of_other, 500_000)
    sums = {}
    for paper, sign in [(one, 1) for one in Invoice.objects.all()] + [
        (one, -1) for one in CreditNote.objects.all()
    ]:
        for row in services.paper_content(paper)["tax"]:
            place = row["jurisdiction"]
            sums[place] = sums.get(place, 0) + sign * row["tax_micro"]
    assert sums["SG"] == 9_030_000
    assert sums["DE"] == of_other.tax_micro - CreditNote.objects.get().tax_micro
    assert sum(sums.values()) == tax_of_books()


def test_by_rules_stripe_is_not_asked(used, harbour, sally, taxed, settings):
    settings.TAX_BY = "rules"
    tax_rule(sally, rate_bps=800)
    made = invoice(harbour)
    assert (made.tax_micro, made.tax_calculation) == (8_030_000, None)
    assert (taxed.calls, TaxCalculation.objects.count()) == ([], 0)


def test_by_stripe_rules_do_not_count(used, harbour, sally):
    tax_rule(sally, rate_bps=800)
    assert invoice(harbour).tax_micro == 9_030_000


def test_the_same_key_is_the_same_invoice_and_asks_once(used, harbour, taxed):
    first = invoice(harbour, key="k")
    assert invoice(harbour, key="k") == first
    assert len(taxed.calls) == 1


def test_where_nothing_was_charged_stripe_is_not_asked(used, harbour, taxed):
    invoice(harbour)
    with pytest.raises(services.NothingToInvoice):
        invoice(harbour)
    assert len(taxed.calls) == 1


# --- something changes between the question and the lock


def charging_meanwhile(monkeypatch, harbour, *, times):
    """After each of the first answers, ten minutes of two more GPUs are charged: 0.80 USD."""
    whole, left = calculating.calculate, [times]

    def calculate(**asked):
        answer = whole(**asked)
        if left[0]:
            left[0] -= 1
            papers.rented(harbour)
        return answer

    monkeypatch.setattr(calculating, "calculate", calculate)


def test_what_is_charged_meanwhile_is_asked_for_anew(used, harbour, taxed, monkeypatch):
    charging_meanwhile(monkeypatch, harbour, times=1)
    made = invoice(harbour)
    assert (made.net_micro, made.tax_micro) == (101_170_000, 9_110_000)
    assert [row.base_micro for row in TaxCalculation.objects.order_by("pk")] == [
        *(100_370_000, 101_170_000)
    ]
    assert made.tax_calculation.base_micro == 101_170_000
    assert tax_of_books() == 9_110_000


def test_stripe_is_asked_three_times_and_no_more(used, harbour, taxed, monkeypatch):
    charging_meanwhile(monkeypatch, harbour, times=9)
    with pytest.raises(services.TaxUnavailable, match="changes all the time"):
        invoice(harbour)
    assert len(taxed.calls) == 3
    assert not Invoice.objects.exists()
    assert not NumberSeries.objects.exists()
    assert tax_of_books() == 0


def test_a_buyer_that_changes_meanwhile_is_asked_for_anew(used, harbour, alice, monkeypatch):
    whole, said = calculating.calculate, []

    def calculate(**asked):
        answer = whole(**asked)
        if not said:
            said.append(stripe_tax.party(harbour, country="DE"))
        return answer

    monkeypatch.setattr(calculating, "calculate", calculate)
    made = invoice(harbour)
    assert (made.buyer["country"], made.tax_micro) == ("DE", 19_070_000)
    assert TaxCalculation.objects.count() == 2


# --- Stripe does not say


@pytest.mark.parametrize("fault", ["401", "403", "409", "429", "500", "drop", "broken"])
def test_without_an_answer_no_invoice_is_issued(used, harbour, taxed, fault):
    taxed.faults.append(fault)
    with pytest.raises(services.TaxUnavailable, match="did not say what the tax is"):
        invoice(harbour, key="k")
    assert_nothing_issued(harbour)
    assert not TaxCalculation.objects.exists()


@pytest.mark.parametrize("fault", ["drop", "broken"])
def test_after_an_answer_that_was_lost_or_broken_stripe_is_asked_anew(used, harbour, taxed, fault):
    """It would repeat its 500 for a day under the same key."""
    taxed.faults.append(fault)
    with pytest.raises(services.TaxUnavailable):
        invoice(harbour, key="k")
    made = invoice(harbour, key="k", at=NOON + 3 * HOUR)
    assert (made.tax_micro, TaxCalculation.objects.get()) == (9_030_000, made.tax_calculation)


def test_the_month_is_invoiced_once_stripe_answers(used, harbour, taxed):
    december = NOON.replace(month=12, day=1, hour=1)
    taxed.clock = december.timestamp
    taxed.faults.append("500")
    assert services.issue_monthly(at=december) == 0
    assert_nothing_issued(harbour)
    assert services.issue_monthly(at=december + HOUR) == 1
    assert Invoice.objects.get().tax_micro == 9_030_000


@pytest.mark.parametrize(
    ("country", "number", "postal", "why"),
    [
        ("US", "", "", "the postal code is missing, by which US taxes; give it in the billing"),
        ("US", "", "X", "X is no postal code of US; correct it in the billing details"),
        ("", "", "", "the country of the buyer is not known; it comes from screening"),
        ("DE", "none", "", "the tax registration number none has not the form of DE"),
    ],
)
def test_a_detail_that_lacks_is_named(used, harbour, alice, taxed, country, number, postal, why):
    stripe_tax.party(harbour, country=country)
    stripe_tax.details(harbour, alice, tax_id=number, postal_code=postal)
    with pytest.raises(services.BuyerNotPlaced, match=why):
        invoice(harbour)
    assert_nothing_issued(harbour)


def test_once_the_detail_is_given_the_invoice_is_issued(used, harbour, alice):
    stripe_tax.party(harbour, country="US")
    with pytest.raises(services.BuyerNotPlaced):
        invoice(harbour)
    stripe_tax.details(harbour, alice, postal_code="10001")
    assert invoice(harbour).tax_micro == 8_910_000


def test_an_answer_about_another_amount_is_not_taken(used, harbour, monkeypatch):
    whole = adapter.calculate

    def other(**asked):
        answer = whole(**asked)
        return adapter.Calculated(**{**vars(answer), "total": answer.total + 1})

    monkeypatch.setattr(adapter, "calculate", other)
    with pytest.raises(services.TaxUnavailable, match="is of another amount"):
        invoice(harbour)
    assert_nothing_issued(harbour)


def test_what_stripe_refuses_for_another_reason_is_told(used, harbour, monkeypatch):
    def refuse(**asked):
        raise adapter.Refused("No such tax code.", "resource_missing")

    monkeypatch.setattr(adapter, "calculate", refuse)
    with pytest.raises(services.TaxUnavailable, match="No such tax code"):
        invoice(harbour)
    assert_nothing_issued(harbour)


# --- the database's own guards


def copy_of(made, **change):
    names = ("organisation", "wallet", "currency", "seller", "buyer", "series_id")
    amounts = ("net_micro", "rounding_micro", "tax_micro", "total_micro", "tax_calculation")
    known = {name: getattr(made, name) for name in (*names, *amounts)}
    start, end = made.period.upper, made.period.upper + HOUR
    known |= {"number": 9, "period": (start, end), "key": "other", "issued_at": NOON}
    return Invoice(**{**known, **change})


def test_the_database_refuses_one_calculation_for_two_invoices(used, harbour):
    made = invoice(harbour)
    with pytest.raises(DatabaseError, match="tax_calculation_id"), transaction.atomic():
        copy_of(made).save(force_insert=True)


@pytest.mark.parametrize(
    "change",
    [
        {"tax_micro": 9_040_000, "total_micro": 109_410_000},
        {"tax_micro": 0, "total_micro": 100_370_000},
        {"net_micro": 100_380_000, "total_micro": 109_410_000},
        {"currency": "EUR"},
    ],
)
def test_the_database_refuses_a_tax_that_was_not_calculated(used, harbour, change):
    made = invoice(harbour)
    with pytest.raises(DatabaseError, match="tax_as_calculated"), transaction.atomic():
        copy_of(made, **change).save(force_insert=True)
    assert Invoice.objects.count() == 1


def test_control_without_the_comparison_the_database_refuses(used, harbour, monkeypatch):
    charging_meanwhile(monkeypatch, harbour, times=1)
    monkeypatch.setattr(calculating, "matching", lambda *, known, **facts: known)
    with pytest.raises(DatabaseError, match="tax_as_calculated"), transaction.atomic():
        invoice(harbour)
    assert not Invoice.objects.exists()


# --- given back


def test_credit_notes_give_back_the_tax_and_not_a_cent_more(used, harbour, taxed):
    billed = invoice(harbour)
    notes = [credit(billed, part) for part in (33_330_000, 10_000, 10_000, 67_020_000)]
    assert [note.tax_micro for note in notes] == [3_000_000, 0, 0, 6_030_000]
    assert [note.total_micro for note in notes] == [36_330_000, 10_000, 10_000, 73_050_000]
    assert (posted(harbour), tax_of_books()) == (FUNDS, 0)
    assert ledger.verify() == []


def test_many_small_notes_do_not_drift(used, harbour, taxed):
    """9 % of 0.05 is less than half a cent: by rates none of them would give back any tax."""
    billed = invoice(harbour)
    notes = [credit(billed, 50_000) for _ in range(20)]
    assert sum(note.tax_micro for note in notes) == 90_000
    assert {note.tax_micro for note in notes} == {0, 10_000}
    rest = credit(billed, 100_370_000 - 20 * 50_000)
    assert sum(note.tax_micro for note in (*notes, rest)) == 9_030_000
    assert tax_of_books() == 0


def test_several_jurisdictions_are_given_back_whole(used, harbour, alice, taxed):
    stripe_tax.party(harbour, country="US")
    stripe_tax.details(harbour, alice, postal_code="10001")
    billed = invoice(harbour)
    notes = [credit(billed, part) for part in (50_000_000, 50_370_000)]
    assert [note.tax_micro for note in notes] == [4_440_000, 4_470_000]
    assert tax_of_books() == 0


def test_tax_still_owed_is_set_off(used, harbour, taxed):
    from tests.billing.test_invoices import make_poor

    make_poor(harbour)
    billed = invoice(harbour)
    assert (services.due_micro(billed), TaxPayment.objects.get().amount_micro) == (
        *(9_010_000, 20_000),
    )
    note = credit(billed, 50_000_000)
    assert (note.tax_micro, note.set_off_micro) == (4_500_000, 4_500_000)
    assert services.due_micro(billed) == 4_510_000


# --- on paper


def test_the_papers_say_how_stripe_taxed(used, harbour, taxed):
    billed = invoice(harbour)
    note = credit(billed, 33_330_000)
    [row] = services.paper_content(billed)["tax"]
    assert (row["note"], row["tax_micro"]) == ("GST 9% (by Stripe Tax)", 9_030_000)
    [row] = services.paper_content(note)["tax"]
    assert (row["note"], row["tax_micro"]) == ("GST 9% (by Stripe Tax)", 3_000_000)
    for paper, sums in ((billed, "on 100.37 9.03"), (note, "on 33.33 3.00")):
        content = bytes(services.paper_pdf(paper, at=NOON).content)
        assert f"GST 9% (by Stripe Tax) {sums}" in text_of(io.BytesIO(content))


def test_the_longest_note_has_its_lines_on_the_pdf(used, harbour, alice, taxed):
    stripe_tax.party(harbour, country="US")
    stripe_tax.details(harbour, alice, postal_code="10001")
    text = text_of(io.BytesIO(bytes(services.paper_pdf(invoice(harbour), at=NOON).content)))
    assert "Sales tax NY 4% + NY 4.5% + NY 0.375% (by Stripe Tax) on 100.37" in text
    assert "8.91" in text


def test_lines_of_one_invoice_are_all_taxed_alike(market, harbour, sally, taxed):
    record_seller(sally)
    running = use.running(harbour, price_micro=2_345_679)
    report(running, minutes(0, 10))
    services.charge(reservation=running, at=NOON + 10 * MINUTE)
    papers.rented(harbour, price_micro=1_111_111)
    made = invoice(harbour)
    assert {(line.treatment, line.tax_bps) for line in InvoiceLine.objects.all()} == {
        *[("charged", 900)]
    }
    assert made.lines.count() == 2
    assert (made.net_rounded, made.tax_micro) == (1_150_000, 100_000)
