"""Invoices: what a period cost on one numbered paper, taxed, and rounded to cents once."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Sum
from psycopg.types.range import TimestamptzRange

from marketplace.accounts.models import Organisation, User
from marketplace.accounts.trail import trail
from marketplace.billing import periods, taxes
from marketplace.billing.models import Invoice, InvoiceLine, LineSpan, TaxCalculation
from marketplace.billing.taxes import Assessment
from marketplace.brokerage import services as brokerage
from marketplace.core.hints import after_commit
from marketplace.core.money import whole_minor
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Account, Kind

from . import calculating, lots, numbering, parties
from .collecting import owe_tax
from .correcting import correct_invoices
from .telling import tell_invoice
from .unbilled import (
    Unbilled,
    UnbilledFee,
    UnbilledKeeping,
    rows_of,
    unbilled,
    unbilled_fees,
    unbilled_keepings,
)

SERIES = "INV"
Row = Unbilled | UnbilledFee | UnbilledKeeping


class NothingToInvoice(Exception):
    """Less than the smallest unit of the currency was charged and not invoiced."""


class BadPeriod(ValueError):
    """A period that cannot be invoiced; the text says why."""


class Wish(NamedTuple):
    """Whom to invoice what, as it was asked for."""

    organisation: Organisation
    currency: str
    until: datetime
    key: str
    by: User | None
    at: datetime


def issue_invoice(
    *,
    organisation: Organisation,
    currency: str,
    until: datetime,
    key: str,
    by: User | None,
    at: datetime,
) -> Invoice:
    """Invoice what the organisation was charged before `until` and not invoiced; once per key.

    The period begins where the last one ended, or with the month of the first charge. What was
    given back since it was invoiced goes on credit notes first. Papers of one wallet are issued one
    after the other, under its lock. Raises BadPeriod, NoSeller, NothingToInvoice, TaxUnavailable
    and BuyerNotPlaced; then no invoice was issued and no number taken.
    """
    if until > at:
        raise BadPeriod("a period ends now or before; what comes is not charged yet")
    correct_invoices(organisation=organisation, currency=currency, until=until, by=by, at=at)
    wish = Wish(organisation, currency, until, key, by, at)
    for _ in range(calculating.TRIES):
        tax = _asked(wish)
        try:
            return _issue(wish, tax)
        except calculating.Changed:
            continue
    raise calculating.TaxUnavailable("what is to be invoiced changes all the time; try again later")


def _asked(wish: Wish) -> TaxCalculation | None:
    """What Stripe says is the tax, if it decides; outside any transaction."""
    if not calculating.by_stripe() or _known(wish):
        return None
    wallet = brokerage.wallet_account(renter=wish.organisation, currency=wish.currency)
    rows = _billed(wish)
    draft = _draft(wish.organisation, wallet, rows, wish.until)
    return calculating.calculate(draft=draft, rows=rows, key=wish.key, at=wish.at)


def _issue(wish: Wish, tax: TaxCalculation | None) -> Invoice:
    by, at = wish.by, wish.at
    with transaction.atomic():
        wallet = brokerage.wallet_account(renter=wish.organisation, currency=wish.currency)
        ledger.lock_balances([wallet.pk])
        known = _known(wish)
        if known:
            return known
        billed = _billed(wish)
        made = _draft(wish.organisation, wallet, billed, wish.until)
        made.tax_calculation = calculating.matching(draft=made, rows=billed, known=tax, at=at)
        made.key, made.issued_by, made.issued_at, made.created_at = wish.key, by, at, at
        _save(made, billed, at)
        _book(made, at)
        trail(verb="issued an invoice", subject=made, by=by, at=at, number=made.code)
        after_commit("marketplace.billing.paper_tasks.render_invoice", invoice_id=made.pk)
        tell_invoice(made, at)
    return made


def _known(wish: Wish) -> Invoice | None:
    return Invoice.objects.filter(organisation=wish.organisation, key=wish.key).first()


def _billed(wish: Wish) -> list[Row]:
    about: dict[str, Any] = {
        "organisation": wish.organisation,
        "currency": wish.currency,
        "until": wish.until,
    }
    charged = [row for row in unbilled(**about) if row.amount_micro > 0]
    return [*charged, *unbilled_fees(**about), *unbilled_keepings(**about)]


def _draft(
    organisation: Organisation, wallet: Account, rows: Sequence[Row], until: datetime
) -> Invoice:
    net = sum(row.amount_micro for row in rows)
    rounded = whole_minor(net, wallet.currency)
    last = Invoice.objects.filter(wallet=wallet).order_by("period").last()
    start = _start(last, rows)
    if not rounded or start is None or start >= until:
        raise NothingToInvoice("nothing was charged that is not on an invoice")
    return Invoice(
        organisation=organisation,
        wallet=wallet,
        currency=wallet.currency,
        period=TimestamptzRange(start, until),
        seller=parties.seller(),
        buyer=parties.buyer(organisation),
        net_micro=net,
        rounding_micro=rounded - net,
    )


def _start(last: Invoice | None, rows: Sequence[Row]) -> datetime | None:
    months = [periods.month_of(row.since) for row in rows]
    ends = [last.period.upper] if last else []
    return max([min(months), *ends]) if months else None


def _save(made: Invoice, rows: Sequence[Row], at: datetime) -> None:
    how = _assessed(made, rows)
    table = taxes.table(
        zip(how, (row.amount_micro for row in rows), strict=True), currency=made.currency
    )
    tax = made.tax_calculation
    made.tax_micro = tax.tax_micro if tax else sum(one.tax_micro for one in table)
    made.total_micro = made.net_micro + made.rounding_micro + made.tax_micro
    made.promo_micro = min(_promotional(made, at), made.total_micro)
    made.series_id = numbering.series(prefix=SERIES, at=at)
    made.number = numbering.next_number(series=made.series_id)
    made.save(force_insert=True)
    lines = InvoiceLine.objects.bulk_create(_lines(made, rows, how))
    spans: list[LineSpan] = []
    for line, row in zip(lines, rows, strict=True):
        for span in rows_of(row.spans):
            span.line = line
            spans.append(span)
    LineSpan.objects.bulk_create(spans, batch_size=5_000)


def _promotional(made: Invoice, at: datetime) -> int:
    """Promotional credit that was spent by now and that no invoice has told of yet."""
    spent = lots.promotional_spent(organisation=made.organisation, currency=made.currency, at=at)
    told = Invoice.objects.filter(wallet=made.wallet).aggregate(told=Sum("promo_micro"))["told"]
    return max(0, spent - (told or 0))


def _assessed(made: Invoice, rows: Sequence[Row]) -> list[Assessment]:
    if made.tax_calculation:
        return [calculating.assessment(made.tax_calculation)] * len(rows)
    rules = parties.tax_rules()
    return [
        taxes.assess(
            rules,
            jurisdiction=made.buyer["country"],
            registered=bool(made.buyer["tax_id"]),
            tax_point=row.tax_point,
        )
        for row in rows
    ]


def _lines(made: Invoice, rows: Sequence[Row], how: Sequence[Assessment]) -> Iterable[InvoiceLine]:
    for position, (row, assessed) in enumerate(zip(rows, how, strict=True), start=1):
        line = row.line()
        line.invoice, line.position = made, position
        line.jurisdiction, line.tax_point = assessed.jurisdiction, row.tax_point
        line.treatment, line.tax_bps = assessed.treatment, assessed.rate_bps
        line.tax_note, line.tax_rule_id = assessed.note, assessed.rule
        yield line


def _book(made: Invoice, at: datetime) -> None:
    """What was charged is booked; left are the part of a cent, which goes back, and tax."""
    if made.rounding_micro:
        rounding = ledger.account(kind=Kind.ROUNDING, currency=made.currency)
        ledger.post(
            key=f"invoice:{made.public_id}:rounding",
            kind="invoice_rounding",
            entries=[ledger.Entry(rounding, made.wallet, -made.rounding_micro)],
            at=at,
        )
    if made.tax_micro:
        owe_tax(invoice=made, at=at)
