"""A fee for time given up: on an invoice, taxed, creditable; matured, paid out and stated."""

import csv
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from marketplace.billing import services
from marketplace.billing.models import (
    Charge,
    Invoice,
    InvoiceLine,
    LineSpan,
    MaturedFee,
    Maturity,
)
from marketplace.billing.services import payouts
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import WindowChange
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Transaction
from tests import make
from tests.billing import earning, given_up, papers, use, whole
from tests.billing.earning import DAY
from tests.billing.given_up import FEE, FUNDS, OURS, START, THEIRS
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
RIPE = NOON + 7 * DAY


@pytest.fixture
def offer(market, sally):
    papers.record_seller(sally)
    return given_up.offer()


@pytest.fixture
def cancelled(harbour, offer):
    """Two GPUs for four hours from START, given up at noon."""
    return given_up.cancelled(harbour, offer)


def wallet(renter):
    row = services.wallet(organisation=renter)
    return row.posted, row.held


def invoice(renter, until=NOON + HOUR):
    return papers.invoice(renter, until=until, at=max(until, NOON + HOUR))


def test_the_invoice_has_a_line_for_it(cancelled, harbour):
    made = invoice(harbour)
    [line] = made.lines.all()
    change = WindowChange.objects.get()
    assert (line.change, line.rate, line.amount_micro) == (change, None, FEE)
    assert (line.billed_ms, line.price_micro_per_gpu_hour) == (0, 0)
    assert line.tax_point == NOON
    assert line.description.startswith("Time given up: 2 × H100 80GB, ")  # noqa: RUF001
    assert (made.net_micro, made.rounding_micro, made.total_micro) == (FEE, 0, FEE)
    assert wallet(harbour) == (FUNDS - FEE, 0)
    assert not LineSpan.objects.exists()
    assert whole.not_on_one_paper() == []


def test_the_paper_says_what_was_given_up(cancelled, harbour):
    made = invoice(harbour)
    [line] = services.paper_content(made)["lines"]
    assert line["given_up"] == {
        "change": str(WindowChange.objects.get().public_id),
        "how": "cancelled",
        "from": "2026-11-26T12:00:00.000000Z",
        "until": "2026-11-26T16:00:00.000000Z",
    }
    assert not {"billed_ms", "price_micro_per_gpu_hour"} & set(line)
    assert services.paper_pdf(made, at=NOON).content.startswith(b"%PDF")


def test_it_is_taxed_by_the_same_rules(cancelled, harbour, sally):
    papers.tax_rule(sally)
    made = invoice(harbour)
    [line] = made.lines.all()
    assert (line.jurisdiction, line.treatment, line.tax_bps) == ("SG", "charged", 900)
    assert (made.net_micro, made.tax_micro, made.total_micro) == (FEE, 170_000, 2_090_000)
    assert wallet(harbour) == (FUNDS - 2_090_000, 0)


def test_it_is_invoiced_once(cancelled, harbour):
    invoice(harbour)
    with pytest.raises(services.NothingToInvoice):
        invoice(harbour, NOON + 2 * HOUR)
    assert InvoiceLine.objects.count() == 1


def test_it_waits_for_the_period_it_was_taken_in(cancelled, harbour):
    with pytest.raises(services.NothingToInvoice):
        invoice(harbour, NOON)
    assert not Invoice.objects.exists()
    assert invoice(harbour, NOON + timedelta(microseconds=1)).net_micro == FEE


