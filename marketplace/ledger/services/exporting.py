"""The books as beancount reads them: plain text, a directive a day, debits positive."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from django.db.models import Max, Min, Sum

from marketplace.core.files import whole
from marketplace.ledger.chart import PLACES
from marketplace.ledger.models import Account, Kind, Transaction, Transfer

from .moments import one_moment

CHUNK = 2000


def export_beancount(*, target: Path) -> int:
    """Write every transaction to a beancount file; returns how many.

    Accounts are opened on the day of their first transfer; on the day after their last, their
    balance is asserted. The file appears whole or not at all.
    """
    with whole(target) as file, one_moment():
        upto = Transaction.objects.aggregate(last=Max("pk"))["last"] or 0
        file.writelines(_heading(upto))
        rows = Transaction.objects.filter(pk__lte=upto).order_by("event_at", "pk")
        rows = rows.prefetch_related("transfers__debit", "transfers__credit")
        count = 0
        for row in rows.iterator(chunk_size=CHUNK):
            file.writelines(_transaction(row))
            count += 1
        file.writelines(_closing(upto))
    return count


def _heading(upto: int) -> Iterator[str]:
    yield 'option "title" "Straits"\n'
    used = Transfer.objects.filter(transaction__lte=upto)
    for currency in used.order_by("currency").values_list("currency", flat=True).distinct():
        yield f"option {_text('operating_currency')} {_text(currency)}\n"
    yield "\n"
    for account, (first, _, _) in _lives(upto).items():
        yield f"{first} open {name(account)} {account.currency}\n"


def name(of: Account) -> str:
    """Beancount's name of the account: place, the owner's public id in capitals, currency.

    Beancount opens a name once, with all its currencies; an account here has one.
    """
    owner = [str(of.owner).upper()] if of.owner else []
    return ":".join([PLACES[Kind(of.kind)], *owner, of.currency])


def _transaction(row: Transaction) -> Iterator[str]:
    yield f"\n{_day(row.event_at)} * {_text(row.kind)} {_text(row.reason)}\n"
    yield f"  key: {_text(row.key)}\n"
    for transfer in sorted(row.transfers.all(), key=lambda one: one.pk):
        for account, sign in ((transfer.debit, 1), (transfer.credit, -1)):
            yield f"  {name(account)}  {_amount(sign * transfer.amount)} {transfer.currency}\n"


def _closing(upto: int) -> Iterator[str]:
    yield "\n"
    for account, (_, last, total) in _lives(upto).items():
        after = last + timedelta(days=1)
        yield f"{after} balance {name(account)}  {_amount(total)} {account.currency}\n"


def _lives(upto: int) -> dict[Account, tuple[date, date, int]]:
    """Of every used account the days of its first and last transfer and debits - credits."""
    lives: dict[int, tuple[date, date, int]] = {}
    rows = Transfer.objects.filter(transaction__lte=upto)
    at = "transaction__event_at"
    for side, sign in (("debit", 1), ("credit", -1)):
        for pk, first, last, amount in rows.values_list(side).annotate(
            Min(at), Max(at), Sum("amount")
        ):
            begin, end = _day(first), _day(last)
            known = lives.get(pk, (begin, end, 0))
            lives[pk] = (min(known[0], begin), max(known[1], end), known[2] + sign * amount)
    accounts = Account.objects.in_bulk(lives)
    return {accounts[pk]: lives[pk] for pk in sorted(lives)}


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def _amount(micro: int) -> str:
    return f"{Decimal(micro).scaleb(-6):.6f}"


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + " ".join(escaped.split()) + '"'
