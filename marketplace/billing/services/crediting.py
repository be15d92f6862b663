"""Credit notes: numbered, taxed as the lines they give back, booked, and never above an invoice."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Sum

from marketplace.accounts.models import User
from marketplace.accounts.trail import trail
from marketplace.billing import rating, tax_answers, taxes
from marketplace.billing.models import CreditLine, CreditNote, Fault, Invoice, InvoiceLine
from marketplace.billing.taxes import Assessment
from marketplace.core.hints import after_commit
from marketplace.core.money import whole_minor
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Kind

from . import numbering
from .collecting import due_micro

SERIES = "CN"
MAX_REASON = 500


class BadCredit(ValueError):
    """A credit note that cannot be issued; the text says why."""


class Item(NamedTuple):
    """So many micro-units of a line of an invoice."""

    line: InvoiceLine
    amount_micro: int


def issue_credit_note(
    *,
    invoice: Invoice,
    items: Sequence[Item],
    kind: str,
    reason: str,
    fault: str,
    key: str,
    by: User | None,
    at: datetime,
) -> CreditNote:
    """Give back part of an invoice, once per key: paper and books in one transaction.

    A correction was given back by its charges; everything else goes from provider and fee (fault
    of the provider), or from us, into the wallet. Tax goes back in proportion, first against what
    is still owed of it. Raises BadCredit; then nothing was written.
    """
    if not items or any(item.amount_micro <= 0 for item in items):
        raise BadCredit("give back more than nothing")
    if not 0 < len(reason.strip()) <= MAX_REASON:
        raise BadCredit(f"give the reason in 1 to {MAX_REASON} characters; it is printed")
    with transaction.atomic():
        ledger.lock_balances([invoice.wallet_id])
        known = CreditNote.objects.filter(key=key).first()
        if known:
            return known
        _require_left(items)
        made = CreditNote(
            invoice=invoice,
            organisation=invoice.organisation,
            currency=invoice.currency,
            seller=invoice.seller,
            buyer=invoice.buyer,
            kind=kind,
            reason=reason.strip(),
            fault=fault,
            key=key,
            issued_by=by,
            issued_at=at,
            created_at=at,
        )
        _reckon(made, items)
        _save(made, items, at)
        _book(made, items, at)
        trail(verb="issued a credit note", subject=made, by=by, at=at, number=made.code)
        after_commit("marketplace.billing.paper_tasks.render_credit_note", note_id=made.pk)
    return made


def left_micro(line: InvoiceLine) -> int:
    """What of a line was not credited yet."""
    credited = line.credits.aggregate(sum=Sum("amount_micro"))["sum"] or 0
    return int(line.amount_micro - credited)


def spread(lines: Sequence[InvoiceLine], amount_micro: int) -> list[Item]:
    """Lines, in the order given, that together give back the amount, as far as it is left."""
    items: list[Item] = []
    for line in lines:
        part = min(left_micro(line), amount_micro)
        if part > 0:
            items.append(Item(line, part))
            amount_micro -= part
    return items


def _require_left(items: Sequence[Item]) -> None:
    for item in items:
        left = left_micro(item.line)
        if item.amount_micro > left:
            raise BadCredit(f"{item.line} has {left} micro-units left, not {item.amount_micro}")


def _reckon(made: CreditNote, items: Sequence[Item]) -> None:
    """The amounts; cents are of the sum credited so far, rounded down, less those before."""
    invoice = made.invoice
    before = invoice.credit_notes.aggregate(
        net=Sum("net_micro"), rounding=Sum("rounding_micro"), tax=Sum("tax_micro")
    )
    net, rounding, tax = (before[name] or 0 for name in ("net", "rounding", "tax"))
    made.net_micro = sum(item.amount_micro for item in items)
    so_far = net + made.net_micro
    whole = whole_minor(so_far, made.currency) - net - rounding
    if whole <= 0:
        raise BadCredit("this is less than the smallest unit of the currency")
    made.rounding_micro = whole - made.net_micro
    made.tax_micro = _tax(made, items, so_far, tax)
    made.set_off_micro = min(made.tax_micro, due_micro(invoice))
    made.total_micro = whole + made.tax_micro


def _tax(made: CreditNote, items: Sequence[Item], so_far: int, before: int) -> int:
    """Of all that was credited so far, rounded as the invoice's is, less what notes before gave.

    By the rates of the lines; where Stripe taxed the whole, in proportion of what it said.
    """
    invoice = made.invoice
    if invoice.tax_calculation_id:
        given = tax_answers.given_back(
            invoice.tax_micro,
            credited_micro=so_far,
            of_micro=invoice.net_micro,
            currency=made.currency,
        )
        return given - before
    left = invoice.tax_micro - before
    if so_far == invoice.net_micro:
        return left
    lines = [*_credited(invoice), *((_how(item.line), item.amount_micro) for item in items)]
    due = sum(one.tax_micro for one in taxes.table(lines, currency=made.currency))
    return min(left, max(0, due - before))


def _credited(invoice: Invoice) -> Iterator[tuple[Assessment, int]]:
    """What notes before gave back, by how it is taxed."""
    kinds = ("jurisdiction", "treatment", "tax_bps", "tax_note", "tax_rule_id")
    rows = CreditLine.objects.filter(note__invoice=invoice).values_list(*kinds)
    for *kind, amount in rows.annotate(Sum("amount_micro")):
        yield Assessment(*kind), amount


def _how(line: InvoiceLine) -> Assessment:
    return Assessment(
        line.jurisdiction, line.treatment, line.tax_bps, line.tax_note, line.tax_rule_id
    )


def _save(made: CreditNote, items: Sequence[Item], at: datetime) -> None:
    made.series_id = numbering.series(prefix=SERIES, at=at)
    made.number = numbering.next_number(series=made.series_id)
    made.save(force_insert=True)
    CreditLine.objects.bulk_create(
        CreditLine(
            note=made,
            line=item.line,
            position=position,
            amount_micro=item.amount_micro,
            **{
                name: getattr(item.line, name)
                for name in (
                    *("description", "jurisdiction", "tax_point"),
                    *("treatment", "tax_bps", "tax_note", "tax_rule_id"),
                )
            },
        )
        for position, item in enumerate(items, start=1)
    )


def _book(made: CreditNote, items: Sequence[Item], at: datetime) -> None:
    entries = [] if made.kind == CreditNote.Kind.CORRECTION else _given_back(made, items)
    entries += _tax_back(made)
    if entries:
        ledger.post(
            key=f"credit:{made.public_id}",
            kind=f"credit_{made.kind}",
            entries=entries,
            at=at,
            actor=made.issued_by.email if made.issued_by else "",
            reason=made.code,
        )


def _given_back(made: CreditNote, items: Sequence[Item]) -> list[ledger.Entry]:
    wallet = made.invoice.wallet
    if made.fault == Fault.PLATFORM:
        ours = ledger.account(kind=Kind.SLA_CREDIT, currency=made.currency)
        return [ledger.Entry(ours, wallet, made.net_micro)]
    fees = ledger.account(kind=Kind.PLATFORM_FEE, currency=made.currency)
    entries = []
    for item in items:
        fee_bps, discount_bps = item.line.shared_by
        parts = rating.split(
            amount=item.amount_micro,
            charged=0,
            fee_bps=fee_bps,
            discount_bps=discount_bps,
        )
        operator = item.line.reservation.offer.machine.site.operator
        # owed, and netted with what is paid out next: payable is what charges made so
        provider = ledger.account(
            kind=Kind.PROVIDER_RECEIVABLE, owner=operator.public_id, currency=made.currency
        )
        sides = ((provider, parts.provider), (fees, parts.fee))
        entries += [ledger.Entry(side, wallet, amount) for side, amount in sides if amount]
    return entries


def _tax_back(made: CreditNote) -> list[ledger.Entry]:
    payable = ledger.account(kind=Kind.TAX_PAYABLE, currency=made.currency)
    receivable = ledger.account(
        kind=Kind.TAX_RECEIVABLE, owner=made.organisation.public_id, currency=made.currency
    )
    parts = (
        (receivable, made.set_off_micro),
        (made.invoice.wallet, made.tax_micro - made.set_off_micro),
    )
    return [ledger.Entry(payable, side, amount) for side, amount in parts if amount]
