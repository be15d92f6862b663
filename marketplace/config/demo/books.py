"""What must hold after the rental, asked of the database itself."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Sum

from marketplace.billing.models import Charge
from marketplace.brokerage.models import Reservation
from marketplace.catalog.pricing import due_micro
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Kind, Transfer
from marketplace.metering.models import Usage


@dataclass(frozen=True)
class Figures:
    """Of one reservation, in micro-units and seconds."""

    usage_ms: int
    charged: int
    provider: int
    fee: int


def figures(reservation: Reservation) -> Figures:
    charges = Charge.objects.filter(lease__assignment__reservation=reservation)
    sums = charges.aggregate(a=Sum("amount_micro"), p=Sum("provider_micro"), f=Sum("fee_micro"))
    return Figures(
        usage_ms=sum(_lease_ms(reservation).values()),
        charged=sums["a"] or 0,
        provider=sums["p"] or 0,
        fee=sums["f"] or 0,
    )


def _lease_ms(reservation: Reservation) -> dict[int, int]:
    spans: dict[int, timedelta] = {}
    for row in Usage.objects.filter(lease__assignment__reservation=reservation):
        length = row.during.upper - row.during.lower
        spans[row.lease_id] = spans.get(row.lease_id, timedelta()) + length
    return {lease: span // timedelta(milliseconds=1) for lease, span in spans.items()}


def recomputed(reservation: Reservation) -> int:
    """The charge as the renter would recompute it: price times sealed usage, lease by lease."""
    price = reservation.price_micro_per_gpu_hour
    return sum(due_micro(price, ms) for ms in _lease_ms(reservation).values())


def _flow(debit: str, credit: str) -> int:
    rows = Transfer.objects.filter(debit__kind=debit, credit__kind=credit)
    return rows.aggregate(total=Sum("amount"))["total"] or 0


def ledger_checks(currency: str) -> dict[str, bool]:
    """Sum zero, wallets = top-ups - charges, provider + fee = charges; exact to the micro-unit."""
    totals = ledger.totals(currency=currency)
    topped_up = _flow(Kind.STRIPE_PENDING, Kind.WALLET)
    provider = _flow(Kind.WALLET, Kind.PROVIDER_PENDING)
    fee = _flow(Kind.WALLET, Kind.PLATFORM_FEE)
    charged = Charge.objects.aggregate(total=Sum("amount_micro"))["total"] or 0
    return {
        "the ledger sums to zero": sum(totals.values()) == 0,
        "wallets = top-ups - charges": totals.get(Kind.WALLET, 0) == topped_up - charged,
        "provider + fee = charges": provider + fee == charged,
        "the ledger agrees with itself": ledger.verify() == [],
    }
