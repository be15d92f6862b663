"""Accounts of those whom we pay, and what reaches their banks."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import stripe

from .client import Unavailable
from .refusals import KeyTaken, Refused, settled

__all__ = [
    "KeyTaken",
    "Recipient",
    "Refused",
    "ToBank",
    "Unavailable",
    "create_recipient",
    "onboarding_link",
    "retrieve_bank_payout",
    "retrieve_recipient",
]


@dataclass(frozen=True)
class Recipient:
    """A provider's account as it is now. `due` is what Stripe still wants to know of it."""

    id: str
    can_receive: bool
    can_pay_out: bool
    details_submitted: bool
    due: tuple[str, ...]
    disabled_reason: str


@dataclass(frozen=True)
class ToBank:
    """A payout from a provider's account to its bank; amount in minor units."""

    id: str
    status: str
    amount: int
    currency: str
    failure: str
    arrives_on: date | None


def create_recipient(
    *, country: str, email: str, organisation: str, idempotency_key: str
) -> Recipient:
    """Open an account for a provider, which Stripe onboards and which only receives transfers.

    Losses and Stripe's fees on it are ours. Raises Refused, KeyTaken or Unavailable.
    """
    options: Any = {"idempotency_key": idempotency_key}
    params: Any = {
        "country": country,
        "email": email,
        "controller": {
            "fees": {"payer": "application"},
            "losses": {"payments": "application"},
            "requirement_collection": "stripe",
            "stripe_dashboard": {"type": "express"},
        },
        "capabilities": {"transfers": {"requested": True}},
        "tos_acceptance": {"service_agreement": "recipient"},
        "metadata": {"organisation": organisation},
    }
    return _read_recipient(settled(lambda client: client.v1.accounts.create(params, options)))


def retrieve_recipient(*, account_id: str) -> Recipient:
    """Ask for a provider's account as it is now. Raises Refused or Unavailable."""
    return _read_recipient(settled(lambda client: client.v1.accounts.retrieve(account_id)))


def onboarding_link(*, account_id: str, back_url: str, again_url: str, idempotency_key: str) -> str:
    """A page of Stripe's, good once and for minutes, on which the provider says who it is.

    Stripe sends people to `back_url` afterwards and to `again_url` when the link has run out.
    Raises Refused or Unavailable.
    """
    options: Any = {"idempotency_key": idempotency_key}
    params: Any = {
        "account": account_id,
        "type": "account_onboarding",
        "return_url": back_url,
        "refresh_url": again_url,
    }
    return settled(lambda client: client.v1.account_links.create(params, options)).url


def _read_recipient(made: stripe.Account) -> Recipient:
    needed = getattr(made, "requirements", None)
    past, current = (getattr(needed, name, None) or [] for name in ("past_due", "currently_due"))
    capabilities = getattr(made, "capabilities", None)
    return Recipient(
        id=made.id,
        can_receive=getattr(capabilities, "transfers", "") == "active",
        can_pay_out=bool(getattr(made, "payouts_enabled", False)),
        details_submitted=bool(getattr(made, "details_submitted", False)),
        due=tuple(dict.fromkeys([*past, *current])),
        disabled_reason=(getattr(needed, "disabled_reason", None) or "")[:80],
    )


def retrieve_bank_payout(*, payout_id: str, account_id: str) -> ToBank:
    """Ask for a payout of a provider's account to its bank. Raises Refused or Unavailable."""
    options: Any = {"stripe_account": account_id}
    return _read_bank_payout(
        settled(lambda client: client.v1.payouts.retrieve(payout_id, None, options))
    )


def _read_bank_payout(made: stripe.Payout) -> ToBank:
    why = getattr(made, "failure_message", None) or getattr(made, "failure_code", None) or ""
    return ToBank(
        id=made.id,
        status=made.status,
        amount=made.amount,
        currency=made.currency.upper(),
        failure=why[:300],
        arrives_on=datetime.fromtimestamp(made.arrival_date, UTC).date(),
    )
