"""From our balance to that of a connected account, and back."""

import stripe

from marketplace.billing.fake_stripe.listing import page
from marketplace.billing.fake_stripe.routing import endpoint
from marketplace.billing.fake_stripe.state import Fake
from marketplace.billing.fake_stripe.wire import Json, refused

from . import balance


@endpoint("POST", "/v1/transfers")
def create_transfer(fake: Fake, body: Json) -> Json:
    account = fake.get("account", body["destination"])
    amount, currency = int(body["amount"]), body["currency"]
    if account["capabilities"]["transfers"] != "active":
        raise refused(
            "Your destination account needs to have at least one of the following capabilities"
            " enabled: transfers",
            code="insufficient_capabilities_for_transfer",
        )
    if amount > balance.available(fake, currency):
        raise refused(
            "You have insufficient available funds in your Stripe account.",
            code="balance_insufficient",
        )
    made = fake.put(
        stripe.Transfer,
        "tr",
        amount=amount,
        amount_reversed=0,
        currency=currency,
        destination=account["id"],
        metadata=body.get("metadata", {}),
        reversals={"object": "list", "data": [], "has_more": False, "url": ""},
        reversed=False,
        transfer_group=body.get("transfer_group"),
    )
    made["balance_transaction"] = balance.book(fake, "transfer", -amount, source=made)["id"]
    move(fake, account["id"], currency, amount)
    fake.emit("transfer.created", made)
    return made


def move(fake: Fake, account: str, currency: str, amount: int) -> None:
    """Change what a connected account has with Stripe, in minor units."""
    place = (account, currency)
    fake.connected[place] = fake.connected.get(place, 0) + amount


@endpoint("POST", "/v1/transfers/{id}/reversals")
def create_reversal(fake: Fake, body: Json, name: str) -> Json:
    transfer = fake.get("transfer", name)
    left = transfer["amount"] - transfer["amount_reversed"]
    amount = int(body.get("amount", left))
    if not 0 < amount <= left:
        raise refused(f"Reversal amount ({amount}) is greater than what is left ({left}).")
    place = (transfer["destination"], transfer["currency"])
    if amount > fake.connected.get(place, 0):
        raise refused(
            "The connected account has insufficient available funds.", code="balance_insufficient"
        )
    made = fake.put(
        stripe.TransferReversal,
        "trr",
        amount=amount,
        currency=transfer["currency"],
        metadata=body.get("metadata", {}),
        transfer=name,
    )
    moved = balance.book(fake, "transfer_refund", amount, source=made)
    made["balance_transaction"] = moved["id"]
    move(fake, *place, -amount)
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    transfer["reversals"]["data"].insert(0, made)
    fake.emit("transfer.reversed", transfer)
    return made


@endpoint("GET", "/v1/transfers/{id}/reversals")
def list_reversals(fake: Fake, body: Json, name: str) -> Json:
    rows = [one for one in fake.all("transfer_reversal") if one["transfer"] == name]
    return page(rows, body, f"/v1/transfers/{name}/reversals")


@endpoint("GET", "/v1/transfers/{id}")
def retrieve_transfer(fake: Fake, body: Json, name: str) -> Json:
    return fake.get("transfer", name)


@endpoint("GET", "/v1/transfers")
def list_transfers(fake: Fake, body: Json) -> Json:
    by = ("destination", "transfer_group")
    return page(fake.all("transfer"), body, "/v1/transfers", by=by)
