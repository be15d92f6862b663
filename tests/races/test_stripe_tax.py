"""Invoices that Stripe taxes, under threads: one calculation an invoice, one filing a paper."""

import pytest
from django.db import DatabaseError

from marketplace.billing import services
from marketplace.billing.models import Invoice, StripeCommand, TaxCalculation, TaxFiling
from marketplace.billing.services import filing, invoicing
from marketplace.ledger import services as ledger
from tests.billing import papers, stand_in, stripe_tax
from tests.billing.papers import invoice, record_seller
from tests.billing.stripe_tax import LATER, filed
from tests.race import all_have_called, together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def used(market, harbour, sally, fake, settings):
    stripe_tax.use(fake, settings)
    record_seller(sally)
    return stripe_tax.rented(harbour)


def test_two_who_issue_at_once_issue_one(used, harbour):
    outcome = together(*[lambda: invoice(harbour)] * 4)
    [made] = [one for one in outcome if isinstance(one, Invoice)]
    assert sum(isinstance(one, services.NothingToInvoice) for one in outcome) == 3
    assert Invoice.objects.get() == made
    assert made.tax_calculation in TaxCalculation.objects.all()
    assert (made.tax_micro, ledger.totals(currency="USD")["tax_payable"]) == (9_030_000,) * 2


def test_one_act_that_came_twice_at_once_is_one_invoice(used, harbour):
    first, second = together(*[lambda: invoice(harbour, key="k")] * 2)
    assert first == second == Invoice.objects.get()


def test_control_without_the_wallets_lock_only_the_constraints_keep_it_one(
    used, harbour, monkeypatch
):
    monkeypatch.setattr(ledger, "lock_balances", lambda accounts: None)
    drafts = all_have_called(invoicing.calculating.matching, 4)
    monkeypatch.setattr(invoicing.calculating, "matching", drafts)
    outcome = together(*[lambda: invoice(harbour)] * 4)
    assert any(isinstance(one, DatabaseError) for one in outcome), outcome
    assert Invoice.objects.count() == 1


def test_a_charge_between_question_and_lock_is_taxed(used, harbour, monkeypatch):
    whole, charged = invoicing.calculating.calculate, []

    def calculate(**asked):
        answer = whole(**asked)
        if not charged:
            charged.append(together(lambda: papers.rented(harbour)))
        return answer

    monkeypatch.setattr(invoicing.calculating, "calculate", calculate)
    made = invoice(harbour)
    assert (made.net_micro, made.tax_micro) == (101_170_000, 9_110_000)


def test_sweeps_at_once_decide_on_one_filing(used, harbour, fake, monkeypatch):
    billed = invoice(harbour)
    together(*[lambda: filing.plan(paper=billed, at=LATER)] * 4)
    assert TaxFiling.objects.get().paper == billed
    command = StripeCommand.objects.get()
    together(*[lambda: stand_in.send(command, LATER)] * 4)
    assert filed(fake) == [("INV-2026-000001", 10_037, 903)]
    assert TaxFiling.objects.get().transaction_id
