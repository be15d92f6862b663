"""What papers are made of in tests."""

import itertools

from django.utils.timezone import now
from psycopg.types.range import TimestamptzRange

from marketplace.billing import services
from marketplace.billing.models import (
    CreditNote,
    Invoice,
    NumberSeries,
    TaxCalculation,
    TaxFiling,
)
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Kind
from tests.billing import use
from tests.make import HOUR, NOON

CURRENCY = "USD"
_number = itertools.count(1)


def record_seller(by, **facts):
    known = {
        "name": "Straits Test Ltd",
        "address": "1 Cable Street\n018956 Singapore",
        "country": "SG",
        "tax_id": "M1-0000001-1",
        "email": "billing@straits.test",
    }
    return services.record_seller(by=by, at=NOON, **{**known, **facts})


def tax_rule(by, **facts):
    known = {
        "jurisdiction": "SG",
        "registered": False,
        "treatment": "charged",
        "rate_bps": 900,
        "wording": "GST 9%",
        "source": "made up for tests",
        "checked_by": "",
        "since": NOON,
    }
    return services.record_tax_rule(by=by, at=NOON, **{**known, **facts})


def rented(renter, *, funds=100_000_000, **facts):
    """Two GPUs, used for ten minutes and settled at one o'clock."""
    made = use.ended(renter, **facts)
    services.settle(reservation=made, at=NOON + HOUR)
    made.refresh_from_db()
    return made


def invoice(renter, *, until=NOON + 2 * HOUR, key="", by=None, at=None):
    return services.issue_invoice(
        organisation=renter,
        currency=CURRENCY,
        until=until,
        key=key or f"invoice-{next(_number)}",
        by=by,
        at=at or max(until, NOON + 2 * HOUR),
    )


def credit(of, amount_micro, *, kind="goodwill", fault="platform", key="", left=True, **facts):
    """A credit note over so much of an invoice's lines, first to last."""
    lines = list(of.lines.order_by("pk"))
    known = {"reason": "It was slow.", "by": None, "at": NOON + 3 * HOUR}
    return services.issue_credit_note(
        invoice=of,
        items=services.spread(lines, amount_micro)
        if left
        else [services.Item(lines[0], amount_micro)],
        kind=kind,
        fault=fault,
        key=key or f"credit-{next(_number)}",
        **{**known, **facts},
    )


def bare_invoice(renter):
    """A row made directly, without lines: for tests of who may see it."""
    series, _ = NumberSeries.objects.get_or_create(code="INV-TEST")
    number = next(_number)
    start = now() + number * HOUR
    return Invoice.objects.create(
        series=series,
        number=number,
        organisation=renter,
        wallet=ledger.account(kind=Kind.WALLET, owner=renter.public_id, currency=CURRENCY),
        key=f"bare-{number}",
        period=TimestamptzRange(start, start + HOUR),
        **_amounts(),
    )


def bare_note(of):
    """A row made directly, without lines."""
    series, _ = NumberSeries.objects.get_or_create(code="CN-TEST")
    number = next(_number)
    return CreditNote.objects.create(
        series=series,
        number=number,
        organisation=of.organisation,
        invoice=of,
        kind="goodwill",
        fault="platform",
        reason="It was slow.",
        key=f"bare-{number}",
        **_amounts(),
    )


def _amounts():
    sides = ("name", "address", "country", "tax_id", "email", "native_name", "reference")
    return {
        "currency": CURRENCY,
        "seller": dict.fromkeys(sides, ""),
        "buyer": dict.fromkeys(sides, ""),
        "net_micro": 1_230_000,
        "rounding_micro": 0,
        "tax_micro": 0,
        "total_micro": 1_230_000,
        "issued_at": now(),
    }


def taxed_by_stripe(of):
    """Rows as they are when Stripe says the tax, made directly."""
    TaxCalculation.objects.create(
        organisation=of.organisation,
        calculation_id="taxcalc_bare",
        currency=of.currency,
        base_micro=of.net_rounded,
        tax_micro=0,
        asked={},
        breakdown=[],
        expires_at=NOON + HOUR,
        calculated_at=NOON,
    )
    made = TaxFiling.objects.create(invoice=of)
    made.commands.create(kind="file_sale", idempotency_key="bare", params={}, next_at=NOON)


def everything(renter, staff):
    """A row of every kind of paper, and of what papers follow from."""
    record_seller(staff)
    tax_rule(staff)
    services.record_tier(below_bps=9_900, credit_bps=1_000, by=staff, at=NOON - HOUR)
    services.record_details(
        organisation=renter, name="R", address="A", tax_id="", reference="", by=staff, at=NOON
    )
    used = rented(renter)
    billed = invoice(renter)
    services.paper_pdf(billed, at=NOON)
    credit(billed, 100_000)
    taxed_by_stripe(billed)
    services.rule_fault(reservation=used, fault="provider", reason="Seen.", by=staff, at=NOON)
    services.assess(reservation=used, at=NOON + 2 * HOUR)
    dispute = services.raise_dispute(
        reservation=used,
        claim="It was slow.",
        claimed_micro=100_000,
        by=staff,
        key="everything",
        at=NOON + 2 * HOUR,
    )
    services.withdraw_dispute(dispute=dispute, by=staff, at=NOON + 2 * HOUR)
