"""Longer bookings at the terms that were agreed since."""

from collections.abc import Callable
from datetime import datetime

from marketplace.accounts.models import User
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Reservation, WindowChange

from .terms import cover


def extend(
    *,
    reservation: Reservation,
    until: datetime,
    key: str,
    by: User | None,
    at: datetime,
    fund: Callable[[Reservation, WindowChange, int, datetime], None] | None = None,
) -> WindowChange:
    """As `brokerage.extend`, and what dearer terms that the renter accepted cost is held as well.

    Raises what that raises, and InsufficientFunds for the dearer terms; then nothing was changed.
    """
    return brokerage.extend(
        reservation=reservation, until=until, key=key, by=by, at=at, cover=_cover_terms, fund=fund
    )


def _cover_terms(row: Reservation, at: datetime) -> None:
    if row.rates.exists():
        cover(row, at)
