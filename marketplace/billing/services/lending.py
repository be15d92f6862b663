"""What neither its hold nor the wallet covers of a charge: lent, so that no wallet is below 0."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from marketplace.ledger import services as ledger
from marketplace.ledger.models import Account, Balance, Kind

from .standing import Rated

#: by currency
Owned = Mapping[str, Mapping[UUID, Account]]


def lend(
    due: Sequence[Rated], wallets: Owned, captures: Mapping[int, ledger.Capture]
) -> dict[int, list[ledger.Entry]]:
    """Entries that lend each charge, by its place, what hold and wallet do not cover.

    The wallets must be locked. What is given back by other charges of the same call is not counted.
    """
    accounts = [one.pk for of in wallets.values() for one in of.values()]
    free = {row.pk: row.available for row in Balance.objects.filter(pk__in=accounts)}
    lent: dict[int, list[ledger.Entry]] = {}
    for place, row in enumerate(due):
        wallet = wallets[row.at.currency][row.at.renter]
        held = captures[place].amount if place in captures else 0
        open_ = max(0, row.due_micro) - held
        paid = min(open_, free[wallet.pk])
        free[wallet.pk] -= paid
        if open_ > paid:
            owed = ledger.account(
                kind=Kind.RENTER_RECEIVABLE, owner=row.at.renter, currency=row.at.currency
            )
            lent[place] = [ledger.Entry(owed, wallet, open_ - paid)]
    return lent
