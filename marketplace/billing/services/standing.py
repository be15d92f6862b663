"""How each lease stands at each of its rates: what is billed, what is due, what was charged."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from marketplace.billing import rating
from marketplace.catalog.pricing import milliseconds
from marketplace.metering import services as metering

#: of each lease and rate the last charge; a rate ends where one of a higher version begins
STANDING = """
SELECT l.id, l.public_id, r.id, s.id, s.version, s.since,
  (SELECT min(n.since) FROM billing_ratesegment n
   WHERE n.reservation_id = s.reservation_id AND n.version > s.version),
  s.price_micro_per_gpu_hour, s.fee_bps, s.discount_bps, s.minimum_ms, s.currency,
  greatest(l.started_at, lower(l.during)), least(l.ended_at, upper(l.during)),
  l.ended_at IS NOT NULL, renter.public_id, operator.public_id, h.id, h.account_id, h.amount,
  coalesce(last.seq, 0), coalesce(last.total_micro, 0),
  EXISTS (SELECT 1 FROM billing_charge b WHERE b.rate_id = s.id AND b.amount_micro < 0)
FROM brokerage_lease l
JOIN brokerage_assignment a ON a.id = l.assignment_id
JOIN brokerage_reservation r ON r.id = a.reservation_id
JOIN billing_ratesegment s ON s.reservation_id = r.id
JOIN accounts_organisation renter ON renter.id = r.renter_id
LEFT JOIN ledger_hold h ON h.id = r.hold_id
JOIN catalog_gpu g ON g.id = l.gpu_id
JOIN catalog_machine m ON m.id = g.machine_id
JOIN catalog_site site ON site.id = m.site_id
JOIN accounts_organisation operator ON operator.id = site.operator_id
LEFT JOIN LATERAL (
  SELECT c.seq, c.total_micro FROM billing_charge c
  WHERE c.lease_id = l.id AND c.rate_id = s.id ORDER BY c.seq DESC LIMIT 1) last ON true
WHERE l.id = ANY (%s) AND l.started_at IS NOT NULL
ORDER BY l.id, s.version
"""


class Standing(NamedTuple):
    """One lease at one of its rates, before it is charged again; money in micro-units."""

    lease: int
    lease_public_id: UUID
    reservation: int
    rate: int
    version: int
    since: datetime
    until: datetime | None
    price_micro_per_hour: int
    fee_bps: int
    discount_bps: int
    minimum_ms: int
    currency: str
    begin: datetime
    finish: datetime
    ended: bool
    renter: UUID
    operator: UUID
    hold: int | None
    hold_account: int | None
    held_micro: int | None
    seq: int
    charged_micro: int
    given_back: bool

    @property
    def in_force(self) -> bool:
        """Whether any moment of the lease falls to this rate."""
        return self.until is None or self.until > max(self.since, self.begin)


class Rated(NamedTuple):
    """A standing, and what is billed there by now."""

    at: Standing
    billed_ms: int

    @property
    def due_micro(self) -> int:
        """To be charged now; negative when too much was."""
        return rating.next_charge(
            price_micro_per_hour=self.at.price_micro_per_hour,
            covered_ms=self.billed_ms,
            charged=self.at.charged_micro,
        )


def rated(*, leases: Collection[int]) -> list[Rated]:
    """Every lease (that started) at every rate, by lease and version; two statements for all."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING, [list(leases)])
        rows = [Standing(*row) for row in cursor.fetchall()]
    slices = [metering.Slice(row.lease, row.since, row.until) for row in rows]
    covered = metering.billed_ms(slices=slices)
    return list(_with_minimum(list(zip(rows, covered, strict=True))))


def _with_minimum(rows: Collection[tuple[Standing, int]]) -> Iterable[Rated]:
    """What a lease lacks of its minimum is billed at the rate that it began with."""
    whole: dict[int, int] = {}
    for row, ms in rows:
        whole[row.lease] = whole.get(row.lease, 0) + ms
    open_ = set(whole)
    for row, ms in rows:
        lacking = 0
        if row.lease in open_ and row.in_force:
            open_.discard(row.lease)
            lacking = _lacking(row, whole[row.lease])
        yield Rated(row, ms + lacking)


def _lacking(row: Standing, covered_ms: int) -> int:
    if not row.ended or not row.minimum_ms:
        return 0
    return rating.lacking_ms(
        covered_ms=covered_ms,
        lease_ms=milliseconds(row.finish - row.begin),
        minimum_ms=row.minimum_ms,
    )
