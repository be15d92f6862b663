"""The account's balance, and the transactions that make it up."""

import stripe

from marketplace.billing.fake_stripe.listing import page
from marketplace.billing.fake_stripe.routing import endpoint
from marketplace.billing.fake_stripe.state import Fake
from marketplace.billing.fake_stripe.wire import Json

#: seconds until what was paid by card is available
SETTLES = 2 * 86_400


def book(
    fake: Fake,
    kind: str,
    amount: int,
    *,
    source: Json,
    fee: int = 0,
    settles: int = 0,
    category: str = "",
) -> Json:
    """Enter what moved the balance by `amount - fee` minor units, available in `settles` s."""
    return fake.put(
        stripe.BalanceTransaction,
        "txn",
        amount=amount,
        fee=fee,
        net=amount - fee,
        currency=source["currency"],
        available_on=fake.now() + settles,
        balance_type="payments",
        reporting_category=category or kind,
        source=source["id"],
        status="pending" if settles else "available",
        type=kind,
        fee_details=[],
    )


def available(fake: Fake, currency: str) -> int:
    """Minor units that can be paid out or transferred now."""
    return _sum(fake, currency, waiting=False)


def _sum(fake: Fake, currency: str, *, waiting: bool) -> int:
    return sum(
        row["net"]
        for row in fake.all("balance_transaction")
        if row["currency"] == currency and (row["available_on"] > fake.now()) == waiting
    )


@endpoint("GET", "/v1/balance")
def retrieve_balance(fake: Fake, body: Json) -> Json:
    currencies = sorted({row["currency"] for row in fake.all("balance_transaction")} or {"usd"})
    return {
        "object": "balance",
        "livemode": False,
        "available": [{"amount": available(fake, one), "currency": one} for one in currencies],
        "pending": [
            {"amount": _sum(fake, one, waiting=True), "currency": one} for one in currencies
        ],
    }


@endpoint("GET", "/v1/balance_transactions")
def list_balance_transactions(fake: Fake, body: Json) -> Json:
    rows = fake.all("balance_transaction")
    return page(rows, body, "/v1/balance_transactions", by=("type", "source", "currency"))


@endpoint("GET", "/v1/balance_transactions/{id}")
def retrieve_balance_transaction(fake: Fake, body: Json, name: str) -> Json:
    return fake.get("balance_transaction", name)