def test_used_shortened_and_stopped_stand_on_one_invoice_that_is_the_ledger(harbour, offer):
    make.funded(harbour, FUNDS)
    row = make.reservation(harbour, offer, gpus=2, start=NOON, hours=4)
    make.started(row)
    row.refresh_from_db()
    brokerage.shorten(
        reservation=row, until=NOON + 3 * HOUR, key="s", by=None, at=NOON + timedelta(minutes=5)
    )
    row.refresh_from_db()
    use.report(row, use.minutes(0, 60), final=True)
    brokerage.stop(reservation=row, by=None, at=NOON + HOUR)
    row.refresh_from_db()
    services.settle(reservation=row, at=NOON + 2 * HOUR)
    made = invoice(harbour, NOON + 3 * HOUR)
    # two hours of two GPUs; half of one hour of them; half of the two hours that were left
    assert [line.amount_micro for line in made.lines.order_by("position")] == [
        *(4_800_000, 2_400_000, 4_800_000)
    ]
    kinds = made.lines.order_by("position").values_list("change__kind", flat=True)
    assert list(kinds) == [None, "shortened", "stopped"]
    assert wallet(harbour) == (FUNDS - 12_000_000, 0)
    assert (made.net_micro, made.total_micro) == (12_000_000, 12_000_000)
    assert whole.not_on_one_paper() == []
    assert ledger.verify() == []


