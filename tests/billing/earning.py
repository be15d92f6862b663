"""Providers that have earned, and the days after which it is payable."""

from datetime import timedelta

import stripe

from marketplace.billing import services
from marketplace.billing.fake_stripe.resources import accounts, balance
from marketplace.billing.models import Payout, PayoutAccount
from marketplace.billing.services import payouts
from marketplace.billing.services.payouts.books import Books
from marketplace.ledger import services as ledger
from marketplace.metering import services as metering
from tests import make
from tests.billing import stand_in, use
from tests.make import HOUR, NOON

DAY = timedelta(days=1)
#: of two GPUs at 2.40 USD an hour, ten minutes, less a fee of 15 %
EARNED = 680_000
#: when what is charged at NOON + HOUR is payable
RIPE = NOON + HOUR + 7 * DAY


def provider(of):
    """Who runs the machine of a reservation."""
    return of.offer.machine.site.operator


def earned(renter, *, at=NOON + HOUR, **facts):
    """A rental whose ten minutes (or `after`) are charged."""
    made = use.ended(renter, **facts)
    services.charge(reservation=made, at=at)
    return made


def more(renter, of, *, at, **facts):
    """As `earned`, by another machine of the provider of a rental before, charged at `at`."""
    site = of.offer.machine.site
    make.fresh_list(at=NOON)  # the newest list counts, and it may be of a later day
    return earned(renter, at=at, machine=make.machine(gpus=2, site=site), **facts)


def take_back(of, by, *, minutes, at):
    """So many of the minutes were none: what they cost goes back to the renter."""
    ruling = metering.rule_outage(
        assignment=of.assignments.get(),
        start=NOON,
        end=NOON + minutes * use.MINUTE,
        reason="No power.",
        by=by,
        at=at,
    )
    return services.rerate(ruling=ruling, at=at)


def account(organisation, stripe_id="acct_1", **facts):
    """An account that takes transfers, as if Stripe had said so."""
    known = {"country": "MY", "can_receive": True, "can_pay_out": True, "details_submitted": True}
    return PayoutAccount.objects.create(
        organisation=organisation, stripe_id=stripe_id, **{**known, **facts}
    )


def books(organisation):
    """pending, available, in transit, owed by the provider; micro-units."""
    known = Books.of(provider=organisation.public_id, currency="USD")
    return tuple(
        ledger.net_micro(account=one)
        for one in (known.pending, known.available, known.transit, known.owed)
    )


def paid_out(at):
    """What the sweep does, with lists that are fresh by then; how many payouts were made."""
    make.fresh_list(at=at)
    payouts.mature(at=at)
    return payouts.pay_out(at=at)


def stripe_account(fake, organisation, minor=1_000_000):
    """An account at the fake that takes transfers, kept as Stripe says; and money of ours there."""
    balance.book(fake, "topup", minor, source={"id": "tu_fake", "currency": "usd"})
    made = fake.put(
        stripe.Account,
        "acct",
        country="MY",
        capabilities={"transfers": "inactive"},
        details_submitted=False,
        payouts_enabled=False,
        metadata={},
        type="none",
    )
    accounts.enable(fake, made["id"])
    fake.events.clear()
    return account(organisation, made["id"])


def send(at):
    """The one payout under way, after its command was sent."""
    payout = Payout.objects.get(state="pending")
    services.send_command(command=payout.commands.get(state="pending"), at=at)
    payout.refresh_from_db()
    return payout


def hear(event, at):
    """An event of Stripe's arrives and is handled; what staff are told of it."""
    stored = stand_in.deliver(event, at)
    services.handle_event(event=stored, at=at)
    stored.refresh_from_db()
    assert stored.handled_at == at
    return stored.error
