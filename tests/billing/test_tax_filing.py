"""Papers that Stripe taxed are filed there: each once, whatever breaks on the way."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from marketplace.billing import services
from marketplace.billing.models import StripeCommand, TaxFiling
from marketplace.billing.services import claims, clock, filing
from marketplace.billing.stripe import tax as adapter
from tests.billing import stand_in, stripe_tax
from tests.billing.papers import credit, invoice, record_seller, tax_rule
from tests.billing.stripe_tax import LATER, drive, filed, known
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
SALE, NOTE = ("INV-2026-000001", 10_037, 903), ("CN-2026-000001", -3_333, -300)
FAULTS = ["401", "403", "409", "429", "500", "drop"]


class Crash(Exception):
    """The worker dies here."""


@pytest.fixture
def billed(market, harbour, sally, fake, settings):
    """An invoice of 100.37 USD and 9.03 of tax."""
    stripe_tax.use(fake, settings)
    record_seller(sally)
    stripe_tax.rented(harbour)
    return invoice(harbour)


def command(kind="file_sale"):
    return StripeCommand.objects.get(kind=kind)


def test_an_invoice_and_its_credit_note_are_filed(billed, fake):
    drive()
    note = credit(billed, 33_330_000)
    drive()
    assert filed(fake) == [NOTE, SALE]
    assert set(known()) == {billed.code, note.code}
    [sale, back] = fake.all("tax.transaction")
    assert sale["posted_at"] == int(billed.issued_at.timestamp())
    assert back["reversal"] == {"original_transaction": sale["id"]}
    assert note.tax_filing.filed_at == LATER
    assert [row.state for row in StripeCommand.objects.all()] == ["done", "done"]


def test_all_of_an_invoice_can_be_given_back(billed, fake):
    parts = (33_330_000, 10_000, 10_000, 67_020_000)
    for part in parts:
        credit(billed, part)
    drive()
    drive()
    assert len(filed(fake)) == 5
    assert sum(amount for _, amount, _ in filed(fake)) == 0
    assert sum(tax for _, _, tax in filed(fake)) == 0


def test_a_credit_note_waits_for_its_invoice(billed, fake):
    note = credit(billed, 33_330_000)
    services.file_papers(at=LATER)
    assert [row.paper for row in TaxFiling.objects.all()] == [billed]
    stand_in.send(command(), LATER)
    services.file_papers(at=LATER)
    assert [row.paper for row in TaxFiling.objects.order_by("pk")] == [billed, note]


def test_what_is_not_taxed_by_stripe_is_not_filed(market, harbour, sally, fake, caplog):
    record_seller(sally)
    tax_rule(sally)
    stripe_tax.rented(harbour)
    credit(invoice(harbour), 33_330_000)
    drive()
    assert (fake.calls, TaxFiling.objects.count(), caplog.records) == ([], 0, [])


def test_a_sale_without_tax_is_filed_too(market, harbour, sally, fake, settings):
    stripe_tax.use(fake, settings)
    record_seller(sally)
    stripe_tax.party(harbour, country="BR")
    stripe_tax.rented(harbour)
    invoice(harbour)
    drive()
    assert filed(fake) == [("INV-2026-000001", 10_037, 0)]


def test_the_sweep_decides_on_a_paper_once(billed, fake):
    services.file_papers(at=LATER)
    services.file_papers(at=LATER)
    assert filing.plan(paper=billed, at=LATER) == TaxFiling.objects.get()
    drive()
    services.file_papers(at=LATER)
    assert (StripeCommand.objects.count(), filed(fake)) == (1, [SALE])


def test_stripes_clock_may_be_a_minute_behind(billed, fake):
    services.file_papers(at=billed.issued_at)
    made = command()
    assert made.next_at == billed.issued_at + clock.TOLERATED
    stand_in.send(made, billed.issued_at)
    assert (made.state, len(fake.calls)) == ("pending", 1)


def test_the_role_of_the_processes_suffices(billed, fake, harbour):
    call_command("grant_app_role")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE straits_app")
    stripe_tax.rented(harbour, price_micro=3_000_000)
    invoice(harbour, until=NOON + 3 * HOUR)
    credit(billed, 33_330_000)
    drive()
    drive()
    assert filed(fake) == [NOTE, SALE, ("INV-2026-000002", 100, 9)]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_on_the_way_files_once(billed, fake, fault):
    credit(billed, 33_330_000)
    fake.faults.append(fault)
    drive()
    assert (command().state, known()) == ("pending", {})
    fake.faults.append("")  # the sale
    fake.faults.append(fault)  # the credit note
    drive(LATER + HOUR)
    drive(LATER + HOUR)
    drive(LATER + 2 * HOUR)
    assert filed(fake) == [NOTE, SALE]
    assert {one["id"] for one in fake.all("tax.transaction")} == set(known().values())


def before_the_call(**call):
    raise Crash


def after_the_call(**call):
    _file(**call)
    raise Crash


def before_commit(*facts):
    _filed(*facts)
    raise Crash


_file, _filed = adapter.file_sale, filing._filed


@pytest.mark.parametrize(
    ("module", "name", "how", "there"),
    [
        (adapter, "file_sale", before_the_call, []),
        (adapter, "file_sale", after_the_call, [SALE]),
        (filing, "_filed", before_commit, [SALE]),
    ],
)
def test_a_sender_that_dies_is_replaced(billed, fake, monkeypatch, module, name, how, there):
    services.file_papers(at=LATER)
    with monkeypatch.context() as patch:
        patch.setattr(module, name, how)
        with pytest.raises(Crash):
            stand_in.send(command(), LATER)
    assert (filed(fake), known(), command().state) == (there, {}, "sending")
    drive(LATER + claims.CLAIM)
    assert (filed(fake), list(known())) == ([SALE], [billed.code])


def test_a_sweep_that_dies_in_between_leaves_nothing_half(billed, monkeypatch):
    def dies(*facts):
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(filing, "_command", dies)
        services.file_papers(at=LATER)
    assert not TaxFiling.objects.exists()
    services.file_papers(at=LATER)
    assert TaxFiling.objects.get().commands.count() == 1


def test_what_stripe_never_saw_is_filed_also_after_its_key_is_forgotten(billed, fake):
    services.file_papers(at=LATER)
    fake.faults.append("500")
    stand_in.send(command(), LATER)
    late = LATER + claims.FORGOTTEN
    fake.clock = late.timestamp
    drive(late)
    assert (filed(fake), list(known())) == ([SALE], [billed.code])


def test_what_may_be_there_already_is_for_staff_once_its_key_is_forgotten(billed, fake):
    """Nothing is filed twice: Stripe takes a number once."""
    services.file_papers(at=LATER)
    fake.faults.append("drop")
    stand_in.send(command(), LATER)
    fake._answered.clear()
    late = LATER + claims.FORGOTTEN
    fake.clock = late.timestamp
    drive(late)
    assert (filed(fake), known()) == ([SALE], {})
    assert command().state == "unknown"
    assert "reference INV-2026-000001 exists" in command().error
    with pytest.raises(services.NotStuck):
        services.file_again(filing=TaxFiling.objects.get(), at=late)
    services.close_unknown(command=command(), at=late)
    assert command().state == "failed"


def lost(fake, kind):
    """Stripe filed it, its answer was lost and stays so for a day; the command and Stripe's row."""
    services.file_papers(at=LATER)
    fake.faults.append("drop")
    stand_in.send(command(kind), LATER)
    fake._answered.clear()
    late = LATER + claims.FORGOTTEN
    fake.clock = late.timestamp
    drive(late)
    assert command(kind).state == "unknown"
    return fake.all("tax.transaction")[-1]["id"]