def test_a_credit_note_gives_it_back_at_the_providers_cost(cancelled, harbour):
    note = papers.credit(invoice(harbour), 960_000, fault="provider")
    assert (note.net_micro, note.total_micro) == (960_000, 960_000)
    totals = ledger.totals(currency="USD")
    assert (totals["provider_receivable"], totals["platform_fee"]) == (-THEIRS // 2, OURS // 2)
    assert wallet(harbour) == (FUNDS - FEE // 2, 0)
    with pytest.raises(services.BadCredit, match="has 960000 micro-units left, not 960001"):
        papers.credit(note.invoice, 960_001, left=False)


def test_the_providers_part_matures_when_charges_would(cancelled, offer):
    operator = earning.provider(cancelled)
    assert payouts.mature(at=RIPE - timedelta(seconds=1)) == 0
    assert earning.books(operator) == (THEIRS, 0, 0, 0)
    assert payouts.mature(at=RIPE) == 1
    assert earning.books(operator) == (0, THEIRS, 0, 0)
    row = Maturity.objects.get()
    assert (row.organisation, row.amount_micro, row.owed_micro) == (operator, THEIRS, 0)
    assert payouts.mature(at=RIPE) == payouts.mature(at=RIPE + 30 * DAY) == 0
    assert (MaturedFee.objects.count(), whole.never_payable()) == (1, [])
    assert ledger.verify() == []


def test_one_that_was_passed_over_before_matures_with_the_next(cancelled, harbour):
    """Those that were taken while fees did not mature yet."""
    operator = earning.provider(cancelled)
    Maturity.objects.create(
        organisation=operator,
        currency="USD",
        amount_micro=0,
        owed_micro=0,
        upto=NOON + 40 * DAY,
        matured_at=NOON,
    )
    assert payouts.mature(at=NOON + 60 * DAY) == 1
    assert earning.books(operator) == (0, THEIRS, 0, 0)


def test_it_is_paid_out_and_stands_on_the_statement(fake, cancelled, harbour, settings):
    settings.PAYOUT_MINIMUM_MICRO = 10_000
    operator = earning.provider(cancelled)
    earning.stripe_account(fake, operator)
    charged = earning.more(harbour, cancelled, at=NOON + HOUR)
    earning.paid_out(RIPE + HOUR)
    payout = earning.send(RIPE + HOUR)
    assert (payout.state, payout.earned_micro) == ("paid", THEIRS + earning.EARNED)
    assert payout.amount_micro == 2_310_000
    assert [one["amount"] for one in fake.all("transfer")] == [231]
    assert earning.books(operator) == (0, 2_000, 0, 0)
    sums = payouts.statement(payout=payout)
    assert (sums.charged_micro, sums.fee_micro) == (FEE + 800_000, OURS + 120_000)
    assert sums.yours_micro == payout.amount_micro + payout.carried_out_micro
    stated = {row.reservation: row for row in payouts.rentals(payout=payout)}
    fee = stated[cancelled.public_id]
    assert (fee.machine, fee.what, fee.until) == ("", "given_up", NOON)
    assert (fee.charged_micro, fee.fee_micro, fee.yours_micro) == (FEE, OURS, THEIRS)
    assert stated[charged.public_id].yours_micro == earning.EARNED
    ever = payouts.all_rentals(provider=operator)
    assert {row.reservation: row for row in ever} == stated
    heading, *lines = csv.reader(",".join(row) for row in payouts.charge_rows(payout=payout))
    assert len(lines) == Charge.objects.count() + 1
    assert dict(zip(heading, lines[-1], strict=True)) == {
        "charge": str(cancelled.changes.get().public_id),
        "charged_at": NOON.isoformat(),
        "reservation": str(cancelled.public_id),
        "lease": "",
        "machine": "",
        "gpu": "",
        "billed_ms_so_far": "0",
        "charged": "1.92",
        "fee": "0.288",
        "yours": "1.632",
        "currency": "USD",
        "what": "given_up",
    }


def test_a_part_of_nothing_matures_without_a_posting(harbour, market, sally, offer, settings):
    settings.PLATFORM_FEE_BPS = 10_000
    given_up.cancelled(harbour, offer)
    before = Transaction.objects.count()
    assert payouts.mature(at=RIPE) == 1
    assert Transaction.objects.count() == before


def test_the_two_ways_to_share_it_are_one(cancelled):
    for fee in (1, 7, 1_919_999):
        WindowChange.objects.create(
            reservation=cancelled,
            kind="cancelled",
            was_until=START + HOUR,
            until=START,
            fee_micro=fee,
            at=NOON,
            idempotency_key=str(fee),
            request_sha256=b"",
        )
    rows = list(WindowChange.objects.with_fee().order_by("fee_micro"))
    assert [row.provider_micro for row in rows] == [0, 5, 1_631_999, THEIRS]
    assert [row.theirs_micro for row in rows] == [0, 5, 1_631_999, THEIRS]


@pytest.mark.parametrize("facts", [{"billed_ms": 1}, {"change": None}])
def test_a_line_is_of_a_rate_or_of_a_fee(cancelled, harbour, facts):
    line = invoice(harbour).lines.get()
    line.pk, line.position = None, 2
    for name, value in facts.items():
        setattr(line, name, value)
    with pytest.raises(IntegrityError, match="line_of_rate_or_fee"), transaction.atomic():
        line.save(force_insert=True)


def test_a_fee_is_on_one_line_and_in_one_maturity(cancelled, harbour):
    line = invoice(harbour).lines.get()
    line.pk, line.position = None, 2
    with pytest.raises(IntegrityError, match="change_id"), transaction.atomic():
        line.save(force_insert=True)
    payouts.mature(at=RIPE)
    row = MaturedFee.objects.get()
    with pytest.raises(IntegrityError, match="pkey"), transaction.atomic():
        MaturedFee.objects.create(change=row.change, maturity=row.maturity)
    assert (InvoiceLine.objects.count(), MaturedFee.objects.count()) == (1, 1)


def test_control_a_kind_that_nobody_papers_or_matures_is_found(cancelled, harbour):
    """As fees were: taken from the wallet, owed to the provider, and then forgotten."""
    payouts.mature(at=RIPE)
    invoice(harbour)
    assert (whole.not_on_one_paper(), whole.never_payable()) == ([], [])
    operator = earning.provider(cancelled)
    known = earning.Books.of(provider=operator.public_id, currency="USD")
    mine = brokerage.wallet_account(renter=harbour, currency="USD")
    ledger.post(
        key="surcharge:1",
        kind="surcharge",
        entries=[ledger.Entry(mine, known.pending, 5)],
        at=NOON,
    )
    payouts.mature(at=RIPE + 30 * DAY)
    assert whole.not_on_one_paper() == ["surcharge surcharge:1 is on 0 papers"]
    assert whole.never_payable() == [f"5 of provider pending {operator.public_id} USD stay"]
