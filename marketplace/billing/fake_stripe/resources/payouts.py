"""From the balance of a connected account to its owner's bank, which may refuse it."""

import stripe

from marketplace.billing.fake_stripe.routing import endpoint
from marketplace.billing.fake_stripe.state import Fake
from marketplace.billing.fake_stripe.wire import Json, refused

from . import transfers

#: days until the money is with the bank
TAKES = 2


def pay_out(fake: Fake, account: str, amount: int, currency: str = "usd") -> Json:
    """What Stripe does by its own schedule: send so many minor units to the account's bank."""
    if amount > fake.connected.get((account, currency), 0):
        raise refused("The connected account has less than that.", code="balance_insufficient")
    made = fake.put(
        stripe.Payout,
        "po",
        amount=amount,
        currency=currency,
        automatic=True,
        arrival_date=fake.now() + TAKES * 86_400,
        metadata={},
        method="standard",
        source_type="card",
        status="in_transit",
        type="bank_account",
    )
    transfers.move(fake, account, currency, -amount)
    fake.emit("payout.created", made, account=account)
    return made


def arrive(fake: Fake, account: str, name: str) -> Json:
    made = fake.get("payout", name)
    made["status"] = "paid"
    fake.emit("payout.paid", made, account=account)
    return made


def fail(fake: Fake, account: str, name: str) -> Json:
    """The bank sends it back: the account has the money with Stripe again."""
    made = fake.get("payout", name)
    made.update(
        status="failed",
        failure_code="account_closed",
        failure_message="The bank account has been closed.",
    )
    transfers.move(fake, account, made["currency"], made["amount"])
    fake.emit("payout.failed", made, account=account)
    return made


@endpoint("GET", "/v1/payouts/{id}")
def retrieve_payout(fake: Fake, body: Json, name: str) -> Json:
    return fake.get("payout", name)