def name(filing, found, by):
    late = LATER + claims.FORGOTTEN
    services.name_filing(filing=filing, transaction_id=found, by=by, at=late)


def test_a_paper_that_staff_found_at_stripe_gets_its_name_and_the_rest_goes_on(billed, fake, sally):
    note, found = credit(billed, 33_330_000), lost(fake, "file_sale")
    name(billed.tax_filing, found, sally)
    assert (known(), command().state) == ({billed.code: found}, "done")
    back = lost(fake, "file_reversal")
    services.close_unknown(command=command("file_reversal"), at=LATER)
    name(note.tax_filing, back, sally)
    assert filed(fake) == [NOTE, SALE]
    assert known() == {billed.code: found, note.code: back}
    assert not StripeCommand.objects.exclude(state="done").exists()


def test_the_name_of_another_paper_or_of_another_amount_is_not_taken(billed, fake, sally):
    found = lost(fake, "file_sale")
    stripe_tax.rented(billed.organisation, price_micro=3_000_000)
    other = invoice(billed.organisation, until=NOON + 3 * HOUR)
    drive(LATER + claims.FORGOTTEN)
    [sale] = fake.get("tax.transaction", found)["line_items"]["data"]
    before = list(TaxFiling.objects.order_by("pk").values())
    with pytest.raises(services.NotAsFiled, match="as INV-2026-000002: 100, 9"):
        name(billed.tax_filing, known()[other.code], sally)
    for change in ({"amount": 10_036}, {"amount_tax": 904}):
        right = dict(sale)
        sale.update(change)
        with pytest.raises(services.NotAsFiled, match="Stripe filed"):
            name(billed.tax_filing, found, sally)
        sale.update(right)
    with pytest.raises(services.NotAsFiled, match="No such"):
        name(billed.tax_filing, "tax_none", sally)
    calls = len(fake.calls)
    with pytest.raises(services.NotAsFiled, match="is no name of a tax transaction"):
        name(billed.tax_filing, "../refunds", sally)
    assert len(fake.calls) == calls
    assert list(TaxFiling.objects.order_by("pk").values()) == before
    assert billed.tax_filing.commands.get().state == "unknown"


