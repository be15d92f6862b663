"""Papers under threads: numbers without gaps or twins, no charge twice, no credit above a line."""

import pytest
from django.db import DatabaseError, IntegrityError, connection

from marketplace.billing import services
from marketplace.billing.models import CreditNote, Invoice, InvoiceLine, NumberSeries
from marketplace.billing.services import crediting, invoicing, numbering
from marketplace.ledger import services as ledger
from tests import make
from tests.billing import given_up
from tests.billing.papers import credit, invoice, record_seller, rented
from tests.make import NOON
from tests.race import all_have_called, together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def seller(market, sally):
    return record_seller(sally)


def renters(count):
    made = [make.organisation(f"Renter {n}") for n in range(count)]
    for one in made:
        rented(one)
    return made


def numbers():
    return sorted(Invoice.objects.values_list("number", flat=True))


def test_invoices_issued_at_once_are_numbered_without_gap_or_twin(seller):
    outcome = together(*[lambda one=one: invoice(one) for one in renters(6)])
    assert [one for one in outcome if isinstance(one, Exception)] == []
    assert numbers() == [1, 2, 3, 4, 5, 6]
    assert NumberSeries.objects.get().last_number == 6


def test_a_number_that_is_rolled_back_is_given_out_again(seller, monkeypatch):
    first, second = renters(2)
    with monkeypatch.context() as patch:
        patch.setattr(invoicing, "_book", lambda made, at: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            invoice(first)
    invoice(second)
    assert numbers() == [1]


def test_control_numbers_of_a_sequence_leave_a_gap(seller, monkeypatch):
    first, second = renters(2)
    with connection.cursor() as cursor:
        cursor.execute("CREATE SEQUENCE paper_numbers")

    def from_sequence(*, series):
        NumberSeries.objects.get_or_create(code=series)
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval('paper_numbers')")
            return cursor.fetchone()[0]

    monkeypatch.setattr(numbering, "next_number", from_sequence)
    try:
        with monkeypatch.context() as patch:
            patch.setattr(invoicing, "_book", lambda made, at: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                invoice(first)
        invoice(second)
        assert numbers() == [2], "number 1 is gone for ever"
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP SEQUENCE paper_numbers")


def test_control_numbers_read_without_the_lock_are_twins(seller, monkeypatch):
    """Only the constraint then stands between two customers and one number."""

    read = all_have_called(Invoice.objects.count, 4)

    def read_and_add(*, series):
        NumberSeries.objects.get_or_create(code=series)
        return read() + 1

    monkeypatch.setattr(numbering, "next_number", read_and_add)
    # is there, or all would wait for who makes it
    NumberSeries.objects.create(code=numbering.series(prefix=invoicing.SERIES, at=NOON))
    outcome = together(*[lambda one=one: invoice(one) for one in renters(4)])
    twins = [one for one in outcome if isinstance(one, IntegrityError)]
    assert twins, outcome
    assert all("invoice_number_once" in str(one) for one in twins)


def test_one_wallet_invoiced_eight_times_at_once_has_one_invoice(seller):
    [one] = renters(1)
    outcome = together(*[lambda: invoice(one)] * 8)
    assert sum(isinstance(found, Invoice) for found in outcome) == 1
    assert sum(isinstance(found, services.NothingToInvoice) for found in outcome) == 7
    assert (numbers(), InvoiceLine.objects.count()) == ([1], 1)


def test_a_fee_invoiced_eight_times_at_once_is_on_one_invoice(seller, harbour):
    given_up.cancelled(harbour)
    outcome = together(*[lambda: invoice(harbour)] * 8)
    assert sum(isinstance(found, Invoice) for found in outcome) == 1
    assert sum(isinstance(found, services.NothingToInvoice) for found in outcome) == 7
    assert [line.amount_micro for line in InvoiceLine.objects.all()] == [given_up.FEE]


def test_control_without_the_wallets_lock_only_the_constraint_keeps_a_fee_on_one(
    seller, harbour, monkeypatch
):
    given_up.cancelled(harbour)
    monkeypatch.setattr(ledger, "lock_balances", lambda accounts: None)
    monkeypatch.setattr(invoicing, "_draft", all_have_called(invoicing._draft, 4))
    outcome = together(*[lambda: invoice(harbour)] * 4)
    assert any(isinstance(found, DatabaseError) for found in outcome), outcome
    assert (numbers(), InvoiceLine.objects.count()) == ([1], 1)


def test_control_without_the_wallets_lock_invoices_collide(seller, monkeypatch):
    [one] = renters(1)
    monkeypatch.setattr(ledger, "lock_balances", lambda accounts: None)
    monkeypatch.setattr(invoicing, "_draft", all_have_called(invoicing._draft, 4))
    outcome = together(*[lambda: invoice(one)] * 4)
    assert any(isinstance(found, DatabaseError) for found in outcome), outcome
    assert (numbers(), InvoiceLine.objects.count()) == ([1], 1), "the constraints held"


def test_credits_at_once_do_not_go_above_the_line(seller):
    [one] = renters(1)
    billed = invoice(one)
    outcome = together(*[lambda: credit(billed, 300_000, left=False)] * 6)
    given = [note.net_micro for note in outcome if isinstance(note, CreditNote)]
    assert given == [300_000, 300_000]
    assert sum(isinstance(found, services.BadCredit) for found in outcome) == 4
    assert services.wallet(organisation=one).posted == 99_800_000


def test_control_without_the_lock_the_database_refuses(seller, monkeypatch):
    [one] = renters(1)
    billed = invoice(one)
    monkeypatch.setattr(ledger, "lock_balances", lambda accounts: None)
    look = all_have_called(crediting._require_left, 6)
    monkeypatch.setattr(crediting, "_require_left", look)
    outcome = together(*[lambda: credit(billed, 300_000, left=False)] * 6)
    assert any("credit_within_line" in str(found) for found in outcome), outcome
    assert sum(CreditNote.objects.values_list("net_micro", flat=True)) <= 800_000
