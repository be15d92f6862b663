"""What a renter owes us: collected from the wallet when it has money, written off by staff."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet, Sum, Value
from django.db.models.functions import Concat

from marketplace.accounts.models import Organisation, User
from marketplace.accounts.trail import trail
from marketplace.billing.models import Dispute
from marketplace.billing.models.disputed import FREEZE
from marketplace.billing.states import DisputeState
from marketplace.core.refusals import BadField
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Account, Freeze, Kind, Transaction, Transfer

from . import lots, notices

#: begins the key of a posting that gives a debt up, the debtor and a number follow
WRITTEN_OFF = "debt-written-off:"
#: begins the key of a posting of what was lost to a card's owner and came back, the debtor follows
REGAINED = "dispute-regained:"


class NothingOwed(BadField):
    """There is no debt to write off."""


def receivable(organisation: Organisation) -> Account:
    currency = lots.wallet_of(organisation).currency
    return ledger.account(
        kind=Kind.RENTER_RECEIVABLE, owner=organisation.public_id, currency=currency
    )


def debtors() -> QuerySet[Organisation]:
    """Those who owe us something, or have."""
    rows = Account.objects.filter(kind=Kind.RENTER_RECEIVABLE)
    return Organisation.objects.filter(public_id__in=rows.values("owner")).order_by("pk")


def collect(*, organisation: Organisation, at: datetime) -> int:
    """Pay debts from what the wallet has available; returns the micro-units paid.

    The key counts the collections so far, which cannot change under the wallet's lock.
    """
    with transaction.atomic():
        wallet = lots.wallet_of(organisation)
        ledger.lock_balances([wallet.pk])
        part = min(
            lots.owes_micro(organisation=organisation), ledger.balance(account=wallet).available
        )
        if part <= 0:
            return 0
        before = f"debt-paid:{organisation.public_id}:"
        number = Transaction.objects.filter(key__startswith=before).count() + 1
        ledger.post(
            key=f"{before}{number}",
            kind="debt_paid",
            entries=[ledger.Entry(wallet, receivable(organisation), part)],
            at=at,
        )
        thaw(organisation=organisation, at=at)
    return part


def thaw(*, organisation: Organisation, at: datetime) -> None:
    """A wallet that was frozen until its debt is gone may book again."""
    if lots.owes_micro(organisation=organisation) > 0:
        return
    for row in organisation.disputes.filter(state=DisputeState.LOST):
        ledger.lift(key=row.freeze_key, at=at)
        notices.take_back(key=row.freeze_key, at=at)


def thaw_settled(*, at: datetime) -> None:
    """Thaw the wallets whose debt was paid by another way than `collect`."""
    standing = Freeze.objects.filter(lifted_at__isnull=True).values("key")
    lost = Dispute.objects.filter(state=DisputeState.LOST).select_related("organisation")
    keys = Concat(Value(FREEZE), F("dispute_id"))
    for row in lost.annotate(freeze=keys).filter(freeze__in=standing):
        thaw(organisation=row.organisation, at=at)


def written_off(*, organisation: Organisation) -> int:
    """How often a debt of theirs was given up as bad."""
    keys = f"{WRITTEN_OFF}{organisation.public_id}:"
    return Transaction.objects.filter(key__startswith=keys).count()


def given_up_micro(*, organisation: Organisation) -> int:
    """What was given up of their debts as bad and has not come back since."""

    def booked(begins: str, **side: object) -> int:
        rows = Transfer.objects.filter(
            transaction__key__startswith=f"{begins}{organisation.public_id}:", **side
        )
        return rows.aggregate(sum=Sum("amount"))["sum"] or 0

    given_up = booked(WRITTEN_OFF, debit__kind=Kind.BAD_DEBT)
    return given_up - booked(REGAINED, credit__kind=Kind.BAD_DEBT)


def write_off(*, organisation: Organisation, reason: str, by: User, at: datetime) -> int:
    """Give a debt up as bad, for a reason; returns the micro-units. Raises NothingOwed."""
    with transaction.atomic():
        ledger.lock_balances([lots.wallet_of(organisation).pk])
        owed = lots.owes_micro(organisation=organisation)
        if owed <= 0:
            raise NothingOwed("organisation", "owes nothing")
        account = receivable(organisation)
        number = written_off(organisation=organisation) + 1
        ledger.post(
            key=f"{WRITTEN_OFF}{organisation.public_id}:{number}",
            kind="debt_written_off",
            entries=[
                ledger.Entry(
                    ledger.account(kind=Kind.BAD_DEBT, currency=account.currency), account, owed
                )
            ],
            at=at,
            actor=by.email,
            reason=reason[:300],
        )
        thaw(organisation=organisation, at=at)
        trail(verb="wrote a debt off", subject=organisation, by=by, at=at, amount=str(owed))
    return owed
