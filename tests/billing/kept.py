"""Workspaces that are kept after their rental, and what they cost once that is over."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F

from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Keeping
from marketplace.brokerage.services import kept as services
from marketplace.ledger import services as ledger
from tests.billing import use
from tests.make import HOUR, NOON

#: of 50 GiB at 0.000333 USD an hour, 31.5 hours of 48; 85 % of it is the provider's
GIB, PRICE, HOURS, MS = 50, 333, 48, 113_400_000
HELD, DUE, THEIRS, OURS = 799_200, 524_475, 445_803, 78_672
#: when the rental of `use.ended` is over, and when the hours above are
FROM = NOON + 10 * use.MINUTE
UNTIL = FROM + timedelta(milliseconds=MS)


def lying(of):
    """The workspace of a rental that was over at FROM lies on its machine."""
    wallet = brokerage.wallet_account(renter=of.renter, currency="USD")
    return Keeping.objects.create(
        reservation=of,
        assignment=of.assignments.get(),
        hours=HOURS,
        gib=GIB,
        price_micro_per_gib_hour=PRICE,
        fee_bps=of.fee_bps,
        currency="USD",
        hold=ledger.place_hold(key=f"keeping:{of.pk}", account=wallet, amount=HELD),
        state="kept",
        kept_from=FROM,
        until=FROM + HOURS * HOUR,
        looked_at=FROM,
        idempotency_key="k",
        request_sha256=b"",
    )


def ended(of, *, at=UNTIL, ms=MS, outcome="deleted"):
    """The same, over at `at`: for `ms` of its time its machine answered."""
    row = lying(of)
    Keeping.objects.filter(pk=row.pk).update(answered_ms=ms, looked_at=F("until"))
    with transaction.atomic():
        row = services.lock_with_rental(row)
        services.end(row, services.Outcome(outcome), at=at)
    row.refresh_from_db()
    return row
