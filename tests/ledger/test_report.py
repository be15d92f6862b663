"""Reports and exports say what the transfers say, and nothing else."""

import csv
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from beancount import loader
from django.core.management import CommandError, call_command

from marketplace.ledger import services as ledger
from marketplace.ledger.chart import HEADINGS, PLACES, heading
from marketplace.ledger.models import Kind
from tests.make import NOON

pytestmark = pytest.mark.django_db
RENTER, PROVIDER = UUID("abcdefab-0000-4000-8000-000000000001"), UUID(int=2)
DAY = timedelta(days=1)


@pytest.fixture
def books(db):
    """USD on the 24th and the 26th just before midnight, EUR on the 24th."""
    usd = {
        "pending": ledger.account(kind=Kind.STRIPE_PENDING, currency="USD"),
        "wallet": ledger.account(kind=Kind.WALLET, owner=RENTER, currency="USD"),
        "provider": ledger.account(kind=Kind.PROVIDER_PENDING, owner=PROVIDER, currency="USD"),
        "fee": ledger.account(kind=Kind.PLATFORM_FEE, currency="USD"),
    }
    pending = ledger.account(kind=Kind.STRIPE_PENDING, currency="EUR")
    wallet = ledger.account(kind=Kind.WALLET, owner=RENTER, currency="EUR")
    late = NOON + 2 * DAY + timedelta(hours=11, minutes=59, seconds=59)
    post("top-up", NOON, [(usd["pending"], usd["wallet"], 25_000_000)], 'says "hi" \\ \n bye')
    post("euro", NOON, [(pending, wallet, 7)])
    use = [(usd["wallet"], usd["provider"], 85), (usd["wallet"], usd["fee"], 15)]
    post("usage:1", late, use)
    return usd


def post(key, at, entries, reason=""):
    entries = [ledger.Entry(*entry) for entry in entries]
    return ledger.post(key=key, kind="test", entries=entries, at=at, reason=reason)


def rows(first, last):
    return [
        (row.day.day, row.currency, row.kind, row.debits, row.credits, row.change, row.closing)
        for row in ledger.report(first=date(2026, 11, first), last=date(2026, 11, last))
    ]


def test_every_kind_of_account_has_its_place():
    assert set(PLACES) == set(Kind)
    assert {place.split(":")[0] for place in PLACES.values()} <= {
        "Assets",
        "Liabilities",
        "Income",
        "Expenses",
    }


def test_a_day_shows_what_moved_and_what_stands(books):
    assert rows(26, 26) == [
        (26, "EUR", "stripe_pending", 0, 0, 0, -7),
        (26, "EUR", "wallet_paid", 0, 0, 0, 7),
        (26, "USD", "platform_fee", 0, 15, 15, 15),
        (26, "USD", "provider_pending", 0, 85, 85, 85),
        (26, "USD", "stripe_pending", 0, 0, 0, -25_000_000),
        (26, "USD", "wallet_paid", 100, 0, -100, 24_999_900),
    ]


def test_days_before_the_first_are_only_in_the_closing(books):
    assert [row[0] for row in rows(23, 25)] == [24] * 4 + [25] * 4
    assert rows(24, 24)[3] == (24, "USD", "wallet_paid", 0, 25_000_000, 25_000_000, 25_000_000)
    assert {row[5] for row in rows(25, 25)} == {0}


def test_changes_and_closings_of_a_day_add_up_to_zero(books):
    sums = defaultdict(lambda: [0, 0])
    for day, currency, *_, change, closing in rows(20, 30):
        sums[day, currency][0] += change
        sums[day, currency][1] += closing
    assert len(sums) == 14
    assert set(map(tuple, sums.values())) == {(0, 0)}


@pytest.mark.parametrize("told", [list, lambda rows: ledger.summarise(rows=rows)])
def test_a_day_opens_where_the_day_before_closed(books, told):
    closed: dict[tuple[str, ...], int] = defaultdict(int)
    moved = 0
    for row in told(ledger.report(first=date(2026, 11, 20), last=date(2026, 11, 30))):
        of = (row.currency, row[2])
        assert row.opening == closed[of]
        assert row.opening + row.change == row.closing
        closed[of] = row.closing
        moved += row.change != 0
    assert moved == 7, "and something did move"


def test_the_report_of_everything_closes_at_the_totals(books):
    last = [row for row in rows(20, 30) if row[0] == 30 and row[1] == "USD"]
    assert {row[2]: row[6] for row in last} == ledger.totals(currency="USD")


def test_the_report_is_written_as_csv(books, tmp_path, capsys):
    target = tmp_path / "report.csv"
    asked = ("ledger_report", "--from", "2026-11-24", "--to", "2026-11-26")
    call_command(*asked, "--csv", str(target))
    assert f"14 rows in {target}" in capsys.readouterr().out
    sheet = list(csv.DictReader(target.read_text().splitlines()))
    assert len(sheet) == 4 + 4 + 6
    assert sheet[-1] == {
        "day": "2026-11-26",
        "currency": "USD",
        "place": "Liabilities:Wallets",
        "kind": "wallet_paid",
        "opening": "25000000",
        "debits": "100",
        "credits": "0",
        "change": "-100",
        "closing": "24999900",
    }
    call_command(*asked)
    assert capsys.readouterr().out.split() == target.read_text().split()
    assert list(tmp_path.iterdir()) == [target]


