"""Book transfers, hold money, read balances. The database refuses what must not be."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Sum

from marketplace.core.idempotency import KeyReused, digest, require_same

from .models import Account, Balance, Hold, Transaction, Transfer


class Entry(NamedTuple):
    """`amount` micro-units from the debit account to the credit account."""

    debit: Account
    credit: Account
    amount: int


class Capture(NamedTuple):
    """Spend this much of a hold with the transaction."""

    hold: Hold
    amount: int


class InsufficientFunds(Exception):
    """The wallet would fall below its floor."""


class BadEntry(ValueError):
    """An entry that no ledger can book."""


def account(*, kind: str, currency: str, owner: UUID | None = None) -> Account:
    """Get the account, opening it at first use; safe when many ask at once."""
    known = Account.objects.filter(kind=kind, owner=owner, currency=currency).first()
    if known:
        return known
    Account.objects.bulk_create(
        [Account(kind=kind, owner=owner, currency=currency)], ignore_conflicts=True
    )
    return Account.objects.get(kind=kind, owner=owner, currency=currency)


def balance(*, account: Account) -> Balance:
    return Balance.objects.get(account=account)


def post(
    *,
    key: str,
    kind: str,
    entries: Sequence[Entry],
    at: datetime,
    capture: Capture | None = None,
    actor: str = "",
    reason: str = "",
) -> Transaction:
    """Book one outside fact, all of it or nothing, once per key.

    The same key with the same content returns the transaction booked before. Raises BadEntry,
    KeyReused (same key, other content) and InsufficientFunds; then nothing was written.
    """
    _check(entries)
    content = digest(
        {"kind": kind, "entries": [[e.debit.pk, e.credit.pk, e.amount] for e in entries]}
    )
    with transaction.atomic():
        fresh = Transaction(
            key=key,
            kind=kind,
            content_sha256=content,
            event_at=at,
            actor=actor,
            reason=reason,
        )
        Transaction.objects.bulk_create([fresh], ignore_conflicts=True)
        made = Transaction.objects.get(key=key)
        if made.public_id != fresh.public_id:
            require_same(made.content_sha256, content, key=key)
            return made
        _lock_balances(entries)
        if capture is not None:
            _shrink(capture.hold, capture.amount)
        _transfer(made, entries)
    return made


def _check(entries: Sequence[Entry]) -> None:
    if not entries:
        raise BadEntry("a transaction needs at least one entry")
    for entry in entries:
        if entry.amount <= 0:
            raise BadEntry(f"{entry.amount}: an amount is positive; swap debit and credit instead")
        if entry.debit.currency != entry.credit.currency:
            raise BadEntry("both accounts of an entry must have the same currency")


def _lock_balances(entries: Sequence[Entry]) -> None:
    """In account order, so that two postings over the same wallets wait instead of deadlocking."""
    touched = {side.pk for entry in entries for side in (entry.debit, entry.credit)}
    rows = Balance.objects.filter(account__in=touched).order_by("account")
    list(rows.select_for_update(no_key=True).values_list("pk"))


def _transfer(booked: Transaction, entries: Sequence[Entry]) -> None:
    rows = [
        Transfer(
            transaction=booked,
            debit=entry.debit,
            credit=entry.credit,
            currency=entry.debit.currency,
            amount=entry.amount,
        )
        for entry in entries
    ]
    try:
        with transaction.atomic():
            Transfer.objects.bulk_create(rows)
    except IntegrityError as error:
        if "balance_above_floor" not in str(error):
            raise
        raise InsufficientFunds("the wallet does not cover this") from error


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
        if "balance_above_floor" not in str(error):
            raise
        raise InsufficientFunds(f"the wallet does not have {amount} available") from error


def _shrink(hold: Hold, amount: int) -> None:
    if not Hold.objects.filter(pk=hold.pk, amount__gte=amount).update(amount=F("amount") - amount):
        raise InsufficientFunds("the hold does not cover this")


def release_hold(*, hold: Hold) -> int:
    """Give back what is still held; returns that amount, 0 when nothing was.

    The wallet is locked before the hold, as a posting that captures does it.
    """
    with transaction.atomic():
        Balance.objects.select_for_update(no_key=True).get(account=hold.account_id)
        left = Hold.objects.select_for_update(no_key=True).get(pk=hold.pk).amount
        if left:
            Hold.objects.filter(pk=hold.pk).update(amount=0)
    return left


def totals(*, currency: str) -> dict[str, int]:
    """Balance (credits - debits) of all accounts together, by kind; the values sum to zero."""
    sums: dict[str, int] = {}
    rows = Transfer.objects.filter(currency=currency)
    for side, sign in (("credit", 1), ("debit", -1)):
        for kind, amount in rows.values_list(f"{side}__kind").annotate(Sum("amount")):
            sums[kind] = sums.get(kind, 0) + sign * amount
    return sums


def verify() -> list[str]:
    """Compare what is cached with what is booked; one sentence for each disagreement."""
    return [*_wrong_balances(), *_wrong_holds(), *_unbalanced()]


def _wrong_balances() -> list[str]:
    booked: dict[int, int] = {}
    for side, sign in (("credit", 1), ("debit", -1)):
        for pk, amount in Transfer.objects.values_list(side).annotate(Sum("amount")):
            booked[pk] = booked.get(pk, 0) + sign * amount
    return [
        f"account {row.account_id} shows {row.posted}, its transfers sum to {booked.get(row.pk, 0)}"
        for row in Balance.objects.all()
        if row.posted != booked.get(row.pk, 0)
    ]


def _wrong_holds() -> list[str]:
    held = dict(Hold.objects.values_list("account").annotate(Sum("amount")))
    return [
        f"account {row.account_id} shows {row.held} held, its holds sum to {held.get(row.pk, 0)}"
        for row in Balance.objects.all()
        if row.held != held.get(row.pk, 0)
    ]


def _unbalanced() -> list[str]:
    currencies = Transfer.objects.values_list("currency", flat=True).distinct()
    sums = {currency: sum(totals(currency=currency).values()) for currency in currencies}
    return [f"{currency} sums to {total}" for currency, total in sums.items() if total]