@pytest.mark.parametrize("under_way", [True, False])
def test_what_is_under_way_or_filed_gets_no_name_by_hand(billed, fake, sally, under_way):
    services.file_papers(at=LATER)
    if not under_way:
        drive()
    before, calls = list(TaxFiling.objects.values()), len(fake.calls)
    with pytest.raises(services.NotStuck):
        name(TaxFiling.objects.get(), "tax_1", sally)
    assert (list(TaxFiling.objects.values()), len(fake.calls)) == (before, calls)


def test_a_name_that_comes_while_it_is_filed_again_is_not_taken(billed, fake, sally, monkeypatch):
    found = lost(fake, "file_sale")
    look = adapter.retrieve_filed

    def meanwhile(**call):
        services.close_unknown(command=command(), at=LATER)
        services.file_again(filing=TaxFiling.objects.get(), at=LATER)
        return look(**call)

    monkeypatch.setattr(adapter, "retrieve_filed", meanwhile)
    with pytest.raises(services.NotStuck):
        name(TaxFiling.objects.get(), found, sally)
    assert known() == {}
    assert list(StripeCommand.objects.order_by("pk").values_list("state", flat=True)) == [
        "failed",
        "pending",
    ]


def test_what_stripe_refuses_waits_for_staff_and_is_filed_once_it_is_mended(billed, fake):
    services.file_papers(at=LATER)
    fake.clock = NOON.timestamp  # the paper is of tomorrow for Stripe
    drive()
    first = command()
    assert (first.state, filed(fake), known()) == ("failed", [], {})
    assert "posted_at is not between" in first.error
    drive(LATER + HOUR)
    assert StripeCommand.objects.count() == 1, "nobody asks again by himself"
    fake.clock = LATER.timestamp
    services.file_again(filing=TaxFiling.objects.get(), at=LATER)
    with pytest.raises(services.NotStuck):
        services.file_again(filing=TaxFiling.objects.get(), at=LATER)
    drive()
    assert (filed(fake), list(known())) == ([SALE], [billed.code])
    with pytest.raises(services.NotStuck):
        services.file_again(filing=TaxFiling.objects.get(), at=LATER)
    keys = StripeCommand.objects.order_by("pk").values_list("idempotency_key", flat=True)
    assert list(keys) == [f"tax:{billed.public_id}", f"tax:{billed.public_id}:1"]


def test_an_answer_about_another_amount_is_not_taken(billed, fake, monkeypatch):
    def other(**call):
        return adapter.Filed(**{**vars(_file(**call)), "tax": 904})

    monkeypatch.setattr(adapter, "file_sale", other)
    drive()
    assert (command().state, known()) == ("failed", {})
    assert "as INV-2026-000001: 10037, 904" in command().error


def test_an_answer_that_comes_too_late_changes_nothing(billed, fake, monkeypatch):
    services.file_papers(at=LATER)

    def slow(**call):
        monkeypatch.setattr(adapter, "file_sale", _file)
        stand_in.send(command(), LATER + claims.CLAIM)
        raise adapter.Unavailable("too late")

    monkeypatch.setattr(adapter, "file_sale", slow)
    stand_in.send(command(), LATER)
    assert (command().state, command().error) == ("done", "")
    assert (filed(fake), list(known())) == ([SALE], [billed.code])


@pytest.mark.parametrize(
    "change",
    [
        {"transaction_id": "tax_2"},
        {"filed_at": NOON},
        {"transaction_id": "", "line_item": "", "filed_at": None},
    ],
)
def test_what_was_filed_stays(billed, change):
    drive()
    with pytest.raises(DatabaseError, match="stays as it was filed"), transaction.atomic():
        TaxFiling.objects.update(**change)
    with pytest.raises(DatabaseError, match="stays as it was filed"), transaction.atomic():
        TaxFiling.objects.all()._raw_delete("default")


def test_a_filing_keeps_its_paper(billed):
    services.file_papers(at=LATER)
    note = credit(billed, 33_330_000)
    with pytest.raises(DatabaseError, match="stays as it was filed"), transaction.atomic():
        TaxFiling.objects.update(invoice=None, credit_note=note)
