"""Stripe Tax: calculations, and the sales and reversals that are filed by them.

The rates are made up, and so is where they apply: the seller is in OURS and collects tax in every
country that is named here. What the real one says to a reference that is taken is not in the
package; the fake's words for it are its own.
"""

from collections.abc import Iterator
from typing import Any

import stripe

from marketplace.billing.fake_stripe import types
from marketplace.billing.fake_stripe.routing import endpoint
from marketplace.billing.fake_stripe.state import Fake
from marketplace.billing.fake_stripe.wire import Json, refused

OURS = "SG"
#: by country: each tax with its state and its rate in 1/1000 of a percent
RATES: dict[str, tuple[tuple[str, str | None, int], ...]] = {
    "SG": (("gst", None, 9_000),),
    "MY": (("service_tax", None, 8_000),),
    "AU": (("gst", None, 10_000),),
    "DE": (("vat", None, 19_000),),
    "FR": (("vat", None, 20_000),),
    "GB": (("vat", None, 20_000),),
    "JP": (("jct", None, 10_000),),
    "US": (("sales_tax", "NY", 4_000), ("sales_tax", "NY", 4_500), ("sales_tax", "NY", 375)),
}
#: where a registered buyer accounts for the tax of a seller abroad itself
REVERSES = {"AU", "DE", "FR", "GB"}
#: places are told by more than their country
NEED_CODE = {"US", "CA"}
#: seconds until a calculation files nothing any more, and how far off a tax date may be
LASTS, FAR = 90 * 86_400, 31 * 86_400
PER_CENT = 1_000
WHOLE = 100 * PER_CENT


@endpoint("POST", "/v1/tax/calculations")
def create_calculation(fake: Fake, body: Json) -> Json:
    buyer = _placed(body.get("customer_details", {}))
    lines = body["line_items"]
    base = sum(int(line["amount"]) for line in lines)
    date = int(body.get("tax_date", fake.now()))
    if base <= 0:
        raise refused("The amount of a line item is a positive integer.", param="line_items")
    if abs(date - fake.now()) > FAR:
        raise refused("tax_date is more than 31 days away.", param="tax_date")
    breakdown = list(_breakdown(base, buyer))
    tax = sum(one["amount"] for one in breakdown)
    return fake.put(
        stripe.tax.Calculation,
        "taxcalc",
        amount_total=base + tax,
        currency=body["currency"],
        customer_details=_details(buyer),
        expires_at=fake.now() + LASTS,
        tax_amount_exclusive=tax,
        tax_amount_inclusive=0,
        tax_breakdown=breakdown,
        tax_date=date,
    )


def _placed(buyer: Json) -> Json:
    address = buyer.get("address", {})
    known = address.get("postal_code", "").isdigit() or address.get("state")
    if not address.get("country") or (address["country"] in NEED_CODE and not known):
        raise refused(
            "We could not determine the customer's tax location based on the provided customer"
            " address.",
            code="customer_tax_location_invalid",
            param="customer_details[address]",
        )
    for one in buyer.get("tax_ids", []):
        if not any(sign.isdigit() for sign in one["value"]):
            raise refused(f"Invalid value for {one['type']}.", code="tax_id_invalid")
    return buyer


def _breakdown(base: int, buyer: Json) -> Iterator[Json]:
    country = buyer["address"]["country"]
    if country not in RATES:
        yield _share("not_collecting", base=0, country=country)
    elif country in REVERSES and country != OURS and buyer.get("tax_ids"):
        yield _share("reverse_charge", base=0, country=country, tax=RATES[country][0][0])
    else:
        for tax, state, rate in RATES[country]:
            amount = (2 * base * rate + WHOLE) // (2 * WHOLE)
            yield _share("standard_rated", base, country, tax, state, rate, amount)


def _share(
    reason: str,
    base: int,
    country: str,
    tax: str | None = None,
    state: str | None = None,
    rate: int = 0,
    amount: int = 0,
) -> Json:
    kind = stripe.tax.Calculation.TaxBreakdown
    details = types.neutral(
        kind.TaxRateDetails,
        country=country,
        flat_amount=None,
        percentage_decimal=f"{rate / PER_CENT:g}" if rate else "0.0",
        rate_type="percentage" if rate else None,
        state=state,
        tax_type=tax,
    )
    return types.neutral(
        kind,
        amount=amount,
        inclusive=False,
        tax_rate_details=details,
        taxability_reason=reason,
        taxable_amount=base,
    )


