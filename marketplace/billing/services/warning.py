"""Wallets that what runs now will soon have used up."""

from datetime import datetime

from django.db.models import QuerySet

from marketplace.accounts.models import Organisation
from marketplace.brokerage.models import Reservation
from marketplace.brokerage.states import State

from .forecasting import WARNINGS, forecast
from .telling import tell

HOURS = {name: hours for hours, name in WARNINGS}


def burning() -> QuerySet[Organisation]:
    """Who pays for something that runs."""
    running = Reservation.objects.filter(state=State.ACTIVE).values("renter")
    return Organisation.objects.filter(pk__in=running).order_by("pk")


def warn(*, organisation: Organisation, at: datetime) -> None:
    """Tell of a low wallet: of each threshold once a day (UTC). Safe to call at any time."""
    seen = forecast(organisation=organisation, at=at)
    if seen.warning:
        tell(
            kind="wallet.low",
            organisation=organisation.pk,
            key=f"{seen.warning}:{at:%Y-%m-%d}",
            facts={
                "hours": HOURS[seen.warning],
                "lasts_ms": seen.lasts_ms,
                "burn_micro_per_hour": seen.burn_micro_per_hour,
            },
            at=at,
        )
