"""Rentals that run until they are stopped: their end moves on while all agrees to it."""

from datetime import datetime

from django.db.models import F, Max
from django.db.models.functions import Greatest

from marketplace.accounts.models import Organisation
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.changes import ROLLED
from marketplace.brokerage.models import ROLLING, Reservation, RollRefusal
from marketplace.catalog.pricing import window_micro

from .graces import lend_lacking
from .windows import extend


def roll(*, reservation: Reservation, at: datetime) -> bool:
    """Move the end of what runs until it is stopped by a step, once; whether it has moved.

    As any extension: screened anew for the whole window, its GPUs by the exclusion constraint, and
    what more it may cost held in the same transaction; what the wallet lacks of that may be lent to
    who has a record. What refuses is kept and told, and tried again by the next sweep. Safe to call
    at any time, by many at once: its key names the end that it moves.
    """
    key = f"{ROLLED}{reservation.during.upper.isoformat()}"
    try:
        until = brokerage.next_end(reservation=reservation)
        extend(reservation=reservation, until=until, key=key, by=None, at=at, fund=lend_lacking)
    except brokerage.ROLL_REFUSALS as error:
        why = brokerage.why_not_rolled(error)
        brokerage.note_not_rolled(reservation=reservation, why=why, at=at)
        return False
    return True


def waited_for_micro(*, organisation: Organisation) -> int:
    """What the wallet must have so that what waits for money moves on, at the dearest agreed price.

    Greatest leaves out what is empty: there may be no rate yet.
    """
    rows = Reservation.objects.filter(
        ROLLING, renter=organisation, roll_refused=RollRefusal.MONEY
    ).annotate(
        dearest=Greatest(F("price_micro_per_gpu_hour"), Max("rates__price_micro_per_gpu_hour"))
    )
    step = brokerage.roll_step()
    waiting = rows.values_list("dearest", "gpu_count")
    return sum(window_micro(dearest, gpus, step) for dearest, gpus in waiting)
