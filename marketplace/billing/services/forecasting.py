"""How long the money lasts if what runs now goes on."""

from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db.models import BigIntegerField, F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from marketplace.accounts.models import Organisation
from marketplace.billing.models import RateSegment
from marketplace.brokerage.models import Reservation
from marketplace.brokerage.states import State
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Kind

from .top_ups import wallet

HOUR_MS = 3_600_000
#: hours left at which the reader is warned, and how urgent that is
WARNINGS = ((1, "empty_within_an_hour"), (6, "empty_within_hours"), (24, "empty_within_a_day"))


class Forecast(NamedTuple):
    """`lasts_ms` is None while nothing runs; money in micro-units.

    It counts what is available and what is held for what runs: after that long, if all of it goes
    on at its price of now, the wallet cannot pay any more. What is owed is paid out of it first.
    Each rental still ends with its window, which its hold covers; so does what runs until it is
    stopped, whose window is not moved on without money.
    """

    burn_micro_per_hour: int
    lasts_ms: int | None
    owed_micro: int

    @property
    def warning(self) -> str:
        """The nearest threshold passed; empty when there is none."""
        if self.lasts_ms is None:
            return ""
        hours = (name for limit, name in WARNINGS if self.lasts_ms <= limit * HOUR_MS)
        return next(hours, "")


def forecast(*, organisation: Organisation, at: datetime) -> Forecast:
    """What runs now, what it burns in an hour, and how long the money lasts at that."""
    running = Reservation.objects.filter(
        renter=organisation, state=State.ACTIVE, currency=settings.CURRENCY
    )
    price = Coalesce(_price(at), F("price_micro_per_gpu_hour"))
    sums = running.aggregate(
        burn=Sum(price * F("gpu_count"), output_field=BigIntegerField()), held=Sum("hold__amount")
    )
    burn = sums["burn"] or 0
    theirs = ledger.totals(currency=settings.CURRENCY, owner=organisation.public_id)
    owed = -theirs.get(Kind.RENTER_RECEIVABLE, 0)
    money = max(0, wallet(organisation=organisation).available + (sums["held"] or 0) - owed)
    return Forecast(
        burn_micro_per_hour=burn,
        lasts_ms=money * HOUR_MS // burn if burn else None,
        owed_micro=owed,
    )


def _price(at: datetime) -> Subquery:
    """What a GPU-hour costs by the rate in force; none was opened before the first charge."""
    rates = RateSegment.objects.filter(reservation=OuterRef("pk"), since__lte=at)
    return Subquery(rates.order_by("-version").values("price_micro_per_gpu_hour")[:1])
