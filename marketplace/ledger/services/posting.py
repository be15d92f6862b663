"""Book outside facts, each once, through as few statements as their locks allow."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import uuid4

from django.db import IntegrityError, connection, transaction
from django.utils.timezone import now

from marketplace.core.idempotency import digest, require_same
from marketplace.ledger.models import Account, Hold, Transaction

from .holding import covered, lock_balances, shrink

COLUMNS = (
    "public_id",
    "created_at",
    "key",
    "content_sha256",
    "kind",
    "event_at",
    "actor",
    "reason",
)
BOOK = f"""
  INSERT INTO ledger_transaction ({", ".join(COLUMNS)})
  SELECT * FROM unnest(%s::uuid[], %s::timestamptz[], %s::text[], %s::bytea[], %s::text[],
    %s::timestamptz[], %s::text[], %s::text[])
  ON CONFLICT (key) DO NOTHING
  RETURNING id, key
"""  # noqa: S608  of constants
KNOWN = "SELECT * FROM unnest(%s::bigint[], %s::text[]) AS k (id, key)"
TRANSFER = """
  INSERT INTO ledger_transfer (transaction_id, debit_id, credit_id, currency, amount)
  SELECT booked.id, e.debit, e.credit, e.currency, e.amount
  FROM unnest(%s::text[], %s::bigint[], %s::bigint[], %s::text[], %s::bigint[])
    WITH ORDINALITY AS e (key, debit, credit, currency, amount, place)
  JOIN booked USING (key)
  ORDER BY e.place
"""
#: wallets are locked, in account order, by the trigger that applies the transfers
BOOK_AND_TRANSFER = f"""
WITH booked AS ({BOOK}), moved AS ({TRANSFER}) SELECT id, key FROM booked
"""  # noqa: S608  of constants


class Entry(NamedTuple):
    """`amount` micro-units from the debit account to the credit account."""

    debit: Account
    credit: Account
    amount: int


class Held(NamedTuple):
    """What of a hold a posting needs to know."""

    pk: int
    account_id: int


class Capture(NamedTuple):
    """Spend this much of a hold with the transaction."""

    hold: Hold | Held
    amount: int


class Posting(NamedTuple):
    """One outside fact, named by its key."""

    key: str
    kind: str
    entries: Sequence[Entry]
    at: datetime
    capture: Capture | None = None
    actor: str = ""
    reason: str = ""


class BadEntry(ValueError):
    """An entry that no ledger can book."""


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
    return post_many(postings=[Posting(key, kind, entries, at, capture, actor, reason)])[0]


def post_many(*, postings: Sequence[Posting]) -> list[Transaction]:
    """Book many facts, all of them or none; returns their transactions in the order given.

    As `post` for each: those booked before are returned, not booked again. The number of
    statements does not depend on the number of postings.
    """
    drafts = _posted(postings)
    return [drafts[posting.key].row for posting in postings]


def post_all(*, postings: Sequence[Posting]) -> None:
    """As `post_many`, for whoever has no use for the transactions."""
    _posted(postings)


def _posted(postings: Sequence[Posting]) -> dict[str, "_Draft"]:
    for posting in postings:
        _check(posting.entries)
    drafts = _drafts(postings)
    try:
        with transaction.atomic():
            if drafts:
                _book({key: drafts[key] for key in sorted(drafts)})
    except IntegrityError as error:
        raise covered(error, "the wallet does not cover this") from error
    return drafts


class _Draft:
    """A posting as a row to insert; `known` is the row that the database had of the fact."""

    def __init__(self, posting: Posting, made_at: datetime) -> None:
        entries = [[e.debit.pk, e.credit.pk, e.amount] for e in posting.entries]
        self.posting = posting
        self.sha256 = digest({"kind": posting.kind, "entries": entries})
        self.columns = (
            uuid4(),
            made_at,
            posting.key,
            self.sha256,
            posting.kind,
            posting.at,
            posting.actor,
            posting.reason,
        )
        self.pk: int | None = None
        self.known: Transaction | None = None

    @property
    def row(self) -> Transaction:
        if self.known is None:
            self.known = Transaction(pk=self.pk, **dict(zip(COLUMNS, self.columns, strict=True)))
            self.known._state.adding, self.known._state.db = False, connection.alias
        return self.known


def _check(entries: Sequence[Entry]) -> None:
    if not entries:
        raise BadEntry("a transaction needs at least one entry")
    for entry in entries:
        if entry.amount <= 0:
            raise BadEntry(f"{entry.amount}: an amount is positive; swap debit and credit instead")
        if entry.debit.currency != entry.credit.currency:
            raise BadEntry("both accounts of an entry must have the same currency")


def _drafts(postings: Sequence[Posting]) -> dict[str, _Draft]:
    drafts: dict[str, _Draft] = {}
    made_at = now()
    for posting in postings:
        draft = _Draft(posting, made_at)
        first = drafts.setdefault(posting.key, draft)
        require_same(first.sha256, draft.sha256, key=posting.key)
    return drafts


def _book(drafts: dict[str, _Draft]) -> None:
    """Insert what is new; the drafts come in key order, so that batches wait, not deadlock."""
    if any(draft.posting.capture for draft in drafts.values()):
        made = _run(BOOK, _columns(drafts.values()))
        if fresh := [drafts[key] for key in made]:
            _capture(fresh)
            known = [list(made.values()), list(made)]
            _run(f"WITH booked AS ({KNOWN}) {TRANSFER}", [*known, *_entries(fresh)])
    else:
        made = _run(BOOK_AND_TRANSFER, [*_columns(drafts.values()), *_entries(drafts.values())])
    for key, pk in made.items():
        drafts[key].pk = pk
    _recall({key: draft for key, draft in drafts.items() if key not in made})


def _recall(drafts: dict[str, _Draft]) -> None:
    """Take the rows that somebody booked before. Raises KeyReused when one says something else."""
    if not drafts:
        return
    for known in Transaction.objects.filter(key__in=drafts):
        draft = drafts[known.key]
        require_same(known.content_sha256, draft.sha256, key=known.key)
        draft.known = known


def _capture(drafts: Sequence[_Draft]) -> None:
    """Spend the holds, every wallet of the batch locked first."""
    wallets = {side.pk for d in drafts for e in d.posting.entries for side in (e.debit, e.credit)}
    amounts: dict[int, int] = {}
    for draft in drafts:
        if capture := draft.posting.capture:
            wallets.add(capture.hold.account_id)
            amounts[capture.hold.pk] = amounts.get(capture.hold.pk, 0) + capture.amount
    lock_balances(wallets)
    shrink(amounts)


def _run(sql: str, values: Sequence[Any]) -> dict[str, int]:
    """Run one statement; returns the id of each key it inserted."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return {key: pk for pk, key in cursor.fetchall()} if cursor.description else {}


def _columns(drafts: Iterable[_Draft]) -> list[list[object]]:
    return [list(column) for column in zip(*(draft.columns for draft in drafts), strict=True)]


def _entries(drafts: Iterable[_Draft]) -> list[list[object]]:
    rows = [
        (d.posting.key, e.debit.pk, e.credit.pk, e.debit.currency, e.amount)
        for d in drafts
        for e in d.posting.entries
    ]
    return [list(column) for column in zip(*rows, strict=True)]
