"""Fault cases of billing that concern time, sums, currencies and rewriting, by their numbers.

12 clocks and calendars, 18 a million sub-cent rows, 19 re-rating, 29 currencies without cents or
with thousandths, 30 rewriting. `bench/invoice.py` does 18 with a million rows.
"""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

import marketplace
from marketplace.billing import periods, services
from marketplace.billing.models import Charge, Invoice, InvoiceLine
from marketplace.brokerage import services as brokerage
from marketplace.core import money
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Account, Kind, Transaction, Transfer
from marketplace.metering import services as metering
from marketplace.metering.models import Usage
from tests import make
from tests.billing import use
from tests.billing.papers import credit, invoice, record_seller, rented
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture
def seller(sally):
    return record_seller(sally)


@pytest.mark.parametrize(
    ("start", "hours"),
    [
        # clocks go back: three hours by the wall, four that pass
        (datetime(2026, 11, 1, 0, tzinfo=NEW_YORK), 4),
        # clocks go forward: three hours by the wall, two that pass
        (datetime(2027, 3, 14, 1, tzinfo=NEW_YORK), 2),
    ],
)
def test_12_hours_are_those_that_pass_not_those_of_a_wall_clock(harbour, start, hours):
    """From midnight (or one) to three hours later by a clock in New York, as the edges take it."""
    begin, end = start.astimezone(UTC), (start + 3 * HOUR).astimezone(UTC)
    call_command("load_reference", verbosity=0)
    make.fresh_list(at=start)
    make.funded(harbour, at=start)
    made = make.reservation(harbour, make.offer(), start=begin, end=end, at=begin)
    assert made.hold.placed == hours * 2_400_000
    assignment = make.started(made, at=begin)
    segment = make.segment(assignment, begin, end, final=True)
    make.accept(machine=assignment.machine, segments=[segment], at=end)
    metering.seal(reservation=made, at=end)
    assert services.charge(reservation=made, at=end) == hours * 2_400_000
    assert Charge.objects.get().covered_ms == hours * 3_600_000


@pytest.mark.parametrize(
    ("edge", "first", "second"),
    [
        (datetime(2026, 12, 1, tzinfo=UTC), "2026-11", "2026-12"),  # month
        (datetime(2027, 1, 1, tzinfo=UTC), "2026-12", "2027-01"),  # year
        (datetime(2028, 3, 1, tzinfo=UTC), "2028-02", "2028-03"),  # 29 February
    ],
)
def test_12_a_moment_is_in_one_month_and_the_edge_in_the_later(edge, first, second):
    before = edge - timedelta(microseconds=1)
    assert periods.name_of(periods.month_of(before)) == first
    assert periods.name_of(periods.month_of(edge)) == second
    assert periods.month_before(edge) == periods.month_of(before)


def test_12_periods_are_half_open_and_touch(market, harbour, seller):
    """Charged a microsecond before midnight and at midnight of the first: two invoices, no gap."""
    midnight = datetime(2026, 12, 1, tzinfo=UTC)
    make.funded(harbour, 10**9)
    made = make.reservation(harbour, make.offer(), hours=24 * 8)
    make.started(made)
    use.report(made, (timedelta(), HOUR), at=midnight)
    services.charge(reservation=made, at=midnight - timedelta(microseconds=1))
    use.report(made, (HOUR, 2 * HOUR), at=midnight)
    services.charge(reservation=made, at=midnight)
    assert services.issue_monthly(at=midnight) == 1
    assert services.issue_monthly(at=midnight + HOUR) == 0, "it may run as often as it likes"
    assert services.issue_monthly(at=datetime(2027, 1, 1, tzinfo=UTC)) == 1
    first, second = Invoice.objects.order_by("pk")
    assert (first.key, second.key) == ("monthly:2026-11:USD", "monthly:2026-12:USD")
    assert (first.net_micro, second.net_micro) == (2_400_000, 2_400_000)
    assert first.period.upper == second.period.lower == midnight
    assert (second.code, second.period.upper) == (
        "INV-2027-000001",
        datetime(2027, 1, 1, tzinfo=UTC),
    )


INSERT = """
INSERT INTO metering_usage (public_id, created_at, lease_id, during, sealed_at)
SELECT gen_random_uuid(), now(), %s, tstzrange(
    %s::timestamptz + n * interval '7 millisecond',
    %s::timestamptz + n * interval '7 millisecond' + interval '3 millisecond'), now()
FROM generate_series(%s, %s) AS n
"""


def test_18_sub_cent_rows_add_up_to_the_micro_unit(market, harbour, seller):
    """20,000 pieces of 3 ms cost less than a micro-unit each; charged in ticks, none is lost."""
    price, pieces, ticks = 333_333, 20_000, 5
    make.funded(harbour)
    made = make.reservation(harbour, make.offer(price_micro=price))
    make.started(made)
    lease = made.assignments.get().leases.get()
    step = pieces // ticks
    for tick in range(ticks):
        with connection.cursor() as cursor:
            cursor.execute(INSERT, [lease.pk, NOON, NOON, tick * step, (tick + 1) * step - 1])
        services.charge(reservation=made, at=NOON + HOUR)
    exact = price * pieces * 3 // 3_600_000
    assert Usage.objects.count() == pieces
    assert Charge.objects.count() == ticks
    booked = Transfer.objects.filter(transaction__kind="usage").values_list("amount", flat=True)
    assert sum(Charge.objects.values_list("amount_micro", flat=True)) == sum(booked) == exact
    brokerage.stop(reservation=made, by=None, at=NOON + HOUR)
    with pytest.raises(services.NothingToInvoice):
        invoice(harbour)  # 5,555 micro-units: less than a cent
    assert exact == 5_555


