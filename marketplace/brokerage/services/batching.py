"""Many requests at once: screened for each, placed in memory, written in one transaction.

The database's constraints are the defence, as for one alone. A batch that loses against another
broker is rolled back as a whole, and each of its requests is then brokered by itself.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import Prefetch

from compliance import services as compliance
from marketplace.accounts.models import Organisation
from marketplace.brokerage.models import Reservation
from marketplace.brokerage.placement import Strategy, ours
from marketplace.brokerage.states import State
from marketplace.catalog.models import Offer
from marketplace.core.sweeps import sweep

from . import writing
from .brokering import broker, questions
from .planning import plan
from .red_flags import MOST_AT_ONCE, look_at_orders

log = logging.getLogger(__name__)

#: requests in one transaction; others wait for its locks no longer than that takes
BATCH = 200
#: a broker that died frees what it had claimed after this
CLAIM = timedelta(seconds=5)


def broker_open(*, at: datetime, strategy: Strategy = ours, most: int | None = None) -> int:
    """Broker every request that is open and that no other broker is at; returns how many.

    Safe to run in any number of workers: each takes rows that no other has, `most` at a time.
    """
    done = 0
    while claimed := _claim(at, most or BATCH):
        done += len(claimed)
        again = [pk for pk, alone in claimed if alone]
        fresh = [pk for pk, alone in claimed if not alone]
        left = [*_read(again), *_left(fresh, at, strategy)]
        sweep(left, lambda row: broker(reservation=row, at=at))
    return done


def _claim(at: datetime, most: int) -> list[tuple[int, bool]]:
    """Take the oldest requests for a while; those that another broker is claiming are skipped.

    With each goes whether it is brokered alone: one that was claimed before, because what stopped
    it then must not stop a batch again, and a quote, which takes no money.
    """
    with transaction.atomic():
        free = (
            Reservation.objects.workable(at=at)
            .order_by("pk")
            .values_list("pk", "claimed_until", "pin_slot")
        )
        rows = list(free.select_for_update(skip_locked=True, no_key=True)[:most])
        Reservation.objects.filter(pk__in=[pk for pk, *_ in rows]).update(claimed_until=at + CLAIM)
    return [(pk, before is not None or slot is not None) for pk, before, slot in rows]


def _read(rows: Sequence[int]) -> list[Reservation]:
    """With what they name; few renters ask for few offers, each of which is read once."""
    if not rows:
        return []
    offers = Offer.objects.select_related("machine__site", "machine__trust", "chip")
    renters = Organisation.objects.select_related("party")
    named = Prefetch("offer", offers), Prefetch("renter", renters)
    found = Reservation.objects.filter(pk__in=rows).select_related("decision")
    return list(found.prefetch_related(*named).order_by("pk"))


def _left(rows: Sequence[int], at: datetime, strategy: Strategy) -> list[Reservation]:
    """Broker them together; returns, as they are now, those that need a step of their own."""
    if not rows:
        return []
    try:
        _together(_read(rows), at, strategy)
    except SoftTimeLimitExceeded:
        raise
    except writing.BatchLost as reason:
        log.info("a batch of %s rests (%s); each goes alone", len(rows), reason)
    except Exception:
        log.exception("a batch of %s failed; each goes alone", len(rows))
    still = Reservation.objects.filter(pk__in=rows).workable(at=at + CLAIM)
    return _read(list(still.values_list("pk", flat=True)))


def _together(rows: Sequence[Reservation], at: datetime, strategy: Strategy) -> None:
    asked = [row for row in rows if row.state == State.REQUESTED]
    for renter in {row.renter_id: row.renter for row in asked}.values():
        look_at_orders(renter=renter, at=at, most=MOST_AT_ONCE)
    parties = [row.renter.party for row in asked]
    decisions = compliance.screen_many(
        asked=list(zip(parties, questions(asked, at), strict=True)), at=at
    )
    if asked:
        writing.write_cleared(list(zip(asked, decisions, strict=True)), at)
    cleared = [row for row in rows if row.state == State.CLEARED]
    made = plan(_standing(cleared, at), strategy, at)
    writing.write_refused(made.refused, at)
    if made.placed:
        writing.write_set_aside(made.placed, at)


def _standing(rows: Sequence[Reservation], at: datetime) -> list[Reservation]:
    """Those whose decision still holds; the others are asked about again, one by one."""
    answered = {
        row.pk: row.decision
        for row, asked in zip(rows, questions(rows, at), strict=True)
        if row.decision
        and compliance.answers(decision=row.decision, party=row.renter.party, question=asked)
    }
    valid = compliance.valid_of(decisions=list(answered.values()), at=at)
    return [row for row in rows if row.pk in answered and answered[row.pk].pk in valid]
