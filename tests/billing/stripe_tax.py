"""Invoices that Stripe taxes, in tests."""

from datetime import timedelta

from marketplace.billing import services
from marketplace.billing.models import StripeCommand, TaxFiling
from tests import make
from tests.billing import papers, stand_in
from tests.make import HOUR, NOON

#: after what tests issue at NOON + 2 hours, by the fake's clock, too
LATER = NOON + 6 * HOUR
STEP = timedelta(minutes=4)
#: of this price two GPUs cost 100.37 USD in ten minutes
ODD = 301_110_000
WHOLE = 1_000_000_000


def use(fake, settings):
    settings.TAX_BY = "stripe"
    fake.clock = LATER.timestamp


def rented(renter, *, price_micro=ODD):
    make.funded(renter, WHOLE)
    return papers.rented(renter, price_micro=price_micro)


def party(renter, **facts):
    for name, value in facts.items():
        setattr(renter.party, name, value)
    renter.party.save()


def details(renter, by, **facts):
    known = {"name": "H", "address": "A", "tax_id": "", "reference": "", "by": by, "at": NOON}
    return services.record_details(organisation=renter, **{**known, **facts})


def drive(at=LATER):
    """What the two sweeps do, until nothing is left to be sent."""
    services.file_papers(at=at)
    for command in StripeCommand.objects.filter(tax_filing__isnull=False).due(at=at).order_by("pk"):
        stand_in.send(command, at)


def filed(fake):
    """Every sale and reversal that Stripe has: number, price, tax."""
    return sorted(
        (one["reference"], line["amount"], line["amount_tax"])
        for one in fake.all("tax.transaction")
        for line in one["line_items"]["data"]
    )


def known():
    """What we know to be filed, by number of the paper."""
    rows = TaxFiling.objects.exclude(transaction_id="")
    return {row.paper.code: row.transaction_id for row in rows}
