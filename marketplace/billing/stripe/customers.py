"""Customers, their saved cards, and Stripe's hosted page on which cards are given."""

from dataclasses import dataclass
from typing import Any, cast

import stripe

from .client import asked


@dataclass(frozen=True)
class Card:
    """A saved card, as it may be shown."""

    id: str
    customer: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int
    country: str


@dataclass(frozen=True)
class Checkout:
    """A visit to the hosted page: where it is, and what came of it."""

    id: str
    status: str
    url: str
    customer: str
    payment_id: str
    metadata: dict[str, str]

    @property
    def expired(self) -> bool:
        return self.status == "expired"


def create_customer(*, name: str, organisation: str, idempotency_key: str) -> str:
    """Make a customer for an organisation; returns its id. Raises Unavailable or Misused."""
    made = asked(
        lambda client: client.v1.customers.create(
            {"name": name[:256], "metadata": {"organisation": organisation}},
            {"idempotency_key": idempotency_key},
        )
    )
    return made.id


def customer_is_gone(*, customer: str) -> bool:
    """Whether a customer was deleted at Stripe. Raises Unavailable or Misused."""
    seen = asked(lambda client: client.v1.customers.retrieve(customer))
    return bool(getattr(seen, "deleted", False))


def list_cards(*, customer: str) -> list[Card]:
    """The cards that a customer has saved now. Raises Unavailable or Misused."""
    rows = asked(
        lambda client: list(
            client.v1.customers.payment_methods.list(
                customer, {"type": "card", "limit": 100}
            ).auto_paging_iter()
        )
    )
    return [_card(row, customer) for row in rows if row.card is not None]


def _card(row: stripe.PaymentMethod, customer: str) -> Card:
    card = row.card
    assert card is not None  # noqa: S101  of type card
    return Card(
        id=row.id,
        customer=customer,
        brand=card.brand,
        last4=card.last4,
        exp_month=card.exp_month,
        exp_year=card.exp_year,
        country=(card.country or "")[:2],
    )


def detach_card(*, params: dict[str, Any], idempotency_key: str) -> None:
    """Take a saved card (its `id` in `params`) from its customer, for good.

    Raises Unavailable, and Misused when it was taken before.
    """
    asked(
        lambda client: client.v1.payment_methods.detach(
            params["id"], {}, {"idempotency_key": idempotency_key}
        )
    )


def open_checkout(*, params: dict[str, Any], idempotency_key: str) -> Checkout:
    """Open the hosted page; the same key opens the same one. Raises Unavailable or Misused."""
    return _read(
        asked(
            lambda client: client.v1.checkout.sessions.create(
                cast(Any, params), {"idempotency_key": idempotency_key}
            )
        )
    )


def retrieve_checkout(*, checkout_id: str) -> Checkout:
    """Ask what came of a visit to the hosted page. Raises Unavailable or Misused."""
    return _read(asked(lambda client: client.v1.checkout.sessions.retrieve(checkout_id)))


def _read(made: stripe.checkout.Session) -> Checkout:
    return Checkout(
        id=made.id,
        status=made.status or "open",
        url=made.url or "",
        customer=_id(made.customer),
        payment_id=_id(made.payment_intent),
        metadata=dict(made.metadata.to_dict()) if made.metadata else {},
    )


def _id(about: Any) -> str:
    return about if isinstance(about, str) else getattr(about, "id", "")