def _details(buyer: Json) -> Json:
    address = dict.fromkeys(("city", "line1", "line2", "postal_code", "state"), None)
    made: Json = {
        "address": {**address, **buyer["address"]},
        "address_source": buyer.get("address_source"),
        "ip_address": None,
        "tax_ids": buyer.get("tax_ids", []),
        "taxability_override": "none",
    }
    return made


@endpoint("POST", "/v1/tax/transactions/create_from_calculation")
def create_from_calculation(fake: Fake, body: Json) -> Json:
    asked = fake.get("tax.calculation", body["calculation"])
    posted = int(body.get("posted_at", fake.now()))
    if asked["expires_at"] <= fake.now():
        raise refused("The calculation has expired.", param="calculation")
    if not asked["tax_date"] <= posted <= fake.now():
        raise refused("posted_at is not between tax_date and now.", param="posted_at")
    tax = asked["tax_amount_exclusive"]
    line = _line(fake, asked["amount_total"] - tax, tax, body["reference"], None)
    return _file(fake, body, asked, line, posted_at=posted)


@endpoint("POST", "/v1/tax/transactions/create_reversal")
def create_reversal(fake: Fake, body: Json) -> Json:
    original = fake.get("tax.transaction", body["original_transaction"])
    if original["type"] != "transaction":
        raise refused("A reversal cannot be reversed.", param="original_transaction")
    if body["mode"] != "partial" or len(body.get("line_items", [])) != 1:
        raise refused("The fake reverses one line item in part.")
    [wanted] = body["line_items"]
    amount, tax = int(wanted["amount"]), int(wanted["amount_tax"])
    [whole] = original["line_items"]["data"]
    if wanted["original_line_item"] != whole["id"]:
        raise refused("No such line item in the original transaction.", param="line_items")
    for name, more in (("amount", amount), ("amount_tax", tax)):
        if more > 0 or whole[name] + _reversed(fake, original["id"], name) + more < 0:
            raise refused(f"{name} is more than what is left of the line item.")
    line = _line(fake, amount, tax, wanted["reference"], whole["id"])
    about = {"reversal": {"original_transaction": original["id"]}, "posted_at": fake.now()}
    return _file(fake, body, original, line, **about)


def _reversed(fake: Fake, original: str, name: str) -> int:
    """What was reversed of a sale so far; never above zero."""
    return sum(
        line[name]
        for one in fake.all("tax.transaction")
        if (one["reversal"] or {}).get("original_transaction") == original
        for line in one["line_items"]["data"]
    )


def _line(fake: Fake, amount: int, tax: int, reference: str, of: str | None) -> Json:
    return types.neutral(
        stripe.tax.TransactionLineItem,
        id=fake.new_id("tax_li"),
        amount=amount,
        amount_tax=tax,
        metadata=None,
        quantity=1,
        reference=reference,
        reversal={"original_line_item": of} if of else None,
        tax_behavior="exclusive",
        type="reversal" if of else "transaction",
    )


def _file(fake: Fake, body: Json, about: Json, line: Json, **known: Any) -> Json:
    if any(one["reference"] == body["reference"] for one in fake.all("tax.transaction")):
        raise refused(
            f"A tax transaction with the reference {body['reference']} exists.",
            code="resource_already_exists",
            param="reference",
        )
    lines = {"object": "list", "data": [line], "has_more": False, "url": ""}
    facts = {
        "reversal": None,
        "currency": about["currency"],
        "customer_details": about["customer_details"],
        "tax_date": about["tax_date"],
        "metadata": body.get("metadata", {}),
        "reference": body["reference"],
        "type": line["type"],
        "line_items": lines,
    }
    return _told(body, fake.put(stripe.tax.Transaction, "tax", **{**facts, **known}))


def _told(body: Json, made: Json) -> Json:
    """Lines are left out unless they are asked for."""
    if "line_items" in body.get("expand", []):
        return made
    return {name: value for name, value in made.items() if name != "line_items"}


@endpoint("GET", "/v1/tax/transactions/{id}")
def retrieve_transaction(fake: Fake, body: Json, name: str) -> Json:
    return _told(body, fake.get("tax.transaction", name))
