"""Which money in a wallet is which: paid lots and promotional ones, spent in a fixed order.

A charge books on the wallet as a whole; it does not say which lot it spends. Whoever needs to know
calls `draw` under the wallet's lock, which brings the lots to what the ledger says: what the wallet
has lost since is drawn from the lots in order of spending, what it got back returns to those drawn
from last. That no lot is added without drawing first makes this the same as drawing at each charge.
"""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import BigIntegerField, F, Sum
from django.db.models.functions import Coalesce

from marketplace.accounts.models import Organisation
from marketplace.billing.models import CreditGrant, CreditLot, LotMove, TopUp
from marketplace.billing.states import LotKind
from marketplace.brokerage import services as brokerage
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Account, Balance, Kind

SPENT, RETURNED = LotMove.Kind.SPENT, LotMove.Kind.RETURNED


def wallet_of(organisation: Organisation) -> Account:
    return brokerage.wallet_account(renter=organisation, currency=settings.CURRENCY)


def owes_micro(*, organisation: Organisation) -> int:
    """What the organisation owes us, micro-units; it has the first claim on the wallet."""
    account = debts_of(organisation)
    return -ledger.net_micro(account=account) if account else 0


def debts_of(organisation: Organisation) -> Account | None:
    """The account of what it owes or has owed us, if there was ever anything."""
    wallet = wallet_of(organisation)
    facts = {"kind": Kind.RENTER_RECEIVABLE, "owner": wallet.owner, "currency": wallet.currency}
    return Account.objects.filter(**facts).first()


def look_at_lots(*, organisation: Organisation, at: datetime) -> None:
    """Bring the lots to what the wallet says now, to be shown."""
    with transaction.atomic():
        draw(organisation=organisation, at=at)


def promotional_spent(*, organisation: Organisation, currency: str, at: datetime) -> int:
    """Micro-units of promotional credit that were ever spent. Call inside a transaction."""
    draw(organisation=organisation, at=at)
    lots = organisation.credit_lots.filter(kind=LotKind.PROMO, currency=currency)
    return lots.aggregate(spent=Sum("spent_micro"))["spent"] or 0


def promotional_credit(*, organisation: Organisation, at: datetime) -> list[CreditLot]:
    """Gifts of which something is left, in the order in which they are spent, as of now."""
    lots = organisation.credit_lots.filter(kind=LotKind.PROMO)
    if not lots.exists():
        return []
    look_at_lots(organisation=organisation, at=at)
    return [lot for lot in lots.in_order_of_spending() if lot.remaining_micro]


def draw(*, organisation: Organisation, at: datetime) -> Balance:
    """Lock the wallet and bring its lots to it; returns the balance, true until the commit.

    Money that came in without a lot counts as spent first, and what was lent into the wallet is
    nobody's payment. Call inside a transaction.
    """
    account = wallet_of(organisation)
    ledger.lock_balances([account.pk])
    balance = ledger.balance(account=account)
    lots = list(organisation.credit_lots.in_order_of_spending().select_for_update(no_key=True))
    own = max(0, balance.posted - owes_micro(organisation=organisation))
    too_much = sum(lot.remaining_micro for lot in lots) - own
    if too_much > 0:
        _spend(lots, too_much, at)
    elif too_much < 0:
        _give_back(lots, -too_much, at)
    return balance


def _spend(lots: list[CreditLot], micro: int, at: datetime) -> None:
    for lot in lots:
        part = min(micro, lot.free_micro)
        if part:
            lot.spent_micro += part
            change(lot, SPENT, -part, at)
            micro -= part


def _give_back(lots: list[CreditLot], micro: int, at: datetime) -> None:
    for lot in reversed(lots):
        part = min(micro, lot.spent_micro)
        if part:
            lot.spent_micro -= part
            change(lot, RETURNED, part, at)
            micro -= part


def change(lot: CreditLot, kind: LotMove.Kind, micro: int, at: datetime) -> None:
    """Write a lot that was changed under its lock, and the row that says why."""
    lot.save(update_fields=["spent_micro", "gone_micro", "refunding_micro"])
    LotMove.objects.create(lot=lot, kind=kind, amount_micro=micro, moved_at=at, created_at=at)


def add_paid(*, top_up: TopUp, at: datetime) -> CreditLot:
    """The lot of a top-up, once; to be called before its money is booked, in that transaction."""
    known = CreditLot.objects.filter(top_up=top_up).first()
    if known:
        return known
    draw(organisation=top_up.organisation, at=at)
    return CreditLot.objects.create(
        organisation=top_up.organisation,
        kind=LotKind.PAID,
        top_up=top_up,
        amount_micro=top_up.amount_micro,
        currency=top_up.currency,
        created_at=at,
    )


def add_promotional(*, grant: CreditGrant, at: datetime) -> CreditLot:
    """The lot of a gift; to be called before it is booked, in that transaction."""
    draw(organisation=grant.organisation, at=at)
    return CreditLot.objects.create(
        organisation=grant.organisation,
        kind=LotKind.PROMO,
        grant=grant,
        amount_micro=grant.amount_micro,
        currency=grant.currency,
        expires_at=grant.expires_at,
        created_at=at,
    )


def verify_lots() -> list[str]:
    """Look for lots that are not the sum of their moves; one sentence for each. Changes nothing."""
    moved = Coalesce(Sum("moves__amount_micro"), 0, output_field=BigIntegerField())
    used = F("spent_micro") + F("gone_micro")
    wrong = CreditLot.objects.annotate(moved=moved).exclude(moved=-used).order_by("pk")
    return [
        f"lot {name} has {amount - spent - gone}, its moves say {amount + moves}"
        for name, amount, spent, gone, moves in wrong.values_list(
            "public_id", "amount_micro", "spent_micro", "gone_micro", "moved"
        )
    ]
