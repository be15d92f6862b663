from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet, Sum

from marketplace.ledger.models import Account, Balance, Transfer


def account(*, kind: str, currency: str, owner: UUID | None = None) -> Account:
    """Get the account, opening it at first use; safe when many ask at once."""
    known = Account.objects.filter(kind=kind, owner=owner, currency=currency).first()
    if known:
        return known
    Account.objects.bulk_create(
        [Account(kind=kind, owner=owner, currency=currency)], ignore_conflicts=True
    )
    return Account.objects.get(kind=kind, owner=owner, currency=currency)


def accounts(*, kind: str, currency: str, owners: Collection[UUID]) -> dict[UUID, Account]:
    """The accounts of many owners, opened at first use, in as many statements as for one."""
    found = _of(kind, currency, owners)
    if missing := set(owners) - set(found):
        Account.objects.bulk_create(
            [Account(kind=kind, owner=owner, currency=currency) for owner in sorted(missing)],
            ignore_conflicts=True,
        )
        found |= _of(kind, currency, missing)
    return found


def _of(kind: str, currency: str, owners: Collection[UUID]) -> dict[UUID, Account]:
    rows = Account.objects.filter(kind=kind, currency=currency, owner__in=owners)
    return {row.owner: row for row in rows if row.owner}


def balance(*, account: Account) -> Balance:
    return Balance.objects.get(account=account)


def net_micro(*, account: Account, upto: int | None = None) -> int:
    """Credits less debits of one account, in micro-units; also of one that carries no balance.

    With `upto` only of the transfers up to and with that one, by their keys.
    """
    counted = {} if upto is None else {"pk__lte": upto}
    sums = [
        rows.filter(**counted).aggregate(total=Sum("amount"))["total"] or 0
        for rows in (account.credits, account.debits)
    ]
    return sums[0] - sums[1]


def totals(*, currency: str, owner: UUID | None = None) -> dict[str, int]:
    """Balance (credits - debits) of all accounts together, by kind; the values sum to zero.

    With an owner only of the owner's accounts; those sum to nothing in particular.
    """
    sums: dict[str, int] = {}
    credits, debits = (
        _by_kind(side, sign, currency, owner) for side, sign in (("credit", 1), ("debit", -1))
    )
    for kind, amount in credits.union(debits, all=True):  # one statement sees one moment
        sums[kind] = sums.get(kind, 0) + amount
    return sums


def _by_kind(
    side: str, sign: int, currency: str, owner: UUID | None
) -> "QuerySet[Transfer, tuple[str, int]]":
    whose = {f"{side}__owner": owner} if owner else {}
    rows = Transfer.objects.filter(currency=currency, **whose)
    return rows.values_list(f"{side}__kind").annotate(sum=sign * Sum("amount"))
