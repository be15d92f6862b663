"""Papers taxed by Stripe are filed there: each once, a credit note after its invoice."""

import logging
import re
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from marketplace.accounts.models import User
from marketplace.accounts.trail import trail
from marketplace.billing.models import CreditNote, Invoice, StripeCommand, TaxFiling
from marketplace.billing.states import CommandState
from marketplace.billing.stripe import tax as stripe_tax
from marketplace.core.money import minor_from_micro
from marketplace.core.sweeps import sweep

from .claims import finish, forgotten, later
from .clock import TOLERATED

log = logging.getLogger(__name__)

SALE, REVERSAL = "file_sale", "file_reversal"
#: ends of a command at which Stripe may have the paper all the same
STUCK = (CommandState.UNKNOWN, CommandState.FAILED)
#: Stripe's for a sale or a credit note on file
NAME = re.compile(r"tax_\w{1,60}")


class NotStuck(Exception):
    """The paper is filed, or its filing is still under way."""


class NotAsFiled(Exception):
    """Stripe's books have another amount or number than the paper."""


def file_papers(*, at: datetime) -> None:
    """Decide on a filing for every paper that Stripe taxed and that has none. Safe at any time.

    What a filing says is the paper's alone, so nothing is decided when a paper is issued: this
    sweep finds it. A credit note waits until Stripe's name for its invoice is known.
    """
    sweep(unfiled_invoices(), lambda row: plan(paper=row, at=at))
    sweep(unfiled_notes(), lambda row: plan(paper=row, at=at))


def unfiled_invoices() -> QuerySet[Invoice]:
    rows = Invoice.objects.filter(tax_calculation__isnull=False, tax_filing=None)
    return rows.select_related("tax_calculation").order_by("pk")


def unfiled_notes() -> QuerySet[CreditNote]:
    rows = CreditNote.objects.filter(invoice__tax_filing__filed_at__isnull=False, tax_filing=None)
    return rows.select_related("invoice__tax_filing").order_by("pk")


def plan(*, paper: Invoice | CreditNote, at: datetime) -> TaxFiling:
    """Note that a paper is to be filed, and the command that does it; once, by a constraint."""
    of = {"invoice" if isinstance(paper, Invoice) else "credit_note": paper}
    with transaction.atomic():
        filing, made = TaxFiling.objects.get_or_create(**of, defaults={"created_at": at})
        if made:
            _command(filing, f"tax:{paper.public_id}", at)
    return filing


def file_again(*, filing: TaxFiling, at: datetime) -> None:
    """After staff mended what Stripe refused: ask anew under a key of its own.

    Stripe takes the number of a paper once, so nothing is filed twice. Raises NotStuck.
    """
    with transaction.atomic():
        row = _locked(filing)
        _require_last(row, CommandState.FAILED)
        _command(row, f"tax:{row.paper.public_id}:{row.commands.count()}", at)


def name_filing(*, filing: TaxFiling, transaction_id: str, by: User, at: datetime) -> None:
    """Staff found the paper at Stripe, whose answer was lost: take Stripe's name for it.

    It is fetched by that name and taken only with the paper's own number and amounts. Raises
    NotStuck, NotAsFiled and Unavailable; then nothing was written.
    """
    _require_last(filing, *STUCK)
    seen = _look_up(transaction_id)
    with transaction.atomic():
        row = _locked(filing)
        last = _require_last(row, *STUCK)
        _filed(row, seen, at)
        StripeCommand.objects.filter(pk=last.pk).update(state=CommandState.DONE)
        trail(verb="named at Stripe", subject=row, by=by, at=at, name=seen.id)


def _look_up(transaction_id: str) -> stripe_tax.Filed:
    if not NAME.fullmatch(transaction_id):
        raise NotAsFiled(f"{transaction_id!r} is no name of a tax transaction, such as tax_1Abc")
    try:
        return stripe_tax.retrieve_filed(transaction_id=transaction_id)
    except stripe_tax.Refused as reason:
        raise NotAsFiled(f"Stripe does not show {transaction_id}: {reason}") from reason


