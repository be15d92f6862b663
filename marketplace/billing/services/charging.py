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
from marketplace.ledger.models import Kind
from marketplace.metering import services as metering


def charge(*, reservation: Reservation, at: datetime) -> int:
    """Charge what sealed usage newly makes due, lease by lease; returns the micro-units charged.

    One transaction under the leases' locks, so parallel calls charge once. The money comes out of
    the reservation's hold, which covers the whole window at the frozen price.
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
    entries = [
        ledger.Entry(debit=wallet, credit=target, amount=amount)
        for target, amount in ((provider, made.provider_micro), (fee, made.fee_micro))
        if amount
    ]
    assert reservation.hold is not None  # noqa: S101  the database's constraint says so
    ledger.post(
        key=f"usage:{lease.public_id}:{made.seq}",
        kind="usage",
        entries=entries,
        at=at,
        capture=ledger.Capture(reservation.hold, made.amount_micro),
    )
