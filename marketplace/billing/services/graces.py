"""Time to pay for who has a record: lent into the wallet, held at once, owed until it is paid."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Min, Sum
from django.db.models.functions import TruncDate

from marketplace.accounts.models import Organisation
from marketplace.billing import grace
from marketplace.billing.models import Charge, Dispute, Grace, TopUp
from marketplace.billing.states import DisputeState, LotKind, TopUpState
from marketplace.brokerage.models import Reservation, WindowChange
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Transfer

from . import lots
from .owing import receivable, written_off
from .telling import tell
from .terms import lacking_micro


def rules() -> grace.Rules:
    return grace.Rules(
        settings.GRACE_MOST_MICRO,
        timedelta(days=settings.GRACE_TENURE_DAYS),
        timedelta(days=settings.GRACE_PAY_DAYS),
    )


def grace_micro(*, organisation: Organisation, at: datetime) -> int:
    """What the organisation may owe at most as time to pay, if it lacked money now."""
    lots.look_at_lots(organisation=organisation, at=at)
    return grace.limit_micro(facts=facts_of(organisation, at), rules=rules(), at=at)


def lend_lacking(row: Reservation, change: WindowChange, more_micro: int, at: datetime) -> None:
    """Lend what the wallet lacks for an extension, all of it or nothing; the row is locked.

    Where nothing may be lent the hold that follows is refused as ever.
    """
    organisation = row.renter
    wallet = lots.wallet_of(organisation)
    if row.currency != wallet.currency:
        return
    needed = more_micro
    if row.rates.exists():
        needed = max(needed, lacking_micro(row, at))
    ledger.lock_balances([wallet.pk])
    lacking = needed - ledger.balance(account=wallet).available
    if lacking <= 0:
        return
    lots.draw(organisation=organisation, at=at)
    facts = facts_of(organisation, at)
    limit = grace.limit_micro(facts=facts, rules=rules(), at=at)
    if facts.debt.owed_micro + lacking <= limit:
        _lend(organisation, change, lacking, limit, facts, at)


def _lend(
    organisation: Organisation,
    change: WindowChange,
    micro: int,
    limit: int,
    facts: grace.Facts,
    at: datetime,
) -> None:
    wallet, owed = lots.wallet_of(organisation), facts.debt.owed_micro
    Grace.objects.create(
        organisation=organisation,
        change=change,
        amount_micro=micro,
        owed_micro=owed,
        limit_micro=limit,
        currency=wallet.currency,
        facts=_kept(facts),
        at=at,
        created_at=at,
    )
    ledger.post(
        key=f"grace:{change.public_id}",
        kind="grace",
        entries=[ledger.Entry(receivable(organisation), wallet, micro)],
        at=at,
    )
    told = {"amount_micro": micro, "owed_micro": owed + micro, "limit_micro": limit}
    tell(
        kind="wallet.grace",
        organisation=organisation.pk,
        key=f"{(facts.debt.since or at).isoformat()}",  # once for each debt
        facts={**told, "currency": wallet.currency},
        at=at,
    )


def _kept(facts: grace.Facts) -> dict[str, Any]:
    since = facts.paying_since
    return {
        "used_micro": sum(facts.used_by_day),
        "days": grace.DAYS,
        "spent_micro": facts.spent_micro,
        "paying_since": since.isoformat() if since else None,
        "rules": [settings.GRACE_MOST_MICRO, settings.GRACE_TENURE_DAYS, settings.GRACE_PAY_DAYS],
    }


def facts_of(organisation: Organisation, at: datetime) -> grace.Facts:
    """As the books say; exact where the wallet is locked and its lots are drawn."""
    wallet = lots.wallet_of(organisation)
    paid = organisation.credit_lots.filter(kind=LotKind.PAID, currency=wallet.currency)
    top_ups = TopUp.objects.filter(organisation=organisation, state=TopUpState.SUCCEEDED)
    lost = Dispute.objects.filter(organisation=organisation, state=DisputeState.LOST)
    return grace.Facts(
        used_by_day=_used_by_day(organisation, wallet.currency, at),
        spent_micro=paid.aggregate(sum=Sum("spent_micro"))["sum"] or 0,
        paying_since=top_ups.aggregate(first=Min("settled_at"))["first"],
        debt=grace.debt_of(_moves(organisation)),
        written_off=written_off(organisation=organisation),
        lost_disputes=lost.count(),
        frozen=ledger.frozen(account=wallet),
    )


def _used_by_day(organisation: Organisation, currency: str, at: datetime) -> list[int]:
    lately = Charge.objects.filter(
        lease__assignment__reservation__renter=organisation,
        currency=currency,
        charged_at__gt=at - timedelta(days=grace.DAYS),
        charged_at__lte=at,
    )
    days = lately.annotate(day=TruncDate("charged_at")).values("day").order_by("day")
    return [row["micro"] for row in days.annotate(micro=Sum("amount_micro"))]


def _moves(organisation: Organisation) -> list[grace.Move]:
    """What was ever lent and paid back, in the order in which it was booked."""
    account = lots.debts_of(organisation)
    if account is None:
        return []
    rows = Transfer.objects.filter(debit=account) | Transfer.objects.filter(credit=account)
    return [
        grace.Move(
            row.amount if row.debit_id == account.pk else -row.amount,
            row.transaction.event_at,
            row.transaction.kind == "grace",
        )
        for row in rows.select_related("transaction").order_by("pk")
    ]
