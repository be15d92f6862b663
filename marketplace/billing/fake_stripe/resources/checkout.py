"""Stripe's hosted page: a card is saved (setup) or pays (payment) where we never see its number."""

import stripe

from marketplace.billing.fake_stripe.listing import page
from marketplace.billing.fake_stripe.routing import endpoint
from marketplace.billing.fake_stripe.state import Fake
from marketplace.billing.fake_stripe.wire import Json, refused

from . import payment_intents, payment_methods, setup_intents

DAY = 86_400


@endpoint("POST", "/v1/checkout/sessions")
def create_session(fake: Fake, body: Json) -> Json:
    if body.get("customer"):
        fake.get("customer", body["customer"])
    expires_at = int(body.get("expires_at", fake.now() + DAY))
    if not fake.now() + 1_800 <= expires_at <= fake.now() + DAY:
        raise refused("The `expires_at` timestamp must be from 30 minutes to 24 hours from now.")
    total = _total(body)
    made = fake.put(
        stripe.checkout.Session,
        "cs",
        mode=body["mode"],
        status="open",
        payment_status="no_payment_required" if body["mode"] == "setup" else "unpaid",
        customer=body.get("customer"),
        client_reference_id=body.get("client_reference_id"),
        metadata=body.get("metadata", {}),
        success_url=body.get("success_url"),
        cancel_url=body.get("cancel_url"),
        expires_at=expires_at,
        payment_method_types=body.get("allowed_payment_method_types", ["card"]),
        amount_total=total,
        amount_subtotal=total,
        currency=_currency(body),
        payment_intent=None,
        setup_intent=None,
    )
    made["url"] = f"{fake.address}/_fake/checkout/{made['id']}"
    if body["mode"] == "setup":
        consent = body.get("setup_intent_data", {})
        intent = setup_intents.start(fake, made["customer"], consent.get("metadata", {}))
        made["setup_intent"] = intent["id"]
    made["_wanted"] = body.get("payment_intent_data", {})
    fake.objects[made["id"]] = made
    return _seen(made)


def _seen(made: Json) -> Json:
    """Without what the fake keeps for itself."""
    return {name: value for name, value in made.items() if not name.startswith("_")}


def _total(body: Json) -> int | None:
    if body["mode"] != "payment":
        return None
    return sum(
        int(line["price_data"]["unit_amount"]) * int(line.get("quantity", 1))
        for line in body["line_items"]
    )


def _currency(body: Json) -> str | None:
    lines = body.get("line_items")
    return str(lines[0]["price_data"]["currency"]) if lines else body.get("currency")


@endpoint("POST", "/v1/checkout/sessions/{id}/expire")
def expire_session(fake: Fake, body: Json, name: str) -> Json:
    made = fake.get("checkout.session", name)
    _require_open(made)
    made["status"] = "expired"
    fake.emit("checkout.session.expired", _seen(made))
    return _seen(made)


@endpoint("GET", "/v1/checkout/sessions/{id}")
def retrieve_session(fake: Fake, body: Json, name: str) -> Json:
    return _seen(fake.get("checkout.session", name))


@endpoint("GET", "/v1/checkout/sessions")
def list_sessions(fake: Fake, body: Json) -> Json:
    rows = [_seen(row) for row in fake.all("checkout.session")]
    return page(rows, body, "/v1/checkout/sessions", by=("customer", "payment_intent", "status"))


def _require_open(made: Json) -> None:
    if made["status"] != "open":
        raise refused(f"This Session is {made['status']}; it is not open any more.")


def complete(fake: Fake, name: str, card: str = "pm_card_visa") -> Json:
    """The visitor of the hosted page gives this card; returns the session. Raises a decline."""
    made = fake.get("checkout.session", name)
    _require_open(made)
    if made["expires_at"] <= fake.now():
        return expire_session(fake, {}, name)
    if made["mode"] == "setup":
        setup_intents.finish(fake, fake.get("setup_intent", made["setup_intent"]), card)
    else:
        _pay(fake, made, card)
        made["payment_status"] = "paid"
    made["status"] = "complete"
    fake.emit("checkout.session.completed", _seen(made))
    return _seen(made)


def _pay(fake: Fake, made: Json, card: str) -> None:
    wanted = made["_wanted"]
    if made["payment_intent"] is None:
        intent = payment_intents.create_payment_intent(
            fake,
            {
                "amount": made["amount_total"],
                "currency": made["currency"],
                **{name: made[name] for name in ("customer",) if made[name]},
                **wanted,
            },
        )
        made["payment_intent"] = intent["id"]
    intent = fake.get("payment_intent", made["payment_intent"])
    intent["payment_method"] = card
    if wanted.get("setup_future_usage") and made["customer"]:
        intent["payment_method"] = payment_methods.save(fake, card, made["customer"])["id"]
    # whoever is on the hosted page answers the bank there and then
    payment_intents.confirm(fake, intent, {"return_url": made["success_url"]})
    if intent["status"] == "requires_action":
        payment_intents.authenticate(fake, intent["id"])
