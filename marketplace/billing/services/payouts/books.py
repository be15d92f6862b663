"""The accounts of one provider in one currency, and what a payout does to them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from marketplace.billing.models import Payout
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Account, Kind


@dataclass(frozen=True)
class Books:
    """`available` is payable now, `pending` not old enough yet, `owed` what the provider owes."""

    pending: Account
    available: Account
    transit: Account
    owed: Account

    @classmethod
    def of(cls, *, provider: UUID, currency: str) -> Self:
        pending, available, transit, owed = (
            ledger.account(kind=kind, owner=provider, currency=currency)
            for kind in (
                Kind.PROVIDER_PENDING,
                Kind.PROVIDER_AVAILABLE,
                Kind.PAYOUT_IN_TRANSIT,
                Kind.PROVIDER_RECEIVABLE,
            )
        )
        return cls(pending, available, transit, owed)

    @property
    def available_micro(self) -> int:
        return ledger.balance(account=self.available).posted

    @property
    def owed_micro(self) -> int:
        """What outage credits and the like took after the money had been paid out."""
        return -ledger.net_micro(account=self.owed)

    def lock(self) -> None:
        """Nobody else books on `available` until the transaction ends."""
        ledger.lock_balances([self.available.pk])


def lock_payable(provider: UUID) -> None:
    """Nobody else books on what is payable to the provider, in any currency."""
    rows = Account.objects.filter(kind=Kind.PROVIDER_AVAILABLE, owner=provider)
    ledger.lock_balances(rows.values_list("pk", flat=True))


def books_of(payout: Payout) -> Books:
    return Books.of(provider=payout.organisation.public_id, currency=payout.currency)


def stripe_account(currency: str) -> Account:
    """Our balance at Stripe, which transfers are paid from."""
    return ledger.account(kind=Kind.STRIPE_AVAILABLE, currency=currency)


def book(
    key: str, kind: str, entries: Iterable[tuple[Account, Account, int]], at: datetime
) -> None:
    """Post what is not nothing, debit to credit, once per key."""
    rows = [ledger.Entry(*entry) for entry in entries if entry[2]]
    if rows:
        ledger.post(key=key, kind=kind, entries=rows, at=at)
