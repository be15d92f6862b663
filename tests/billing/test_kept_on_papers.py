"""A workspace kept after its rental: on an invoice, taxed, creditable; matured, paid and stated."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from pypdf import PdfReader

from marketplace.billing import services
from marketplace.billing.models import (
    Charge,
    Invoice,
    InvoiceLine,
    LineSpan,
    MaturedKeeping,
    Maturity,
)
from marketplace.billing.services import payouts
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Keeping, Reservation
from marketplace.ledger import services as ledger
from tests import make
from tests.billing import earning, given_up, kept, papers, stripe_tax, use, whole
from tests.billing.earning import DAY
from tests.billing.kept import DUE, FROM, GIB, MS, OURS, PRICE, THEIRS, UNTIL
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
FUNDS = 100_000_000
#: of the rental before it: two GPUs, ten minutes
USED, USED_THEIRS = 800_000, 680_000
RIPE = UNTIL + 7 * DAY
DECEMBER = datetime(2026, 12, 1, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


@pytest.fixture
def seller(sally):
    papers.record_seller(sally)


@pytest.fixture
def rented(market, seller, harbour):
    """Two GPUs for ten minutes until FROM, settled at one o'clock."""
    return papers.rented(harbour)


@pytest.fixture
def keeping(rented):
    return kept.ended(rented)


@pytest.fixture
def line(keeping, harbour):
    return papers.invoice(harbour, until=DECEMBER).lines.get(keeping=keeping)


def wallet(renter):
    row = services.wallet(organisation=renter)
    return row.posted, row.held


def test_the_invoice_has_a_line_for_it(line, keeping, rented, harbour):
    assert (line.keeping, line.rate, line.change) == (keeping, None, None)
    assert (line.reservation, line.amount_micro) == (rented, DUE)
    assert (line.billed_ms, line.price_micro_per_gpu_hour) == (0, 0)
    assert line.tax_point == UNTIL
    site = rented.offer.machine.site
    assert line.description == f"Workspace kept: 50 GiB for 31.5 h, {site.name} (MY)"
    assert not LineSpan.objects.filter(line=line).exists()
    assert whole.not_on_one_paper() == []


def test_from_the_wish_to_the_invoice(market, seller, harbour):
    """Asked for while it ran, kept, counted for an hour, deleted."""
    row = use.running(harbour, keep_micro_per_gib_hour=PRICE)
    make.keeping(row, at=NOON + use.MINUTE)
    use.report(row, use.minutes(0, 10), final=True)
    found = make.kept(row, at=FROM)
    for minutes in range(10, 70, 10):
        brokerage.tally_keepings(at=FROM + minutes * use.MINUTE)
    brokerage.give_up_keeping(keeping=found, by=None, at=FROM + HOUR)
    row.refresh_from_db()
    services.settle(reservation=row, at=NOON + 2 * HOUR)
    made = papers.invoice(harbour, until=DECEMBER)
    assert made.net_micro == USED + GIB * PRICE
    assert wallet(harbour) == (FUNDS - USED - 10_000, 0)
    assert whole.not_on_one_paper() == []
    assert ledger.verify() == []


def test_the_paper_says_all_from_which_its_renter_recomputes_it(line, keeping):
    _, told = services.paper_content(line.invoice)["lines"]
    assert told["kept"] == {
        "keeping": str(keeping.public_id),
        "how": "deleted",
        "from": "2026-11-24T12:10:00.000000Z",
        "until": "2026-11-25T19:40:00.000000Z",
        "gib": 50,
        "price_micro_per_gib_hour": 333,
        "answered_ms": 113_400_000,
    }
    assert not {"billed_ms", "price_micro_per_gpu_hour", "given_up"} & set(told)
    assert told["amount_micro"] == GIB * PRICE * MS // 3_600_000 == DUE
    content = bytes(services.paper_pdf(line.invoice, at=NOON).content)
    pages = PdfReader(io.BytesIO(content)).pages
    text = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))
    assert (
        "From 24 November 2026, 12:10 UTC until 25 November 2026, 19:40 UTC: 31:30:00 (h:min:s) at"
        " 0.000333 per GiB-hour"
    ) in text


def test_a_month_of_usage_a_fee_and_a_workspace_is_the_ledger(rented, harbour, sally):
    papers.tax_rule(sally)
    given_up.cancelled(harbour)
    kept.ended(rented)
    before = wallet(harbour)
    assert before == (FUNDS + given_up.FUNDS - USED - given_up.FEE - DUE, 0)
    assert services.issue_monthly(at=DECEMBER + 2 * HOUR) == 1
    made = Invoice.objects.get()
    assert [line.amount_micro for line in made.lines.order_by("position")] == [
        *(USED, given_up.FEE, DUE)
    ]
    assert (made.net_micro, made.rounding_micro) == (3_244_475, -4_475)
    # nine per cent of 3.24 USD
    assert (made.tax_micro, made.total_micro) == (290_000, 3_530_000)
    assert wallet(harbour) == (before[0] + 4_475 - 290_000, 0)
    assert whole.not_on_one_paper() == []
    assert whole.lost_between_ledger_and_papers(harbour, until=DECEMBER) == 0
    assert ledger.verify() == []


