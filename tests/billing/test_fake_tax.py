"""The fake's Stripe Tax, through the official package."""

import pytest
import stripe

from tests.billing import stand_in
from tests.make import NOON

DAY = 86_400
START = int(NOON.timestamp())


@pytest.fixture
def api(fake):
    return stand_in.client(fake.address).v1.tax


def ask(api, *, amount=10_037, country="SG", number=None, key="k", date=START, **address):
    buyer = {"address": {"country": country, **address}, "address_source": "billing"}
    if number:
        buyer["tax_ids"] = [{"type": "eu_vat", "value": number}]
    body = {
        "currency": "usd",
        "customer_details": buyer,
        "line_items": [{"amount": amount, "reference": "usage", "tax_behavior": "exclusive"}],
        "tax_date": date,
    }
    return api.calculations.create(body, {"idempotency_key": key})


def sale(api, made, *, reference="INV-1", key="sale", **facts):
    body = {"calculation": made.id, "reference": reference, "expand": ["line_items"], **facts}
    return api.transactions.create_from_calculation(body, {"idempotency_key": key})


def reverse(api, of, amount, tax, *, reference="CN-1", key="back"):
    body = {
        "mode": "partial",
        "original_transaction": of.id,
        "reference": reference,
        "expand": ["line_items"],
        "line_items": [
            {
                "original_line_item": of.line_items.data[0].id,
                "amount": amount,
                "amount_tax": tax,
                "reference": reference,
            }
        ],
    }
    return api.transactions.create_reversal(body, {"idempotency_key": key})


@pytest.mark.parametrize(
    ("facts", "taxes", "reasons"),
    [
        ({}, [903], ["standard_rated"]),
        ({"country": "DE"}, [1_907], ["standard_rated"]),
        ({"country": "DE", "number": "DE123456789"}, [0], ["reverse_charge"]),
        ({"number": "M9-1"}, [903], ["standard_rated"]),
        ({"country": "BR"}, [0], ["not_collecting"]),
        ({"country": "US", "postal_code": "10001"}, [401, 452, 38], ["standard_rated"] * 3),
    ],
)
def test_tax_is_by_country_and_number(fake, api, facts, taxes, reasons):
    made = ask(api, **facts)
    assert [one.amount for one in made.tax_breakdown] == taxes
    assert [one.taxability_reason for one in made.tax_breakdown] == reasons
    assert (made.tax_amount_exclusive, made.amount_total) == (sum(taxes), 10_037 + sum(taxes))
    assert made.expires_at == START + 90 * DAY
    assert fake.complaints == []


@pytest.mark.parametrize("facts", [{"country": "US"}, {"country": "CA"}, {"country": ""}])
def test_a_place_that_cannot_be_told_is_refused(fake, api, facts):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        ask(api, **facts)
    assert refused.value.code == "customer_tax_location_invalid"
    assert fake.objects == {}


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"amount": 0}, "positive integer"),
        ({"date": START - 32 * DAY}, "31 days"),
        ({"number": "none", "country": "DE"}, "Invalid value"),
    ],
)
def test_what_cannot_be_calculated_is_refused(fake, api, facts, why):
    with pytest.raises(stripe.InvalidRequestError, match=why):
        ask(api, **facts)
    assert fake.objects == {}


def test_a_reference_is_taken_once_also_by_reversals(fake, api):
    made = ask(api)
    first = sale(api, made)
    assert sale(api, made).id == first.id, "the same key is the same"
    with pytest.raises(stripe.InvalidRequestError, match="reference INV-1 exists"):
        sale(api, made, key="other")
    with pytest.raises(stripe.InvalidRequestError, match="reference INV-1 exists"):
        reverse(api, first, -100, -9, reference="INV-1")
    assert len(fake.all("tax.transaction")) == 1
    [line] = first.line_items.data
    assert (line.amount, line.amount_tax, first.type) == (10_037, 903, "transaction")
    assert "line_items" not in api.transactions.retrieve(first.id)
    assert fake.complaints == []


@pytest.mark.parametrize(
    ("facts", "clock", "why"),
    [
        ({}, START + 90 * DAY, "expired"),
        ({"posted_at": START + 1}, START, "posted_at"),
        ({"posted_at": START - 1}, START, "posted_at"),
    ],
)
def test_a_sale_is_filed_while_its_calculation_lasts(fake, api, facts, clock, why):
    made = ask(api)
    fake.clock = lambda: clock
    with pytest.raises(stripe.InvalidRequestError, match=why):
        sale(api, made, **facts)
    assert fake.all("tax.transaction") == []


def test_reversals_never_go_above_the_sale(fake, api):
    whole = sale(api, ask(api))
    part = reverse(api, whole, -5_000, -450)
    assert (part.type, part.reversal.original_transaction) == ("reversal", whole.id)
    for amount, tax in ((-5_038, -453), (-5_037, -454), (1, 0)):
        with pytest.raises(stripe.InvalidRequestError, match="more than what is left"):
            reverse(api, whole, amount, tax, reference="CN-2", key=f"{amount} {tax}")
    reverse(api, whole, -5_037, -453, reference="CN-2", key="rest")
    with pytest.raises(stripe.InvalidRequestError, match="cannot be reversed"):
        reverse(api, part, -1, 0, reference="CN-3", key="of a reversal")
    assert fake.complaints == []
