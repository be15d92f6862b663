import json
import time

import pytest
from django.urls import reverse

from marketplace.billing.models import BillingDetails, Invoice
from tests.billing import kept, papers, stripe_tax

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller(sally):
    return papers.record_seller(sally)


@pytest.fixture
def used(market, harbour, seller):
    return papers.rented(harbour)


@pytest.fixture
def taxed(fake, settings):
    """Stripe says what the tax is."""
    stripe_tax.use(fake, settings)
    fake.clock = time.time
    return fake


@pytest.fixture
def alice_in(client, alice, harbour):
    client.force_login(alice)
    return client


def issue(client, token=None):
    form = client.get(reverse("invoices")).context["form"]
    return client.post(reverse("issue-invoice"), {"token": token or form["token"].value()})


def test_an_invoice_is_asked_for_once_however_often_the_page_is_sent(alice_in, used, alice, said):
    token = alice_in.get(reverse("invoices")).context["form"]["token"].value()
    pages = [issue(alice_in, token)["Location"] for _ in range(2)]
    made = Invoice.objects.get()
    assert pages == [reverse("invoice", args=[made.public_id])] * 2
    assert made.issued_by == alice
    text = said(alice_in.get(pages[0]))
    assert f"Invoice {made.code}" in text
    assert "20 min $2.40 $0.80" in text
    assert "No tax added: no rule for SG is on record" in text
    assert "Total 0.80 USD" in text


def test_a_workspace_that_was_kept_is_a_line_of_its_own(alice_in, used, said):
    kept.ended(used)
    text = said(alice_in.get(issue(alice_in)["Location"]))
    assert "50 GiB for 31 h 30 min at $0.000333 per GiB-hour $0.524475" in text


def test_the_list_shows_number_period_and_amounts(alice_in, used, said):
    issue(alice_in)
    text = said(alice_in.get(reverse("invoices")))
    assert f"INV-{Invoice.objects.get().issued_at.year}-000001" in text
    assert "1 Nov 2026, 00:00 UTC to" in text
    assert "0.80 0.00 0.80 USD PDF JSON" in text


def test_a_form_without_its_token_does_nothing(alice_in, used, said):
    answer = alice_in.post(reverse("issue-invoice"), {"token": "x"}, follow=True)
    assert "The form could not be read." in said(answer)
    assert not Invoice.objects.exists()


def test_nothing_to_invoice_is_said(alice_in, seller, said):
    answer = alice_in.get(issue(alice_in)["Location"])
    assert "Nothing was charged since the last invoice." in said(answer)


def test_without_a_seller_the_page_says_whom_to_ask(alice_in, market, harbour, said):
    papers.rented(harbour)
    assert "seller's details are not on record" in said(alice_in.get(issue(alice_in)["Location"]))
    assert not Invoice.objects.exists()


def test_while_nobody_says_what_the_tax_is_no_invoice_is_issued(alice_in, used, taxed, said):
    taxed.faults.append("500")
    text = said(alice_in.get(issue(alice_in)["Location"]))
    assert "What the tax is cannot be told at the moment" in text
    assert not Invoice.objects.exists()
    assert "Total 0.87 USD" in said(alice_in.get(issue(alice_in)["Location"]))


def test_details_that_lack_the_postal_code_are_asked_for(alice_in, used, harbour, taxed, said):
    stripe_tax.party(harbour, country="US")
    answer = issue(alice_in)
    assert answer["Location"] == reverse("billing-details")
    assert "cannot be told from your billing details" in said(alice_in.get(answer["Location"]))
    assert not Invoice.objects.exists()
    form = {"name": "Harbour", "address": "1 Quay", "postal_code": "10001"}
    alice_in.post(reverse("billing-details"), form)
    again = alice_in.get(reverse("billing-details")).context["form"]
    assert again["postal_code"].value() == "10001"
    text = said(alice_in.get(issue(alice_in)["Location"]))
    assert "Sales tax NY 4% + NY 4.5% + NY 0.375% (by Stripe Tax)" in text
    assert Invoice.objects.get().tax_micro == 70_000


def test_files_are_the_same_at_each_download(alice_in, used):
    issue(alice_in)
    made = Invoice.objects.get()
    pdf = reverse("invoice-pdf", args=[made.public_id])
    answer = alice_in.get(pdf)
    assert answer["Content-Type"] == "application/pdf"
    number = f"INV-{made.issued_at.year}-000001"
    assert answer["Content-Disposition"] == f'attachment; filename="{number}.pdf"'
    assert answer.content.startswith(b"%PDF-")
    assert alice_in.get(pdf).content == answer.content
    told = json.loads(alice_in.get(reverse("invoice-json", args=[made.public_id])).content)
    assert (told["number"], told["total_micro"]) == (number, 800_000)


def test_a_credit_note_stands_by_its_invoice(alice_in, used, said):
    issue(alice_in)
    note = papers.credit(Invoice.objects.get(), 300_000)
    for url in (reverse("invoices"), reverse("invoice", args=[note.invoice.public_id])):
        assert f"CN-{note.issued_at.year}-000001" in said(alice_in.get(url))
    text = said(alice_in.get(reverse("credit-note", args=[note.public_id])))
    assert "It was slow." in text
    assert "Total 0.30 USD" in text


def test_billing_details_are_kept_and_the_country_is_the_screened_one(alice_in, harbour, said):
    url = reverse("billing-details")
    assert "screened with: SG" in said(alice_in.get(url))
    form = {"name": "Harbour", "address": " 1 Quay \r\nSingapore", "tax_id": "", "reference": "7"}
    assert alice_in.post(url, form)["Location"] == reverse("invoices")
    row = BillingDetails.objects.get()
    assert (row.organisation, row.address, row.reference) == (harbour, "1 Quay\nSingapore", "7")
    assert "Harbour 1 Quay Singapore" in said(alice_in.get(reverse("invoices")))


def test_bad_details_name_their_field_and_are_not_kept(alice_in):
    answer = alice_in.post(reverse("billing-details"), {"name": "", "address": "x" * 501})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"name", "address"}
    assert not BillingDetails.objects.exists()


@pytest.mark.parametrize("role", ["viewer", "engineer"])
def test_who_may_not_pay_reads_invoices_and_issues_none(client, member_as, used, role):
    client.force_login(member_as(role))
    answer = client.get(reverse("invoices"))
    assert answer.status_code == 200
    assert reverse("issue-invoice") not in answer.content.decode()
    assert client.post(reverse("issue-invoice")).status_code == 403
    assert client.get(reverse("billing-details")).status_code == 403
    assert not Invoice.objects.exists()


def test_billing_may(client, member_as, used):
    client.force_login(member_as("billing"))
    issue(client)
    assert Invoice.objects.count() == 1
