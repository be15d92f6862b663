"""Credit notes: never above the invoice, booked with the note, taxed as the lines."""

import pytest
from django.db import DatabaseError, transaction
from django.db.models import Sum

from marketplace.billing import services
from marketplace.billing.models import Charge, CreditLine, CreditNote, NumberSeries
from marketplace.brokerage.models import Lease
from marketplace.ledger import services as ledger
from marketplace.metering import services as metering
from tests import make
from tests.billing import use
from tests.billing.papers import credit, invoice, record_seller, rented, tax_rule
from tests.billing.use import MINUTE
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
FUNDS = 100_000_000


@pytest.fixture
def used(market, harbour, sally):
    """Two GPUs at 2.40 USD an hour, used for ten minutes and settled: 0.80 USD."""
    record_seller(sally)
    return rented(harbour)


@pytest.fixture
def billed(used, harbour):
    return invoice(harbour)


def posted(harbour):
    return services.wallet(organisation=harbour).posted


def test_goodwill_is_at_our_cost(billed, harbour, sally):
    note = credit(billed, 300_000, by=sally)
    assert (note.code, note.invoice, note.total_micro) == ("CN-2026-000001", billed, 300_000)
    assert (note.net_micro, note.rounding_micro, note.tax_micro) == (300_000, 0, 0)
    assert posted(harbour) == FUNDS - 500_000
    totals = ledger.totals(currency="USD")
    assert (totals["sla_credit"], totals["provider_pending"]) == (-300_000, 680_000)
    assert ledger.verify() == []


def test_by_fault_of_the_provider_it_comes_out_of_provider_and_fee(billed, harbour):
    credit(billed, 400_000, fault="provider")
    totals = ledger.totals(currency="USD")
    assert (totals["provider_receivable"], totals["platform_fee"]) == (-340_000, 60_000)
    assert totals["provider_pending"] == 680_000
    assert posted(harbour) == FUNDS - 400_000


def test_never_more_than_was_invoiced(billed, harbour):
    credit(billed, 500_000)
    line = billed.lines.get()
    with pytest.raises(services.BadCredit, match="has 300000 micro-units left, not 300001"):
        services.issue_credit_note(
            invoice=billed,
            items=[services.Item(line, 300_001)],
            kind="goodwill",
            reason="x",
            fault="platform",
            key="k",
            by=None,
            at=NOON,
        )
    assert (CreditNote.objects.count(), posted(harbour)) == (1, FUNDS - 300_000)
    assert NumberSeries.objects.get(code="CN-2026").last_number == 1


def test_the_database_itself_refuses_more_than_the_line(billed):
    note = credit(billed, 500_000)
    row = note.lines.get()
    other = credit(billed, 10_000)
    CreditLine.objects.filter(note=other).get()
    row.pk, row.note, row.position, row.amount_micro = None, other, 2, 300_000
    with pytest.raises(DatabaseError, match="credit_within_line"), transaction.atomic():
        row.save(force_insert=True)


def test_the_same_key_is_the_same_note(billed, harbour):
    assert credit(billed, 100_000, key="k") == credit(billed, 100_000, key="k")
    assert posted(harbour) == FUNDS - 700_000


@pytest.mark.parametrize(("amount", "why"), [(0, "more than nothing"), (9_999, "smallest unit")])
def test_nothing_and_less_than_a_cent_are_refused(billed, amount, why):
    items = [services.Item(billed.lines.get(), amount)]
    with pytest.raises(services.BadCredit, match=why):
        services.issue_credit_note(
            invoice=billed,
            items=items,
            kind="goodwill",
            reason="x",
            fault="platform",
            key="k",
            by=None,
            at=NOON,
        )
    assert not NumberSeries.objects.filter(code="CN-2026").exists()


def test_tax_goes_back_in_proportion_and_whole_at_the_end(used, harbour, sally):
    tax_rule(sally, rate_bps=900)
    billed = invoice(harbour)
    assert billed.tax_micro == 70_000
    first = credit(billed, 400_000)
    second = credit(billed, 400_000)
    assert (first.tax_micro, second.tax_micro) == (40_000, 30_000)
    assert posted(harbour) == FUNDS
    assert ledger.totals(currency="USD")["tax_payable"] == 0