def test_stripe_is_asked_for_the_tax_on_it_at_its_tax_point(fake, settings, rented, harbour):
    stripe_tax.use(fake, settings)
    fake.clock = DECEMBER.timestamp
    kept.ended(rented)
    made = papers.invoice(harbour, until=DECEMBER)
    asked = made.tax_calculation.asked
    assert asked["line_items"][0]["amount"] == 132
    assert asked["tax_date"] == int(UNTIL.timestamp())
    assert (made.net_micro, made.tax_micro) == (USED + DUE, 120_000)


def test_it_waits_for_the_period_that_it_ended_in(rented, harbour):
    kept.ended(rented, at=DECEMBER)
    first = papers.invoice(harbour, until=DECEMBER)
    assert first.net_micro == USED
    second = papers.invoice(harbour, until=DECEMBER + INSTANT, at=DECEMBER + HOUR)
    assert second.net_micro == DUE
    assert second.period.lower == DECEMBER


def test_it_is_invoiced_once(line, harbour):
    with pytest.raises(services.NothingToInvoice):
        papers.invoice(harbour, until=DECEMBER + DAY)
    assert InvoiceLine.objects.filter(keeping__isnull=False).count() == 1


@pytest.mark.parametrize("make_it", [kept.lying, lambda of: kept.ended(of, outcome="lost")])
def test_what_lies_still_or_was_lost_is_on_no_paper_and_matures_for_nobody(
    rented, harbour, make_it
):
    make_it(rented)
    assert [*papers.invoice(harbour, until=DECEMBER).lines.filter(keeping__isnull=False)] == []
    payouts.mature(at=RIPE)
    assert not MaturedKeeping.objects.exists()
    assert earning.books(earning.provider(rented))[:2] == (0, USED_THEIRS)


def test_a_credit_note_gives_it_back_at_the_providers_cost(line, harbour):
    before = wallet(harbour)
    note = services.issue_credit_note(
        invoice=line.invoice,
        items=[services.Item(line, 520_000)],
        kind="goodwill",
        reason="Its disk was slow.",
        fault="provider",
        key="k",
        by=None,
        at=DECEMBER,
    )
    assert (note.net_micro, note.total_micro) == (520_000, 520_000)
    assert wallet(harbour) == (before[0] + 520_000, 0)
    totals = ledger.totals(currency="USD")
    assert totals["provider_receivable"] == -442_000
    assert totals["platform_fee"] == 120_000 + OURS - 78_000
    assert services.paper_pdf(note, at=NOON).content.startswith(b"%PDF")
    with pytest.raises(services.BadCredit, match="has 4475 micro-units left, not 4476"):
        services.issue_credit_note(
            invoice=line.invoice,
            items=[services.Item(line, 4_476)],
            kind="goodwill",
            reason="Its disk was slow.",
            fault="provider",
            key="k2",
            by=None,
            at=DECEMBER,
        )


def test_a_credit_is_shared_as_the_keeping_was():
    line = InvoiceLine(reservation=Reservation(fee_bps=1_500), keeping=Keeping(fee_bps=900))
    assert line.shared_by == (900, 0)


def test_a_dispute_about_the_rental_is_credited_against_the_rental(
    market, seller, harbour, alice, sally
):
    """Though the workspace was dearer, and is on a later invoice."""
    rented = papers.rented(harbour, after=5)
    papers.invoice(harbour)
    kept.ended(rented)
    later = papers.invoice(harbour, until=DECEMBER)
    assert later.net_micro == DUE
    dispute = services.raise_dispute(
        reservation=rented, claim="Slow.", claimed_micro=USED // 2, by=alice, key="k", at=DECEMBER
    )
    services.answer_dispute(dispute=dispute, text="No.", by=sally, at=DECEMBER)
    ruled = services.uphold_dispute(
        dispute=dispute,
        granted_micro=USED // 2,
        fault="provider",
        ruling="The clocks show it.",
        by=sally,
        at=DECEMBER,
    )
    [credited] = ruled.credit_note.lines.all()
    assert credited.line.rate == rented.rates.get()


def test_the_providers_part_matures_when_charges_would(keeping, rented):
    operator = earning.provider(rented)
    payouts.mature(at=RIPE - INSTANT)
    assert earning.books(operator) == (THEIRS, USED_THEIRS, 0, 0)
    assert payouts.mature(at=RIPE) == 1
    assert earning.books(operator) == (0, USED_THEIRS + THEIRS, 0, 0)
    row = Maturity.objects.get(keepings__keeping=keeping)
    assert (row.organisation, row.amount_micro, row.owed_micro) == (operator, THEIRS, 0)
    assert payouts.mature(at=RIPE) == payouts.mature(at=RIPE + 30 * DAY) == 0
    assert (MaturedKeeping.objects.count(), whole.never_payable()) == (1, [])
    assert ledger.verify() == []


