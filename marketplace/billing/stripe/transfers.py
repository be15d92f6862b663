"""Transfers to providers' accounts, and their reversals."""

from dataclasses import dataclass, field
from typing import Any, cast

import stripe

from .client import Unavailable
from .refusals import KeyTaken, Refused, settled

__all__ = [
    "KeyTaken",
    "Refused",
    "Transfer",
    "Unavailable",
    "create_transfer",
    "find_transfer",
    "retrieve_transfer",
    "reverse_transfer",
]

#: reversals of one transfer; ours have one or two
MOST = 100


@dataclass(frozen=True)
class Transfer:
    """A transfer as it is now; amounts in minor units, `reversals` by their ids."""

    id: str
    amount: int
    currency: str
    destination: str
    group: str
    reversals: dict[str, int] = field(default_factory=dict)


def create_transfer(*, params: dict[str, Any], idempotency_key: str) -> Transfer:
    """Move money from our balance to a provider's account; the same key gives the same one.

    Raises Refused, KeyTaken or Unavailable.
    """
    options: Any = {"idempotency_key": idempotency_key}
    return _read_transfer(
        settled(lambda client: client.v1.transfers.create(cast(Any, params), options))
    )


def retrieve_transfer(*, transfer_id: str) -> Transfer:
    """Ask for a transfer's current state. Raises Refused when there is none, or Unavailable."""
    return _read_transfer(settled(lambda client: client.v1.transfers.retrieve(transfer_id)))


def find_transfer(*, group: str) -> Transfer | None:
    """The transfer of a group of ours, which has one at most. Raises Refused or Unavailable."""
    found = settled(
        lambda client: client.v1.transfers.list({"transfer_group": group, "limit": 2})
    ).data
    return _read_transfer(found[0]) if found else None


def reverse_transfer(*, transfer_id: str, amount: int, idempotency_key: str) -> Transfer:
    """Take so much (minor units) of a transfer back; returns the transfer as it then is.

    Raises Refused (such as `balance_insufficient`: it has left the provider's account), KeyTaken or
    Unavailable.
    """
    options: Any = {"idempotency_key": idempotency_key}
    settled(
        lambda client: client.v1.transfers.reversals.create(
            transfer_id, {"amount": amount}, options
        )
    )
    return retrieve_transfer(transfer_id=transfer_id)


def _read_transfer(made: stripe.Transfer) -> Transfer:
    destination = made.destination
    rows = made.reversals
    if rows.has_more:
        rows = settled(lambda client: client.v1.transfers.reversals.list(made.id, {"limit": MOST}))
    return Transfer(
        id=made.id,
        amount=made.amount,
        currency=made.currency.upper(),
        destination=destination if isinstance(destination, str) else getattr(destination, "id", ""),
        group=made.transfer_group or "",
        reversals={one.id: one.amount for one in rows.data},
    )
