"""From sealed usage to the ledger: what is due so far, less what was charged before."""

from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from marketplace.accounts.models import Organisation
from marketplace.billing import rating
from marketplace.billing.models import Charge
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Lease, Reservation
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Account, Hold, Kind
from marketplace.metering import services as metering


def charge(*, reservation: Reservation, at: datetime) -> int:
    """Charge what sealed usage newly makes due, lease by lease; returns the micro-units charged.

    One transaction under the leases' locks, so parallel calls charge once. The money comes out of
    the reservation's hold, which covers the whole window at the frozen price. What rulings took out
    of billing goes back into the wallet, out of the same shares; then the sum may be negative.
    """
    with transaction.atomic():
        leases = (
            Lease.objects.filter(assignment__reservation=reservation)
            .select_for_update(no_key=True, of=("self",))
            .select_related("gpu__machine__site__operator")
            .order_by("pk")
        )
        return sum(_charge_lease(reservation, lease, at) for lease in leases)


def _charge_lease(reservation: Reservation, lease: Lease, at: datetime) -> int:
    covered = metering.covered_ms(lease=lease)
    before = lease.charges.aggregate(total=Sum("amount_micro"))["total"] or 0
    amount = rating.next_charge(
        price_micro_per_hour=reservation.price_micro_per_gpu_hour,
        covered_ms=covered,
        charged=before,
    )
    if not amount:
        return 0
    parts = rating.split(amount=amount, charged=before, fee_bps=reservation.fee_bps)
    made = Charge.objects.create(
        lease=lease,
        seq=lease.charges.count() + 1,
        covered_ms=covered,
        total_micro=before + amount,
        amount_micro=amount,
        provider_micro=parts.provider,
        fee_micro=parts.fee,
        currency=reservation.currency,
        charged_at=at,
        created_at=at,
    )
    _post(reservation, lease, made, at)
    return amount


def _post(reservation: Reservation, lease: Lease, made: Charge, at: datetime) -> None:
    currency = made.currency
    operator: Organisation = lease.gpu.machine.site.operator
    wallet = brokerage.wallet_account(renter=reservation.renter, currency=currency)
    provider = ledger.account(
        kind=Kind.PROVIDER_PENDING, owner=operator.public_id, currency=currency
    )
    fee = ledger.account(kind=Kind.PLATFORM_FEE, currency=currency)
    parts = [(provider, made.provider_micro), (fee, made.fee_micro)]
    entries = [_entry(wallet, target, amount) for target, amount in parts if amount]
    ledger.post(
        key=f"usage:{lease.public_id}:{made.seq}",
        kind="usage" if made.amount_micro > 0 else "usage_correction",
        entries=entries,
        at=at,
        capture=_capture(reservation, lease, made.amount_micro),
    )


def _entry(wallet: Account, target: Account, amount: int) -> ledger.Entry:
    """A part of a charge; what is negative goes the other way."""
    if amount < 0:
        return ledger.Entry(debit=target, credit=wallet, amount=-amount)
    return ledger.Entry(debit=wallet, credit=target, amount=amount)


def _capture(reservation: Reservation, lease: Lease, amount: int) -> ledger.Capture | None:
    """What of a charge comes out of the hold: all of it, and of what is given back nothing.

    What was given back left the hold for good, so a charge after it may find the hold short by what
    rounding makes of it: less than a micro-unit for each time. That comes out of the wallet.
    """
    assert reservation.hold is not None  # noqa: S101  the database's constraint says so
    if amount > 0 and lease.charges.filter(amount_micro__lt=0).exists():
        amount = min(amount, Hold.objects.get(pk=reservation.hold.pk).amount)
    return ledger.Capture(reservation.hold, amount) if amount > 0 else None
