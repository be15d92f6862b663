"""Invoices, credit notes, disputes and terms through the API: owner, provider, outsider, nobody."""

import time
from datetime import timedelta

import pytest
from django.utils.timezone import now

from marketplace.accounts.models import Membership
from marketplace.billing.models import Invoice, RentalDispute, TermsOffer
from tests import make
from tests.api.asking import bearer, booked, places, refused
from tests.billing import papers, stripe_tax

pytestmark = pytest.mark.django_db


@pytest.fixture
def used(market, harbour, sally):
    """0.80 USD, settled."""
    papers.record_seller(sally)
    return papers.rented(harbour)


def key_of_provider(reservation):
    owner = make.user()
    operator = reservation.offer.machine.site.operator
    Membership.objects.create(user=owner, organisation=operator, role="owner")
    return bearer(make.api_key(operator, owner))


def test_an_invoice_is_issued_once_per_key(api, used, alice):
    first, again = (api.post("invoices", key="once") for _ in range(2))
    assert (first.status_code, again.json()) == (201, first.json())
    row = Invoice.objects.get()
    assert first["Location"] == f"/api/v1/invoices/{row.public_id}"
    told = first.json()
    number = f"INV-{row.issued_at.year}-000001"
    assert (told["number"], told["total_micro"]) == (number, 800_000)
    assert told["period_start"] == "2026-11-01T00:00:00Z"
    assert api.get("invoices").json()["results"] == [told]
    whole = api.get(f"invoices/{row.public_id}").json()
    assert [line["amount_micro"] for line in whole["lines"]] == [800_000]
    problem = refused(api.post("invoices"), 409, "nothing-to-invoice")
    assert "charged" in problem["detail"]


def test_without_a_seller_it_is_not_available(api, market, harbour):
    papers.rented(harbour)
    refused(api.post("invoices"), 503, "not-available-now")
    assert not Invoice.objects.exists()


def test_without_its_tax_no_invoice_is_issued(api, used, harbour, fake, settings):
    stripe_tax.use(fake, settings)
    fake.clock = time.time
    fake.faults.append("500")
    refused(api.post("invoices", key="once"), 503, "tax-not-available")
    stripe_tax.party(harbour, country="US")
    problem = refused(api.post("invoices", key="once"), 409, "billing-details-lack")
    assert problem["detail"] == (
        "the postal code is missing, by which US taxes; give it in the billing details"
    )
    assert not Invoice.objects.exists()
    api.put("billing-details", {"name": "H", "address": "A", "postal_code": "10001"})
    assert api.post("invoices", key="once").json()["tax_micro"] == 70_000


def test_a_pdf_is_the_same_bytes_each_time(api, used):
    api.post("invoices")
    path = f"invoices/{Invoice.objects.get().public_id}/pdf"
    answer = api.get(path)
    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    assert api.get(path).content == answer.content


def test_a_credit_note_names_its_invoice(api, used):
    api.post("invoices")
    billed = Invoice.objects.get()
    note = papers.credit(billed, 300_000)
    [told] = api.get("credit-notes").json()["results"]
    numbers = f"CN-{note.issued_at.year}-000001", f"INV-{billed.issued_at.year}-000001"
    assert (told["number"], told["invoice_number"]) == numbers
    assert api.get(f"credit-notes/{note.public_id}").json()["reason"] == "It was slow."


def test_billing_details_are_put_and_got(api):
    assert api.get("billing-details").status_code == 204
    details = {"name": "Harbour", "address": "1 Quay", "tax_id": "M9", "reference": ""}
    details["postal_code"] = "018956"
    answer = api.put("billing-details", details)
    assert answer.status_code == 200, answer.content
    told = api.get("billing-details").json()
    assert {name: told[name] for name in details} == details
    refused(api.put("billing-details", {"name": "x"}), 400, "invalid")


def test_a_viewer_puts_no_billing_details(harbour):
    viewer = bearer(make.api_key(harbour, make.member(harbour, "viewer")))
    answer = viewer.put("billing-details", {"name": "x", "address": "y"})
    refused(answer, 403, "forbidden")


