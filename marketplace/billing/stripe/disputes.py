"""Disputes of payments."""

from dataclasses import dataclass
from datetime import UTC, datetime

import stripe

from .client import asked


@dataclass(frozen=True)
class Taken:
    """One movement of our balance by a dispute: negative when it was taken; minor units.

    In the currency of that balance, which need not be the dispute's.
    """

    txn_id: str
    amount: int
    currency: str
    happened_at: datetime


@dataclass(frozen=True)
class Disputed:
    """A dispute as it is now; the amount in the currency's minor units."""

    id: str
    status: str
    payment_id: str
    amount: int
    currency: str
    reason: str
    opened_at: datetime
    due_by: datetime | None
    taken: tuple[Taken, ...]

    @property
    def inquiry(self) -> bool:
        """Only asked about: no money has moved."""
        return self.status.startswith("warning_")

    @property
    def money_gone(self) -> bool:
        """Whether more was taken than came back."""
        return sum(one.amount for one in self.taken) < 0

    @property
    def money_back(self) -> bool:
        """Whether all that was taken came back."""
        return bool(self.taken) and not self.money_gone


def retrieve_dispute(*, dispute_id: str) -> Disputed:
    """Ask for a dispute's current state. Raises Unavailable or Misused."""
    return _read(asked(lambda client: client.v1.disputes.retrieve(dispute_id)))


def _read(row: stripe.Dispute) -> Disputed:
    due_by = row.evidence_details.due_by
    intent = row.payment_intent
    return Disputed(
        id=row.id,
        status=row.status,
        payment_id=intent if isinstance(intent, str) else intent.id if intent else "",
        amount=row.amount,
        currency=row.currency.upper(),
        reason=row.reason,
        opened_at=datetime.fromtimestamp(row.created, UTC),
        due_by=datetime.fromtimestamp(due_by, UTC) if due_by else None,
        taken=tuple(
            Taken(
                one.id,
                one.amount,
                one.currency.upper(),
                datetime.fromtimestamp(one.created, UTC),
            )
            for one in row.balance_transactions
        ),
    )
