"""Staff see what Stripe said of tax, which papers it has, and what is stuck."""

import pytest
from django.urls import reverse

from marketplace.billing import services
from marketplace.billing.models import StripeCommand, TaxCalculation, TaxFiling
from marketplace.core.models import AuditEvent
from tests.billing import stripe_tax
from tests.billing.papers import credit, invoice, record_seller
from tests.billing.stripe_tax import LATER, drive, filed
from tests.make import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def billed(market, harbour, sally, fake, settings):
    stripe_tax.use(fake, settings)
    record_seller(sally)
    stripe_tax.rented(harbour)
    return invoice(harbour)


@pytest.fixture
def staff(client, sally):
    client.force_login(sally)
    return client


def listing(model):
    return reverse(f"admin:billing_{model._meta.model_name}_changelist")


def test_a_calculation_tells_its_invoice(billed, staff, said):
    text = said(staff.get(listing(TaxCalculation)))
    row = TaxCalculation.objects.get()
    for told in (row.calculation_id, "9.03", "100.37", billed.code):
        assert told in text


def test_what_is_stuck_is_found_and_filed_again(billed, fake, staff, sally, said):
    services.file_papers(at=LATER)
    fake.clock = NOON.timestamp  # so the sale lies ahead for Stripe, which refuses it
    drive()
    text = said(staff.get(listing(TaxFiling), {"filed_at__isempty": "1"}))
    assert f"{billed.code}" in text
    assert "Failed" in text
    assert "posted_at is not between tax_date and now" in text
    fake.clock = LATER.timestamp
    facts = {"action": "file_again", "_selected_action": [TaxFiling.objects.get().pk]}
    staff.post(listing(TaxFiling), facts)
    answer = staff.post(listing(TaxFiling), facts, follow=True)
    assert "nothing of it waits for staff" in said(answer)
    assert AuditEvent.objects.filter(verb="filed again with Stripe").count() == 1
    assert AuditEvent.objects.get(verb="filed again with Stripe").actor == sally.public_id
    StripeCommand.objects.update(next_at=LATER)  # asked for by the clock of the wall
    drive()
    assert filed(fake) == [("INV-2026-000001", 10_037, 903)]
    assert "INV-2026-000001" not in said(staff.get(listing(TaxFiling), {"filed_at__isempty": "1"}))


def test_a_name_that_staff_found_is_taken_from_the_list(billed, fake, staff, sally, said):
    services.file_papers(at=LATER)
    fake.faults.append("drop")
    drive()
    StripeCommand.objects.update(state="unknown")
    [there] = fake.all("tax.transaction")
    row = TaxFiling.objects.get()
    facts = {"action": "take_name", "_selected_action": [row.pk]}
    page = said(staff.get(listing(TaxFiling)))
    assert "Stripe's name, such as tax_1Abc" in page
    for name, why in (("", "'' is no name"), ("tax_none", "Stripe does not show tax_none")):
        assert why in said(staff.post(listing(TaxFiling), {**facts, "name": name}, follow=True))
    fake.faults.append("500")
    answer = staff.post(listing(TaxFiling), {**facts, "name": there["id"]}, follow=True)
    assert "try later" in said(answer)
    row.refresh_from_db()
    assert (row.transaction_id, StripeCommand.objects.get().state) == ("", "unknown")
    staff.post(listing(TaxFiling), {**facts, "name": f" {there['id']} "})
    row.refresh_from_db()
    assert row.transaction_id == there["id"]
    event = AuditEvent.objects.get(verb="named at Stripe")
    assert (event.actor, event.detail["name"]) == (sally.public_id, there["id"])
    answer = staff.post(listing(TaxFiling), {**facts, "name": there["id"]}, follow=True)
    assert "nothing of it waits for staff" in said(answer)


def test_a_name_is_given_to_one_paper(billed, fake, staff, said):
    services.file_papers(at=LATER)
    credit(billed, 33_330_000)
    drive()
    services.file_papers(at=LATER)
    before = list(TaxFiling.objects.values())
    chosen = list(TaxFiling.objects.values_list("pk", flat=True))
    assert len(chosen) == 2
    facts = {"action": "take_name", "_selected_action": chosen, "name": "tax_1"}
    assert "Choose one paper" in said(staff.post(listing(TaxFiling), facts, follow=True))
    assert list(TaxFiling.objects.values()) == before