def claim(used, **changes):
    return {
        "reservation": str(used.public_id),
        "claim": "It was throttled.",
        "claimed_micro": 500_000,
        **changes,
    }


def test_a_dispute_goes_from_claim_to_answer(api, used, outsider, stranger):
    provider = key_of_provider(used)
    first, again = (api.post("disputes", claim(used), key="once") for _ in range(2))
    assert (first.status_code, again.json()) == (201, first.json())
    row = RentalDispute.objects.get()
    path = f"disputes/{row.public_id}"
    assert api.get(path).json() == provider.get(path).json()
    for nobody, status, slug in (
        (outsider, 404, "not-found"),
        (stranger, 401, "unauthenticated"),
    ):
        refused(nobody.get(path), status, slug)
        refused(nobody.post(f"{path}/answer", {"text": "x"}), status, slug)
        refused(nobody.post(f"{path}/withdraw"), status, slug)
    refused(api.post(f"{path}/answer", {"text": "x"}), 404, "not-found")
    refused(provider.post(f"{path}/withdraw"), 404, "not-found")
    assert provider.post(f"{path}/answer", {"text": "It was not."}).json()["state"] == "answered"
    told = provider.get(path).json()
    assert [entry["side"] for entry in told["entries"]] == ["renter", "provider"]
    assert api.post(f"{path}/withdraw").json()["state"] == "withdrawn"
    refused(api.post(f"{path}/withdraw"), 409, "wrong-state")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [({"claimed_micro": 800_001}, "#/claimed_micro"), ({"claimed_micro": 0}, "#/claimed_micro")],
)
def test_a_bad_claim_names_its_field(api, used, changes, pointer):
    problem = refused(api.post("disputes", claim(used, **changes)), 422, "refused")
    assert places(problem) == [pointer]
    assert not RentalDispute.objects.exists()


def test_nobody_disputes_anothers_reservation(outsider, used):
    refused(outsider.post("disputes", claim(used)), 404, "not-found")
    assert not RentalDispute.objects.exists()


def test_terms_are_offered_by_the_provider_and_accepted_by_the_renter(api, harbour, offer):
    row = booked(harbour, offer)
    provider = key_of_provider(row)
    wish = {
        "reservation": str(row.public_id),
        "price_micro_per_gpu_hour": 1_200_000,
        "since": (now() + timedelta(minutes=30)).isoformat(),
    }
    refused(api.post("terms-offers", wish), 404, "not-found")
    answer = provider.post("terms-offers", wish)
    assert answer.status_code == 201, answer.content
    path = f"terms-offers/{TermsOffer.objects.get().public_id}"
    assert answer["Location"] == f"/api/v1/{path}"
    assert api.get(path).json() == provider.get(path).json() == answer.json()
    refused(provider.post(f"{path}/accept"), 404, "not-found")
    assert api.post(f"{path}/accept").json()["accepted"] is True
    assert row.rates.get(version=2).price_micro_per_gpu_hour == 1_200_000


def test_terms_are_nobody_elses_business(api, outsider, stranger, harbour, offer):
    row = booked(harbour, offer)
    provider = key_of_provider(row)
    since = (now() + timedelta(minutes=30)).isoformat()
    wish = {
        "reservation": str(row.public_id),
        "price_micro_per_gpu_hour": 1_200_000,
        "since": since,
    }
    provider.post("terms-offers", wish)
    path = f"terms-offers/{TermsOffer.objects.get().public_id}"
    refused(outsider.get(path), 404, "not-found")
    refused(outsider.post(f"{path}/accept"), 404, "not-found")
    refused(stranger.post(f"{path}/accept"), 401, "unauthenticated")
    assert outsider.get("terms-offers").json()["count"] == 0
    assert not hasattr(TermsOffer.objects.get(), "accepted")


def test_terms_that_cannot_be_are_refused(harbour, offer):
    row = booked(harbour, offer)
    past = {
        "reservation": str(row.public_id),
        "price_micro_per_gpu_hour": 1,
        "since": "2020-01-01T00:00:00Z",
    }
    problem = refused(key_of_provider(row).post("terms-offers", past), 422, "refused")
    assert "begin in the future" in problem["detail"]
    assert not TermsOffer.objects.exists()