@pytest.mark.parametrize(
    ("part", "notes", "tax"), [(60_000, 5, [1, 0, 1, 0, 1]), (50_000, 6, [0, 1, 0, 1, 0, 1])]
)
def test_tax_of_many_small_notes_is_that_of_their_sum(used, harbour, sally, part, notes, tax):
    """0.30 in all, of which 9 % are 2.7 cents."""
    tax_rule(sally, rate_bps=900)
    billed = invoice(harbour)
    assert [credit(billed, part).tax_micro // 10_000 for _ in range(notes)] == tax
    credit(billed, 500_000)
    assert ledger.totals(currency="USD")["tax_payable"] == 0


def test_tax_goes_back_on_lines_that_were_taxed_and_adds_up_on_the_paper(used, harbour, sally):
    tax_rule(sally, rate_bps=900, since=NOON + 90 * MINUTE)
    services.settle(reservation=use.ended(harbour), at=NOON + 2 * HOUR)
    billed = invoice(harbour, until=NOON + 3 * HOUR)
    untaxed, taxed = billed.lines.order_by("tax_bps")
    items = [services.Item(taxed, 740_000)], [services.Item(taxed, 60_000)]
    items[1].append(services.Item(untaxed, 800_000))
    told = [services.paper_content(note(billed, of))["tax"] for of in items]
    assert [[(row["treatment"], row["tax_micro"]) for row in rows] for rows in told] == [
        [("charged", 70_000)],
        [("charged", 0), ("no_rule", 0)],
    ]


def note(billed, items):
    return services.issue_credit_note(
        invoice=billed,
        items=items,
        kind="goodwill",
        reason="It was slow.",
        fault="platform",
        key=f"note-{len(items)}",
        by=None,
        at=NOON + 4 * HOUR,
    )


def test_tax_that_is_still_owed_is_set_off_first(used, harbour, sally):
    tax_rule(sally, rate_bps=900)
    from tests.billing.test_invoices import make_poor

    make_poor(harbour)
    billed = invoice(harbour)
    assert services.due_micro(billed) == 50_000
    note = credit(billed, 400_000)
    assert (note.tax_micro, note.set_off_micro) == (40_000, 40_000)
    assert services.due_micro(billed) == 10_000
    assert posted(harbour) == 400_000
    assert ledger.totals(currency="USD")["tax_receivable"] == -10_000
    assert services.paper_content(note)["set_off_micro"] == 40_000


def rule_out(used, sally, *, begin=0, end=5):
    ruling = metering.rule_outage(
        assignment=used.assignments.get(),
        start=NOON + begin * MINUTE,
        end=NOON + end * MINUTE,
        reason="No power.",
        by=sally,
        at=NOON + 3 * HOUR,
    )
    services.rerate(ruling=ruling, at=NOON + 3 * HOUR)


def test_a_ruling_after_the_invoice_is_put_on_a_credit_note(used, billed, harbour, sally):
    rule_out(used, sally)
    assert posted(harbour) == FUNDS - 400_000
    [note] = services.correct_invoices(
        organisation=harbour, currency="USD", until=NOON + 4 * HOUR, by=None, at=NOON + 4 * HOUR
    )
    assert (note.kind, note.invoice, note.total_micro) == ("correction", billed, 400_000)
    assert posted(harbour) == FUNDS - 400_000, "the charges gave it back before"
    again = services.correct_invoices(
        organisation=harbour, currency="USD", until=NOON + 4 * HOUR, by=None, at=NOON + 4 * HOUR
    )
    assert again == []


def test_a_lower_price_is_credited_in_whole_and_billed_anew(used, billed, harbour, sally):
    services.correct_terms(
        reservation=used,
        price_micro=1_200_000,
        since=NOON,
        reason="A slip.",
        by=sally,
        at=NOON + 3 * HOUR,
    )
    anew = invoice(harbour, until=NOON + 4 * HOUR)
    note = CreditNote.objects.get()
    assert (note.total_micro, anew.total_micro) == (800_000, 400_000)
    assert anew.lines.get().price_micro_per_gpu_hour == 1_200_000
    assert posted(harbour) == FUNDS - 400_000


def corrected(harbour, *, after):
    at = NOON + after * HOUR
    about = {"organisation": harbour, "currency": "USD", "by": None}
    return services.correct_invoices(until=at, at=at, **about)


def test_each_correction_has_its_note_whatever_the_numbers_of_its_charges(
    used, billed, harbour, sally
):
    """One lease reaches the number that another one had when it was corrected before."""
    one, other = Lease.objects.order_by("pk").values_list("pk", flat=True)
    for place, leases in enumerate(([other], [one, other], [one])):
        metering.rule_outage(
            assignment=used.assignments.get(),
            start=NOON + 2 * place * MINUTE,
            end=NOON + 2 * (place + 1) * MINUTE,
            reason="No power.",
            by=sally,
            at=NOON + 3 * HOUR,
        )
        services.charge_leases(leases=leases, at=NOON + (3 + place) * HOUR)
        if place:
            corrected(harbour, after=4 + place)
    back = Charge.objects.filter(amount_micro__lt=0).aggregate(sum=Sum("amount_micro"))["sum"]
    notes = CreditNote.objects.order_by("pk").values_list("net_micro", flat=True)
    assert (list(notes), back) == ([320_000, 80_000], -400_000)


def test_less_than_a_cent_of_one_invoice_does_not_keep_back_the_note_to_another(
    market, harbour, sally
):
    """Two invoices of 0.80; 0.804 is given back."""
    record_seller(sally)
    tax_rule(sally, rate_bps=900)
    used = use.running(harbour)
    for place, at in enumerate((NOON + 30 * MINUTE, NOON + HOUR)):
        use.report(used, use.minutes(10 * place, 10 * (place + 1)), final=bool(place), at=at)
        services.charge(reservation=used, at=at)
        invoice(harbour, until=at + MINUTE, at=at + MINUTE)
    metering.rule_outage(
        assignment=used.assignments.get(),
        start=NOON,
        end=NOON + 10.05 * MINUTE,
        reason="No power.",
        by=sally,
        at=NOON + 3 * HOUR,
    )
    assert services.charge(reservation=used, at=NOON + 3 * HOUR) == -804_000
    [note] = corrected(harbour, after=4)
    assert (note.net_micro, note.tax_micro) == (800_000, 70_000)
    assert corrected(harbour, after=5) == []


def test_a_correction_below_a_cent_waits_for_more(market, harbour, sally):
    record_seller(sally)
    used = rented(harbour, price_micro=2_400_000)
    invoice(harbour)
    ruling = metering.rule_outage(
        assignment=used.assignments.get(),
        start=NOON,
        end=NOON + MINUTE / 20,
        reason="A blip.",
        by=sally,
        at=NOON + 3 * HOUR,
    )
    services.rerate(ruling=ruling, at=NOON + 3 * HOUR)
    facts = {"organisation": harbour, "currency": "USD", "by": None, "at": NOON + 4 * HOUR}
    assert services.correct_invoices(until=NOON + 4 * HOUR, **facts) == []
    rule_out(used, sally)
    [note] = services.correct_invoices(until=NOON + 4 * HOUR, **facts)
    assert note.net_micro == 400_000
    assert make.NOON == NOON
