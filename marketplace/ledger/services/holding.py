"""Money of a wallet set aside. Whoever changes a hold locks the wallet's balance first."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db import IntegrityError, connection, transaction

from marketplace.core.idempotency import KeyReused
from marketplace.core.inserting import insert
from marketplace.ledger.models import Account, Hold

SHRINK = """
UPDATE ledger_hold h SET amount = h.amount - c.amount
FROM unnest(%s::bigint[], %s::bigint[]) AS c (id, amount)
WHERE h.id = c.id AND h.amount >= c.amount
"""


class Placing(NamedTuple):
    """`amount` micro-units of a wallet to set aside, once per key."""

    key: str
    account: Account
    amount: int


class InsufficientFunds(Exception):
    """The wallet would fall below its floor."""


class WalletFrozen(InsufficientFunds):
    """Nothing new may be set aside in the wallet until its freeze is lifted."""


def covered(error: IntegrityError, message: str) -> Exception:
    """What to raise for an error of the database: InsufficientFunds when it was the floor."""
    if "wallet_frozen" in str(error):
        return WalletFrozen("the wallet is frozen while a payment into it is disputed; ask us")
    return InsufficientFunds(message) if "balance_above_floor" in str(error) else error


def place_hold(*, key: str, account: Account, amount: int) -> Hold:
    """Set `amount` micro-units of a wallet aside, once per key. Raises InsufficientFunds."""
    known = Hold.objects.filter(key=key).first()
    if known:
        if (known.account_id, known.placed) != (account.pk, amount):
            raise KeyReused(f"hold {key!r} was placed before with another account or amount")
        return known
    try:
        with transaction.atomic():
            return Hold.objects.create(key=key, account=account, placed=amount, amount=amount)
    except IntegrityError as error:
        raise covered(error, f"the wallet does not have {amount} available") from error


def place_holds(*, placings: Sequence[Placing]) -> dict[str, Hold]:
    """Place holds that are all new, all of them or none; by key, in as few statements as one.

    Wallets are locked in account order. Raises InsufficientFunds, and IntegrityError for a key that
    is known: ask `place_hold` for that one.
    """
    rows = [Hold(key=p.key, account=p.account, placed=p.amount, amount=p.amount) for p in placings]
    try:
        with transaction.atomic():
            lock_balances(row.account_id for row in rows)
            insert(rows)
    except IntegrityError as error:
        raise covered(error, "a wallet does not have this much available") from error
    return {row.key: row for row in rows}


def release_hold(*, hold: Hold) -> int:
    """Give back what is still held; returns that amount, 0 when nothing was.

    The wallet is locked before the hold, as a posting that captures does it.
    """
    with transaction.atomic():
        lock_balances([hold.account_id])
        left = Hold.objects.select_for_update(no_key=True).get(pk=hold.pk).amount
        if left:
            Hold.objects.filter(pk=hold.pk).update(amount=0)
    return left


def lock_balances(accounts: Iterable[int]) -> None:
    """Lock these accounts' balance rows, in account order; those that carry none are skipped.

    What is read of them afterwards stays true to the end of the transaction.

    Through a function of the database: a row lock needs UPDATE, which the processes do not have.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_lock_balances(%s::bigint[])", [sorted(set(accounts))])


def shrink(amounts: dict[int, int]) -> None:
    """Spend holds, given as id: amount; their wallets must be locked. Raises InsufficientFunds."""
    with connection.cursor() as cursor:
        cursor.execute(SHRINK, [list(amounts), list(amounts.values())])
        if cursor.rowcount != len(amounts):
            raise InsufficientFunds("the hold does not cover this")