def test_18_the_lines_of_an_invoice_are_its_total_and_the_ledger(market, harbour, seller):
    for price in (2_345_679, 777_777, 1_999_999):
        rented(harbour, price_micro=price)
    made = invoice(harbour)
    booked = Transfer.objects.filter(transaction__kind="usage").values_list("amount", flat=True)
    lines = InvoiceLine.objects.values_list("amount_micro", flat=True)
    assert sum(lines) == made.net_micro == sum(booked)
    assert made.total_micro == made.net_micro + made.rounding_micro
    wallet = services.wallet(organisation=harbour).posted
    assert wallet == 300_000_000 - made.total_micro


def test_19_a_corrected_price_is_posted_as_a_difference_and_once(market, harbour, seller, sally):
    used = rented(harbour)
    services.correct_terms(
        reservation=used,
        price_micro=1_200_000,
        since=NOON,
        reason="A slip.",
        by=sally,
        at=NOON + 2 * HOUR,
    )
    assert services.wallet(organisation=harbour).posted == 100_000_000 - 400_000
    count = Transaction.objects.count()
    assert services.charge(reservation=used, at=NOON + 3 * HOUR) == 0
    assert Transaction.objects.count() == count


def test_19_a_ruling_is_posted_as_a_difference_and_once(market, harbour, seller, sally):
    used = rented(harbour)
    ruling = metering.rule_outage(
        assignment=used.assignments.get(),
        start=NOON,
        end=NOON + use.MINUTE,
        reason="No power.",
        by=sally,
        at=NOON + 2 * HOUR,
    )
    first = services.rerate(ruling=ruling, at=NOON + 2 * HOUR)
    count = Transaction.objects.count()
    assert first.amount_micro == -80_000
    assert services.rerate(ruling=ruling, at=NOON + 3 * HOUR) == first
    assert services.charge(reservation=used, at=NOON + 3 * HOUR) == 0
    assert Transaction.objects.count() == count


@pytest.mark.parametrize(
    ("currency", "minor", "text"),
    [
        ("USD", 1234, "12.34"),
        ("JPY", 12, "12"),
        ("VND", 25_000, "25,000"),
        ("KWD", 12_345, "12.345"),
    ],
)
def test_29_minor_units_follow_the_table_of_exponents(currency, minor, text):
    micro = money.micro_from_minor(minor, currency)
    assert micro == minor * 10 ** (6 - money.EXPONENT[currency])
    assert money.minor_from_micro(micro, currency) == minor
    assert money.text_of_minor(micro, currency) == text
    assert money.whole_minor(micro + 1, currency) == micro
    with pytest.raises(money.BadAmount, match="not a whole number of minor units"):
        money.minor_from_micro(micro + 1, currency)


@pytest.mark.parametrize(("currency", "tax"), [("USD", 90_000), ("JPY", 0), ("KWD", 90_000)])
def test_29_tax_is_rounded_to_the_currencys_own_unit(currency, tax):
    assert money.nearest_minor(1_000_000 * 900, currency) == tax
    assert (
        money.nearest_minor(10_000_000 * 900, currency) % (10 ** (6 - money.EXPONENT[currency]))
        == 0
    )


def test_29_nothing_else_multiplies_by_a_hundred():
    """Cents are made of amounts in core.money only."""
    amounts = r"(micro|amount|minor|cents?)"
    hundred = re.compile(rf"{amounts}\w*\s*(\*|//|/|%)\s*(100|10_000)\b", re.IGNORECASE)
    root = Path(marketplace.__file__).parent
    found = [
        f"{path.relative_to(root)}: {line.strip()}"
        for path in root.rglob("*.py")
        if "migrations" not in path.parts and path.name != "money.py"
        for line in path.read_text().splitlines()
        if hundred.search(line)
    ]
    assert found == []


TABLES = (
    *("billing_invoice", "billing_invoiceline", "billing_linespan", "billing_paperfile"),
    *("billing_creditnote", "billing_creditline", "ledger_transfer", "ledger_transaction"),
)


@pytest.mark.parametrize("table", TABLES)
def test_30_papers_and_books_cannot_be_rewritten(market, harbour, seller, table):
    rented(harbour)
    made = invoice(harbour)
    services.paper_pdf(made, at=NOON)
    credit(made, 100_000)
    connection.check_constraints()
    for sql in ("UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"):
        refused = pytest.raises(DatabaseError, match=f"on {table} is forbidden")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql.format(table))


def test_30_a_wrong_currency_and_a_transfer_to_itself_are_refused(harbour):
    wallet = make.funded(harbour)
    yen = Account.objects.create(kind=Kind.ROUNDING, currency="JPY")
    row = Transaction.objects.get()
    for debit, credit_, why in ((yen, wallet, "currency"), (wallet, wallet, "two_accounts")):
        entry = Transfer(transaction=row, debit=debit, credit=credit_, currency="USD", amount=1)
        with pytest.raises(DatabaseError, match=why), transaction.atomic():
            entry.save(force_insert=True)
    with pytest.raises(ledger.BadEntry, match="same currency"):
        ledger.post(key="k", kind="t", entries=[ledger.Entry(yen, wallet, 1)], at=NOON)
    assert Transfer.objects.count() == 1