def _locked(filing: TaxFiling) -> TaxFiling:
    return TaxFiling.objects.select_for_update(no_key=True, of=("self",)).get(pk=filing.pk)


def _require_last(row: TaxFiling, *states: CommandState) -> StripeCommand:
    """The last command of a paper that is not filed, which must have come to one of these ends."""
    last = row.commands.order_by("pk").last()
    if row.transaction_id or last is None or last.state not in states:
        raise NotStuck(f"{row}: nothing of it waits for staff")
    return last


def _command(filing: TaxFiling, key: str, at: datetime) -> None:
    sale = filing.invoice is not None
    StripeCommand.objects.create(
        kind=SALE if sale else REVERSAL,
        idempotency_key=key,
        params=_sale(filing.invoice) if sale else _reversal(filing.credit_note),
        tax_filing=filing,
        # by Stripe's clock, too, the paper must have been issued by then
        next_at=max(at, filing.paper.issued_at + TOLERATED),
        created_at=at,
    )


def _sale(paper: Invoice) -> dict[str, Any]:
    calculation = paper.tax_calculation
    assert calculation is not None  # noqa: S101  only those are filed
    return {
        "calculation": calculation.calculation_id,
        "reference": paper.code,
        "posted_at": int(paper.issued_at.timestamp()),
    }


def _reversal(paper: CreditNote) -> dict[str, Any]:
    """By line and not as one sum, or Stripe would split tax from price by its own rounding."""
    original = paper.invoice.tax_filing
    amount, tax = _minor(paper)
    return {
        "mode": "partial",
        "original_transaction": original.transaction_id,
        "reference": paper.code,
        "line_items": [
            {
                "original_line_item": original.line_item,
                "amount": -amount,
                "amount_tax": -tax,
                "reference": paper.code,
            }
        ],
    }


def _minor(paper: Invoice | CreditNote) -> tuple[int, int]:
    net = minor_from_micro(paper.net_rounded, paper.currency)
    return net, minor_from_micro(paper.tax_micro, paper.currency)


def send(command: StripeCommand, at: datetime) -> None:
    """Send a claimed command, also one whose key Stripe has forgotten: a number is taken once.

    Stripe can look nothing up by its number. So an old one that is refused may be there already,
    and staff must look.
    """
    call = stripe_tax.file_sale if command.kind == SALE else stripe_tax.file_reversal
    try:
        seen = call(params=command.params, idempotency_key=command.idempotency_key)
    except stripe_tax.Unavailable as reason:
        later(command, str(reason), at)
    except (stripe_tax.Refused, stripe_tax.KeyTaken) as reason:
        log.exception("Stripe refused %s", command)
        old = forgotten(command, at)
        finish(command, CommandState.UNKNOWN if old else CommandState.FAILED, error=str(reason))
    else:
        _apply(command, seen, at)


def _apply(command: StripeCommand, seen: stripe_tax.Filed, at: datetime) -> None:
    try:
        with transaction.atomic():
            if finish(command, CommandState.DONE, error=""):
                _filed(TaxFiling.objects.get(commands=command), seen, at)
    except NotAsFiled as reason:
        log.error("%s: %s", command, reason)
        finish(command, CommandState.FAILED, error=str(reason))


def _filed(filing: TaxFiling, seen: stripe_tax.Filed, at: datetime) -> None:
    paper = filing.paper
    sign = 1 if filing.invoice is not None else -1
    says = (paper.code, *(sign * amount for amount in _minor(paper)))
    if (seen.reference, seen.amount, seen.tax) != says:
        raise NotAsFiled(f"Stripe filed {seen.id} as {seen.reference}: {seen.amount}, {seen.tax}")
    TaxFiling.objects.filter(pk=filing.pk, transaction_id="").update(
        transaction_id=seen.id, line_item=seen.line_item, filed_at=at
    )
