"""From sealed usage to the ledger: what is due so far, less what was charged before."""

import logging
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction

from marketplace.billing import rating
from marketplace.brokerage.models import Lease, Reservation
from marketplace.brokerage.states import State
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Account, Kind

from .lending import lend
from .opening import open_rates
from .standing import Rated, rated

log = logging.getLogger(__name__)

LOCK = "SELECT id FROM brokerage_lease WHERE id = ANY (%s) ORDER BY id FOR NO KEY UPDATE"
CHARGE = """
INSERT INTO billing_charge (public_id, created_at, charged_at, lease_id, rate_id, currency,
  covered_ms, seq, total_micro, amount_micro, provider_micro, fee_micro)
SELECT gen_random_uuid(), %s, %s, * FROM unnest(%s::bigint[], %s::bigint[], %s::text[],
  %s::bigint[], %s::int[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
"""


def charge(*, reservation: Reservation, at: datetime) -> int:
    """Charge what sealed usage newly makes due, lease by lease; returns the micro-units charged.

    As `charge_leases`; what was given back may make the sum negative. What neither the hold nor the
    wallet covers was used all the same: it is booked as what the renter owes, and told to staff.
    """
    rows = Lease.objects.filter(assignment__reservation=reservation)
    leases = list(rows.values_list("pk", flat=True))
    try:
        return charge_leases(leases=leases, at=at)
    except ledger.InsufficientFunds:
        if Reservation.objects.filter(pk=reservation.pk, state=State.SETTLED).exists():
            raise  # its account is closed: what arrives now is not billed
        log.error("%s is not covered by its hold; the rest is taken, or owed", reservation)
        return charge_leases(leases=leases, at=at, owing=True)


def charge_leases(*, leases: Collection[int], at: datetime, owing: bool = False) -> int:
    """Charge many leases, named by their ids, all or none; returns the micro-units charged.

    One transaction under the leases' locks, so parallel calls charge once; the number of statements
    does not depend on the number of leases. The money comes out of the reservations' holds, which
    cover the whole window at what was agreed. What is not due any more, by rulings or corrected
    rates, goes back into the wallet, out of the same shares. Raises InsufficientFunds, unless what
    is not covered may be owed.
    """
    with transaction.atomic():
        _lock(leases)
        rows = rated(leases=leases)
        if fresh := set(leases) - {row.at.lease for row in rows}:
            open_rates(leases=fresh, at=at)
            rows = rated(leases=leases)
        due = [row for row in rows if row.due_micro]
        if due:
            back = {row.at.reservation for row in rows if row.at.given_back or row.due_micro < 0}
            _book(due, back, at, owing=owing)
    return sum(row.due_micro for row in due)


def _lock(leases: Collection[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [list(leases)])


def _book(due: Sequence[Rated], back: Collection[int], at: datetime, *, owing: bool) -> None:
    made = [_charge(row) for row in due]
    _insert(due, made, at)
    wallets, providers, fees = _accounts(due)
    if owing:
        ledger.lock_balances(one.pk for of in wallets.values() for one in of.values())
    captures = _captures(due, {row.at.reservation for row in due} if owing else back)
    lent = lend(due, wallets, captures) if owing else {}
    ledger.post_all(
        postings=[
            ledger.Posting(
                key=f"usage:{row.at.lease_public_id}:{row.at.version}:{one.seq}",
                kind="usage" if one.amount_micro > 0 else "usage_correction",
                entries=_entries(
                    wallets[row.at.currency][row.at.renter],
                    (providers[row.at.currency][row.at.operator], one.provider_micro),
                    (fees[row.at.currency], one.fee_micro),
                )
                + lent.get(place, []),
                at=at,
                capture=captures.get(place),
            )
            for place, (row, one) in enumerate(zip(due, made, strict=True))
        ]
    )


class _Made(NamedTuple):
    """What is new in a charge; the rest of its row is in the standing that it follows on."""

    seq: int
    total_micro: int
    amount_micro: int
    provider_micro: int
    fee_micro: int


def _charge(row: Rated) -> _Made:
    amount, before = row.due_micro, row.at.charged_micro
    parts = rating.split(
        amount=amount,
        charged=before,
        fee_bps=row.at.fee_bps,
        discount_bps=row.at.discount_bps,
    )
    return _Made(row.at.seq + 1, before + amount, amount, parts.provider, parts.fee)


def _insert(due: Sequence[Rated], made: Sequence[_Made], at: datetime) -> None:
    rows = (
        (row.at.lease, row.at.rate, row.at.currency, row.billed_ms, *one)
        for row, one in zip(due, made, strict=True)
    )
    columns = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(CHARGE, [at, at, *columns])


#: by currency
Owned = dict[str, dict[UUID, Account]]


def _accounts(due: Iterable[Rated]) -> tuple[Owned, Owned, dict[str, Account]]:
    """Wallets of renters, payables of providers, and our fee."""
    parties: dict[str, tuple[set[UUID], set[UUID]]] = {}
    for row in due:
        renters, operators = parties.setdefault(row.at.currency, (set(), set()))
        renters.add(row.at.renter)
        operators.add(row.at.operator)
    wallets, providers = (
        {
            currency: ledger.accounts(kind=kind, currency=currency, owners=both[place])
            for currency, both in parties.items()
        }
        for place, kind in enumerate((Kind.WALLET, Kind.PROVIDER_PENDING))
    )
    fees = {
        currency: ledger.account(kind=Kind.PLATFORM_FEE, currency=currency) for currency in parties
    }
    return wallets, providers, fees


def _entries(wallet: Account, *parts: tuple[Account, int]) -> list[ledger.Entry]:
    """The parts of a charge; what is negative goes the other way."""
    return [
        ledger.Entry(wallet, target, amount)
        if amount > 0
        else ledger.Entry(target, wallet, -amount)
        for target, amount in parts
        if amount
    ]


def _captures(due: Sequence[Rated], back: Collection[int]) -> dict[int, ledger.Capture]:
    """What of each charge comes out of a hold: all of it, and of what is given back nothing.

    What was given back left the hold for good, so later charges of such a reservation may find the
    hold short, by what rounding or a corrected rate makes of it. The rest comes out of the wallet.
    """
    left = {row.at.hold: row.at.held_micro or 0 for row in due}
    captures: dict[int, ledger.Capture] = {}
    for place, row in enumerate(due):
        amount, hold, account = row.due_micro, row.at.hold, row.at.hold_account
        assert hold is not None and account is not None  # noqa: S101, PT018  by the constraint
        if amount > 0 and row.at.reservation in back:
            amount = min(amount, left[hold])
        if amount > 0:
            left[hold] -= amount
            captures[place] = ledger.Capture(ledger.Held(hold, account), amount)
    return captures
