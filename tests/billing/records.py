"""Renters with a record: they paid long ago, and used something every day since."""

from datetime import timedelta

from django.db import transaction

from marketplace.billing import services
from marketplace.billing.models import Charge, TopUp
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Reservation
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Kind
from tests import make
from tests.make import HOUR, NOON

DAY = timedelta(days=1)
PRICE = 2_400_000


@transaction.atomic
def paid(renter, micro, *, at=NOON - 60 * DAY):
    """Money of their own, as a top-up that succeeded then."""
    made = TopUp.objects.create(
        organisation=renter,
        amount_micro=micro,
        currency="USD",
        payment_method="pm_card_visa",
        state="succeeded",
        settled_at=at,
        idempotency_key=f"record:{micro}:{at}",
        request_sha256=b"",
        created_at=at,
    )
    services.lots.add_paid(top_up=made, at=at)
    make.funded(renter, micro, at=at)


def record(renter, *, day_micro=PRICE, days=30):
    """They paid two months ago and used so much on each of the last days; nothing is left."""
    paid(renter, days * day_micro)
    machine = make.machine(gpus=1)
    made = make.bare_reservation(renter, make.offer(machine=machine), state="settled")
    lease = made.assignments.create(machine=machine).leases.create(
        gpu=machine.gpus.get(), during=made.during, state="ended", started_at=NOON, ended_at=NOON
    )
    rate = make.rate(made)
    wallet = brokerage.wallet_account(renter=renter, currency="USD")
    fee = ledger.account(kind=Kind.PLATFORM_FEE, currency="USD")
    for day in range(days):
        at = NOON - (days - day) * DAY + 12 * HOUR
        Charge.objects.create(
            lease=lease,
            rate=rate,
            seq=day + 1,
            covered_ms=0,
            total_micro=(day + 1) * day_micro,
            amount_micro=day_micro,
            provider_micro=0,
            fee_micro=day_micro,
            currency="USD",
            charged_at=at,
        )
        entries = [ledger.Entry(wallet, fee, day_micro)]
        ledger.post(key=f"record:{renter.public_id}:{day}", kind="usage", entries=entries, at=at)
    ledger.release_hold(hold=made.hold)
    ledger.post(
        key=f"record:{renter.public_id}:rest",
        kind="usage",
        entries=[ledger.Entry(wallet, fee, 1)],
        at=NOON,
    )
    return made


def rolling(renter, *, micro=PRICE, **facts):
    """A GPU until it is stopped, running since NOON; `micro`, an hour of it, is all they have."""
    make.funded(renter, micro)
    made = make.reservation(renter, make.offer(**facts), rolling=True)
    make.started(made)
    return made


def again(row):
    related = ("offer__machine__site__operator", "renter__party", "hold")
    return Reservation.objects.select_related(*related).get(pk=row.pk)