def test_days_in_the_wrong_order_are_refused(db):
    with pytest.raises(CommandError, match="swap them"):
        call_command("ledger_report", "--from", "2026-11-26", "--to", "2026-11-24")


@pytest.mark.parametrize("command", ["ledger_report", "export_beancount"])
def test_a_file_that_cannot_be_written_leaves_nothing(books, tmp_path, command):
    target = str(tmp_path / "none" / "file")
    days = ("--from", "2026-11-24", "--to", "2026-11-26", "--csv")
    with pytest.raises(CommandError, match="nothing was written"):
        call_command(command, *(days if command == "ledger_report" else ()), target)
    assert list(tmp_path.iterdir()) == []


def test_an_export_that_fails_keeps_the_file_from_before(books, tmp_path, monkeypatch):
    target = tmp_path / "books.beancount"
    target.write_text("before")
    monkeypatch.setattr(ledger.exporting, "_closing", lambda upto: [1 / 0])
    with pytest.raises(ZeroDivisionError):
        ledger.export_beancount(target=target)
    assert target.read_text() == "before"
    assert list(tmp_path.iterdir()) == [target]


def entries(target):
    """The file's directives by kind, as beancount itself reads them; what it minds fails."""
    found, problems, _ = loader.load_file(str(target))
    assert [problem.message for problem in problems] == []
    kinds = defaultdict(list)
    for one in found:
        kinds[type(one).__name__].append(one)
    return kinds


def test_beancount_accepts_the_export_and_it_says_what_the_ledger_says(books, tmp_path):
    target = tmp_path / "books.beancount"
    assert ledger.export_beancount(target=target) == 3
    found = entries(target)
    sums = {one.account: one.amount.number for one in found["Balance"]}
    opened = {one.account: str(one.date) for one in found["Open"]}
    wallet = "Liabilities:Wallets:ABCDEFAB-0000-4000-8000-000000000001"
    assert sums[f"{wallet}:USD"] == Decimal("-24.999900")
    assert sums[f"{wallet}:EUR"] == Decimal("-0.000007")
    assert sums["Income:PlatformFee:USD"] == Decimal("-0.000015")
    assert opened[f"{wallet}:USD"] == "2026-11-24"
    assert opened["Income:PlatformFee:USD"] == "2026-11-26"
    days = [str(one.date) for one in found["Transaction"]]
    assert days == ["2026-11-24", "2026-11-24", "2026-11-26"]
    assert sums.keys() == opened.keys()


def test_a_wrong_amount_in_an_export_would_be_noticed(books, tmp_path):
    target = tmp_path / "books.beancount"
    ledger.export_beancount(target=target)
    exported = target.read_text()
    for wrong in ("0.000084 USD", "0.000086 USD"):
        target.write_text(exported.replace("-0.000085 USD", f"-{wrong}", 1))
        with pytest.raises(AssertionError, match="does not balance"):
            entries(target)


def test_text_cannot_break_out_of_its_quotes(books, tmp_path):
    target = tmp_path / "books.beancount"
    call_command("export_beancount", str(target))
    assert '2026-11-24 * "test" "says \\"hi\\" \\\\ bye"\n  key: "top-up"\n' in target.read_text()


def test_books_without_a_row_make_a_file_without_a_transaction(db, tmp_path):
    target = tmp_path / "books.beancount"
    assert ledger.export_beancount(target=target) == 0
    assert entries(target) == {}


def test_every_place_stands_under_a_heading():
    assert {heading(place) for place in PLACES.values()} <= set(HEADINGS.values())
    with pytest.raises(KeyError, match="stands under no heading"):
        heading("Assets:Gold")


def test_a_summary_shows_debts_as_a_reader_expects_them(books):
    owed = ledger.account(kind=Kind.RENTER_RECEIVABLE, owner=RENTER, currency="USD")
    post("debt", NOON + 3 * DAY, [(owed, books["wallet"], 40), (books["wallet"], books["fee"], 40)])
    rows = ledger.summarise(rows=ledger.report(first=date(2026, 11, 27), last=date(2026, 11, 27)))
    assert [tuple(row)[2:] for row in rows if row.currency == "USD"] == [
        ("owed to providers", 85, 0, 85),
        ("receivables", 0, 40, 40),
        ("revenue", 15, 40, 55),
        ("wallets", 24_999_900, 0, 24_999_900),
        ("with Stripe", 25_000_000, 0, 25_000_000),
    ]


@pytest.mark.parametrize("asked", [(), ("--summary",)])
def test_days_before_the_first_booking_have_the_heading_alone(books, capsys, asked):
    days = ("--from", "2026-11-20", "--to", "2026-11-24")
    call_command("ledger_report", *days, *asked)
    heading = capsys.readouterr().out.split()[0]
    call_command("ledger_report", "--from", "2026-11-20", "--to", "2026-11-23", *asked)
    assert capsys.readouterr().out.split() == [heading]


def test_a_summary_is_written_as_csv(books, tmp_path, capsys):
    target = tmp_path / "summary.csv"
    asked = ("ledger_report", "--from", "2026-11-24", "--to", "2026-11-24", "--summary")
    call_command(*asked, "--csv", str(target))
    sheet = list(csv.DictReader(target.read_text().splitlines()))
    assert [row["heading"] for row in sheet] == ["wallets", "with Stripe"] * 2
    call_command(*asked)
    assert "2026-11-24,USD,with Stripe,0,25000000,25000000" in capsys.readouterr().out
