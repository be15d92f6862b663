"""Earnings that are old enough become payable, all providers in one transaction."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Min

from marketplace.accounts.models import Organisation
from marketplace.billing.models import Charge, MaturedFee, MaturedKeeping, Maturity
from marketplace.brokerage.models import Keeping, WindowChange

from .books import Books, book

ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('billing_maturity'))"
#: longer than any transaction that charges is open; so far back is looked again
OVERLAP = timedelta(days=1)
#: of charges that mature in one transaction, so that a long rest is caught up with in parts
SLICE = timedelta(days=1)
#: what is given back matures as soon as the first charge does that it may come out of
DUE = """
SELECT s.operator_id, c.currency, c.id, c.provider_micro
FROM (
  SELECT * FROM billing_charge
  WHERE amount_micro > 0 AND charged_at > %(since)s AND charged_at <= %(upto)s
  UNION ALL
  SELECT b.* FROM billing_charge b
  JOIN billing_charge f ON f.lease_id = b.lease_id AND f.rate_id = b.rate_id AND f.seq = 1
  WHERE b.amount_micro < 0 AND b.charged_at > %(since)s AND b.charged_at <= %(now)s
    AND f.charged_at <= %(upto)s
) c
JOIN brokerage_lease l ON l.id = c.lease_id
JOIN catalog_gpu g ON g.id = l.gpu_id
JOIN catalog_machine m ON m.id = g.machine_id
JOIN catalog_site s ON s.id = m.site_id
WHERE NOT EXISTS (SELECT 1 FROM billing_maturedcharge d WHERE d.charge_id = c.id)
ORDER BY s.operator_id, c.currency, c.id
"""
KEEP = """
INSERT INTO billing_maturedcharge (charge_id, maturity_id)
SELECT unnest(%s::bigint[]), %s
"""


@dataclass
class _Due:
    """What of one provider in one currency is old enough: charges, fees, keepings by their ids."""

    amount_micro: int = 0
    charges: list[int] = field(default_factory=list)
    fees: list[int] = field(default_factory=list)
    keepings: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.charges) + len(self.fees) + len(self.keepings)


def mature(*, at: datetime) -> int:
    """Make what was taken PAYOUT_MATURITY_DAYS ago payable: charges, fees, and what kept workspaces
    cost. Returns how many became so.

    A day's charges in one transaction, one caller at a time. A charge follows the sealing of its
    usage within one tick, so its age is the age of that. What was given back of earnings that are
    payable, or paid, is taken at once: out of what is payable, and beyond that it is owed.
    """
    upto = at - timedelta(days=settings.PAYOUT_MATURITY_DAYS)
    known = _known()
    if known is None:
        return 0
    total = 0
    while True:
        edge = min(upto, known + SLICE)
        total += _mature_slice(since=min(known, edge) - OVERLAP, upto=edge, at=at)
        if edge == upto:
            return total
        known = edge


def _known() -> datetime | None:
    """Until when all has matured, or when the first of it was taken; None when there is none."""
    last: datetime | None = Maturity.objects.aggregate(upto=Max("upto"))["upto"]
    if last:
        return last
    charged: datetime | None = Charge.objects.aggregate(first=Min("charged_at"))["first"]
    fees = WindowChange.objects.with_fee()
    taken: datetime | None = fees.aggregate(first=Min("at"))["first"]
    kept: datetime | None = Keeping.objects.charged().aggregate(first=Min("ended_at"))["first"]
    return min((first for first in (charged, taken, kept) if first), default=None)


def _mature_slice(*, since: datetime, upto: datetime, at: datetime) -> int:
    with transaction.atomic():
        _one_at_a_time()
        groups = _due(since, upto, at)
        providers = Organisation.objects.in_bulk({provider for provider, _ in groups})
        for (provider, currency), due in sorted(groups.items()):
            _mature(providers[provider], currency, due, upto, at)
    return sum(len(due) for due in groups.values())


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute(ONE_AT_A_TIME)


def _due(since: datetime, upto: datetime, at: datetime) -> dict[tuple[int, str], _Due]:
    """By provider and currency. There are few fees and keepings: looked for at any age."""
    groups: dict[tuple[int, str], _Due] = defaultdict(_Due)
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"since": since, "upto": upto, "now": at})
        for provider, currency, charge, amount in cursor:
            groups[provider, currency].charges.append(charge)
            groups[provider, currency].amount_micro += amount
    fees = WindowChange.objects.with_fee().filter(at__lte=upto, matured=None).order_by("pk")
    whose = ("reservation__offer__machine__site__operator", "reservation__currency")
    for provider, currency, change, amount in fees.values_list(*whose, "pk", "theirs_micro"):
        groups[provider, currency].fees.append(change)
        groups[provider, currency].amount_micro += amount
    kept = Keeping.objects.charged().filter(ended_at__lte=upto, matured=None).order_by("pk")
    for provider, currency, keeping, amount in kept.values_list(
        whose[0], "currency", "pk", "theirs_micro"
    ):
        groups[provider, currency].keepings.append(keeping)
        groups[provider, currency].amount_micro += amount
    return groups


def _mature(provider: Organisation, currency: str, due: _Due, upto: datetime, at: datetime) -> None:
    books = Books.of(provider=provider.public_id, currency=currency)
    books.lock()
    amount = due.amount_micro
    made = Maturity.objects.create(
        organisation=provider,
        currency=currency,
        amount_micro=amount,
        owed_micro=max(0, -amount - books.available_micro),
        upto=upto,
        matured_at=at,
        created_at=at,
    )
    _keep(made, due.charges)
    MaturedFee.objects.bulk_create(MaturedFee(change_id=pk, maturity=made) for pk in due.fees)
    MaturedKeeping.objects.bulk_create(
        MaturedKeeping(keeping_id=pk, maturity=made) for pk in due.keepings
    )
    _book(made, books, at)


def _keep(made: Maturity, charges: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [list(charges), made.pk])


def _book(made: Maturity, books: Books, at: datetime) -> None:
    key = f"maturity:{made.public_id}"
    if made.amount_micro > 0:
        entries = [(books.pending, books.available, made.amount_micro)]
    else:
        entries = [
            (books.available, books.pending, -made.payable_micro),
            (books.owed, books.pending, made.owed_micro),
        ]
    book(key, "maturity", entries, at)
