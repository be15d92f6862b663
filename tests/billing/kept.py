"""Workspaces that are kept after their rental, and what they cost once that is over."""

from datetime import timedelta

from marketplace.brokerage.models import Keeping
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Kind
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
    wallet = ledger.account(kind=Kind.WALLET, owner=of.renter.public_id, currency="USD")
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
    """The same, over at `at`: for `ms` of that time its machine answered."""
    row = lying(of)
    due = 0 if outcome == "lost" else GIB * PRICE * ms // (3_600 * 1_000)
    Keeping.objects.filter(pk=row.pk).update(
        state="ended", outcome=outcome, answered_ms=ms, ended_at=at, due_micro=due
    )
    row.refresh_from_db()
    operator = of.offer.machine.site.operator.public_id
    pending = ledger.account(kind=Kind.PROVIDER_PENDING, owner=operator, currency="USD")
    fees = ledger.account(kind=Kind.PLATFORM_FEE, currency="USD")
    shares = ((pending, row.provider_micro), (fees, due - row.provider_micro))
    if due:
        ledger.post(
            key=f"keeping:{row.public_id}",
            kind="workspace_kept",
            entries=[
                ledger.Entry(row.hold.account, side, share) for side, share in shares if share
            ],
            at=at,
            capture=ledger.Capture(row.hold, due),
        )
    ledger.release_hold(hold=row.hold)
    return row
