"""Invoices and credit notes as files: JSON of what they say, and a PDF that is made once."""

import hashlib
import json
from datetime import datetime
from typing import Any

from marketplace.billing import printing, taxes
from marketplace.billing.models import (
    CreditLine,
    CreditNote,
    Invoice,
    InvoiceLine,
    PaperFile,
)
from marketplace.billing.taxes import Assessment, Treatment
from marketplace.brokerage.models import Keeping
from marketplace.core.moments import iso_exact

INVOICE_FORMAT = "straits-invoice-1"
CREDIT_NOTE_FORMAT = "straits-credit-note-1"


def paper_content(paper: Invoice | CreditNote) -> dict[str, Any]:
    """Everything a paper says, from rows that never change; amounts in micro-units."""
    head = {
        "id": str(paper.public_id),
        "number": paper.code,
        "issued_at": iso_exact(paper.issued_at),
        "currency": paper.currency,
        "seller": paper.seller,
        "buyer": paper.buyer,
        "net_micro": paper.net_micro,
        "rounding_micro": paper.rounding_micro,
        "tax_micro": paper.tax_micro,
        "total_micro": paper.total_micro,
    }
    if isinstance(paper, Invoice):
        return head | _of_invoice(paper)
    return head | _of_credit_note(paper)


def paper_json(paper: Invoice | CreditNote) -> tuple[str, bytes]:
    """A name for the file and its content, the same bytes each time."""
    text = json.dumps(paper_content(paper), sort_keys=True, ensure_ascii=False, indent=1)
    return f"{paper.code}.json", text.encode() + b"\n"


def paper_file(paper: Invoice | CreditNote, *, kind: str, at: datetime) -> tuple[str, bytes, str]:
    """A paper as `pdf` or `json`: name of the file, content and media type."""
    if kind == "pdf":
        return f"{paper.code}.pdf", bytes(paper_pdf(paper, at=at).content), "application/pdf"
    return (*paper_json(paper), "application/json")


def paper_pdf(paper: Invoice | CreditNote, *, at: datetime) -> PaperFile:
    """The PDF of a paper; made and stored when it is first asked for, and these bytes for ever.

    Two who make it at once make the same bytes, and one of them stores it.
    """
    of = {"invoice" if isinstance(paper, Invoice) else "credit_note": paper}
    known = PaperFile.objects.filter(**of).first()
    if known:
        return known
    content = printing.render(paper_content(paper))
    PaperFile.objects.bulk_create(
        [
            PaperFile(
                **of,
                content=content,
                sha256=hashlib.sha256(content).digest(),
                made_at=at,
                created_at=at,
            )
        ],
        ignore_conflicts=True,
    )
    return PaperFile.objects.get(**of)


def _of_invoice(paper: Invoice) -> dict[str, Any]:
    whole = paper.lines.select_related("reservation", "rate", "change", "keeping")
    lines = list(whole.order_by("position"))
    promo = {"promo_micro": paper.promo_micro} if paper.promo_micro else {}
    return promo | {
        "format": INVOICE_FORMAT,
        "period": {"start": iso_exact(paper.period.lower), "end": iso_exact(paper.period.upper)},
        "lines": [
            _line(line) | {"reservation": str(line.reservation.public_id)} | _what_for(line)
            for line in lines
        ],
        "tax": _tax(paper, lines),
    }


def _what_for(line: InvoiceLine) -> dict[str, Any]:
    """Time that was used at a price, a workspace that was kept, or time that was given up."""
    if line.rate is not None:
        spared = {
            "list_micro_per_gpu_hour": line.rate.list_micro_per_gpu_hour,
            "discount_bps": line.rate.discount_bps,
        }
        return (spared if line.rate.discount_bps else {}) | {
            "billed_ms": line.billed_ms,
            "price_micro_per_gpu_hour": line.price_micro_per_gpu_hour,
        }
    if line.keeping is not None:
        return {"kept": _kept(line.keeping)}
    change = line.change
    assert change is not None  # noqa: S101  the database's constraint says so
    return {
        "given_up": {
            "change": str(change.public_id),
            "how": change.kind,
            "from": iso_exact(change.until),
            "until": iso_exact(change.was_until),
        }
    }


def _kept(row: Keeping) -> dict[str, Any]:
    """Size times price times time is the amount of its line, rounded down."""
    assert row.kept_from  # noqa: S101  the database's constraints say so
    assert row.ended_at  # noqa: S101
    return {
        "keeping": str(row.public_id),
        "how": row.outcome,
        "from": iso_exact(row.kept_from),
        "until": iso_exact(row.ended_at),
        "gib": row.gib,
        "price_micro_per_gib_hour": row.price_micro_per_gib_hour,
        "answered_ms": row.answered_ms,
    }


def _of_credit_note(paper: CreditNote) -> dict[str, Any]:
    lines = list(paper.lines.select_related("line__reservation").order_by("position"))
    set_off = {"set_off_micro": paper.set_off_micro} if paper.set_off_micro else {}
    return set_off | {
        "format": CREDIT_NOTE_FORMAT,
        "invoice": {
            "id": str(paper.invoice.public_id),
            "number": paper.invoice.code,
            "issued_at": iso_exact(paper.invoice.issued_at),
        },
        "kind": paper.kind,
        "reason": paper.reason,
        "lines": [
            _line(line)
            | {
                "reservation": str(line.line.reservation.public_id),
                "invoice_line": line.line.position,
            }
            for line in lines
        ],
        "tax": _tax(paper, lines),
    }


def _line(row: InvoiceLine | CreditLine) -> dict[str, Any]:
    return {
        "position": row.position,
        "description": row.description,
        "amount_micro": row.amount_micro,
        "jurisdiction": row.jurisdiction,
        "tax_point": iso_exact(row.tax_point),
        "treatment": row.treatment,
        "tax_bps": row.tax_bps,
        "tax_note": row.tax_note,
    }


def _tax(
    paper: Invoice | CreditNote, lines: list[InvoiceLine] | list[CreditLine]
) -> list[dict[str, Any]]:
    """By kind of tax; of a credit note, kinds that are charged bear what notes before rounded."""
    taxed = taxes.table(
        (
            (
                Assessment(
                    row.jurisdiction, row.treatment, row.tax_bps, row.tax_note, row.tax_rule_id
                ),
                row.amount_micro,
            )
            for row in lines
        ),
        currency=paper.currency,
    )
    rows = [one._asdict() for one in taxed]
    rest = paper.tax_micro - sum(one.tax_micro for one in taxed)
    for row in reversed([row for row in rows if row["treatment"] == Treatment.CHARGED]):
        part = max(rest, -row["tax_micro"])
        row["tax_micro"] += part
        rest -= part
    return rows
