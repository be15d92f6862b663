"""Customers: who the saved cards belong to."""

import stripe

from marketplace.billing.fake_stripe import types
from marketplace.billing.fake_stripe.listing import page
from marketplace.billing.fake_stripe.routing import endpoint
from marketplace.billing.fake_stripe.state import Fake
from marketplace.billing.fake_stripe.wire import Json

PLAIN = ("name", "email", "description", "phone")


@endpoint("POST", "/v1/customers")
def create_customer(fake: Fake, body: Json) -> Json:
    settings = types.neutral(stripe.Customer.InvoiceSettings, default_payment_method=None)
    known = {name: body.get(name) for name in PLAIN}
    made = fake.put(
        stripe.Customer,
        "cus",
        metadata=body.get("metadata", {}),
        invoice_settings=settings,
        **known,
    )
    fake.emit("customer.created", made)
    return made


@endpoint("POST", "/v1/customers/{id}")
def update_customer(fake: Fake, body: Json, name: str) -> Json:
    made = fake.get("customer", name)
    made.update({name: body[name] for name in (*PLAIN, "metadata") if name in body})
    made["invoice_settings"].update(body.get("invoice_settings", {}))
    fake.emit("customer.updated", made)
    return made


@endpoint("GET", "/v1/customers/{id}")
def retrieve_customer(fake: Fake, body: Json, name: str) -> Json:
    known = fake.objects.get(name, {})
    return known if known.get("deleted") else fake.get("customer", name)


@endpoint("DELETE", "/v1/customers/{id}")
def delete_customer(fake: Fake, body: Json, name: str) -> Json:
    """All that stays is that there was one; its cards can pay nothing more."""
    fake.emit("customer.deleted", fake.get("customer", name))
    for card in fake.all("payment_method"):
        if card["customer"] == name:
            card["customer"] = None
    fake.objects[name] = {"id": name, "object": "customer", "deleted": True}
    return fake.objects[name]


@endpoint("GET", "/v1/customers")
def list_customers(fake: Fake, body: Json) -> Json:
    return page(fake.all("customer"), body, "/v1/customers", by=("email",))


@endpoint("GET", "/v1/customers/{id}/payment_methods")
def list_cards_of(fake: Fake, body: Json, name: str) -> Json:
    fake.get("customer", name)
    theirs = [row for row in fake.all("payment_method") if row["customer"] == name]
    return page(theirs, body, f"/v1/customers/{name}/payment_methods", by=("type",))