def test_one_that_ended_before_anything_was_charged_matures(market, harbour, sally):
    """Where a keeping is the first of all that matures."""
    rented = use.ended(harbour)
    kept.ended(rented)
    assert not Charge.objects.exists()
    assert payouts.mature(at=RIPE) == 1
    assert earning.books(earning.provider(rented)) == (0, THEIRS, 0, 0)


def test_it_is_paid_out_and_stands_on_the_statement(fake, keeping, rented, settings):
    settings.PAYOUT_MINIMUM_MICRO = 10_000
    operator = earning.provider(rented)
    earning.stripe_account(fake, operator)
    earning.paid_out(RIPE)
    payout = earning.send(RIPE)
    assert (payout.state, payout.earned_micro) == ("paid", USED_THEIRS + THEIRS)
    assert payout.amount_micro == 1_120_000
    assert [one["amount"] for one in fake.all("transfer")] == [112]
    assert earning.books(operator) == (0, 5_803, 0, 0)
    sums = payouts.statement(payout=payout)
    assert (sums.charged_micro, sums.fee_micro) == (USED + DUE, 120_000 + OURS)
    assert sums.yours_micro == payout.amount_micro + payout.carried_out_micro
    name = rented.offer.machine.name
    stated = [*payouts.rentals(payout=payout)]
    assert [(row.reservation, row.machine, row.what, row.yours_micro) for row in stated] == [
        (rented.public_id, name, "kept", THEIRS),
        (rented.public_id, name, "used", USED_THEIRS),
    ]
    assert (stated[0].until, stated[0].charged_micro, stated[0].fee_micro) == (UNTIL, DUE, OURS)
    assert [*payouts.all_rentals(provider=operator)] == stated
    heading, *lines = csv.reader(",".join(row) for row in payouts.charge_rows(payout=payout))
    assert len(lines) == Charge.objects.count() + 1
    assert dict(zip(heading, lines[-1], strict=True)) == {
        "charge": str(keeping.public_id),
        "charged_at": UNTIL.isoformat(),
        "reservation": str(rented.public_id),
        "lease": "",
        "machine": name,
        "gpu": "",
        "billed_ms_so_far": "0",
        "charged": "0.524475",
        "fee": "0.078672",
        "yours": "0.445803",
        "currency": "USD",
        "what": "kept",
    }


def test_the_two_ways_to_share_it_are_one(keeping):
    """85 % of it are 445,803.75 micro-units."""
    row = Keeping.objects.charged().get()
    assert (row.theirs_micro, row.provider_micro) == (THEIRS, THEIRS)


@pytest.mark.parametrize("facts", [{"billed_ms": 1}, {"price_micro_per_gpu_hour": 1}])
def test_a_line_of_a_workspace_has_no_time_of_gpus(line, facts):
    assert refused(line, keeping=line.keeping, **facts) == "line_of_rate_or_fee"


def test_a_line_is_of_one_thing(line, harbour):
    rate = line.invoice.lines.get(rate__isnull=False).rate
    given_up.cancelled(harbour)
    change = harbour.reservations.latest("pk").changes.get()
    assert refused(line, keeping=None) == "line_of_rate_or_fee"
    assert refused(line, change=change) == "line_of_rate_or_fee"
    assert refused(line, rate=rate) == "line_of_rate_or_fee"


def test_what_lies_still_and_another_amount_are_no_line(line, harbour, keeping):
    assert refused(line, amount_micro=DUE - 1) == "line_as_kept"
    other = papers.rented(harbour)
    assert refused(line, reservation=other) == "line_as_kept"
    lying = kept.lying(other)
    assert refused(line, keeping=lying, reservation=other) == "line_as_kept"
    payouts.mature(at=RIPE)
    with pytest.raises(IntegrityError, match="matured_once_kept"), transaction.atomic():
        MaturedKeeping.objects.create(keeping=lying, maturity=keeping.matured.maturity)
    assert InvoiceLine.objects.filter(keeping__isnull=False).get() == line
    assert MaturedKeeping.objects.get().keeping == keeping


def test_it_is_on_one_line_and_in_one_maturity(line, keeping):
    assert refused(line) == "keeping_id"
    payouts.mature(at=RIPE)
    row = MaturedKeeping.objects.get()
    with pytest.raises(IntegrityError, match="pkey"), transaction.atomic():
        MaturedKeeping.objects.create(keeping=keeping, maturity=row.maturity)
    assert MaturedKeeping.objects.count() == 1


def refused(line, **facts):
    """Why the database takes no second line like this one."""
    known = {"line_of_rate_or_fee", "keeping_id", "line_as_kept"}
    made = InvoiceLine.objects.get(pk=line.pk)
    made.pk, made.position = None, 9
    for name, value in facts.items():
        setattr(made, name, value)
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        made.save(force_insert=True)
    return next(name for name in known if name in str(refusal.value))
