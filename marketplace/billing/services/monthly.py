"""The first of the month: an invoice for every wallet that was charged in the month before."""

import logging
from datetime import datetime

from marketplace.accounts.models import Organisation
from marketplace.billing import periods
from marketplace.billing.models import Invoice
from marketplace.core.sweeps import sweep
from marketplace.ledger.models import Account, Kind

from .invoicing import NothingToInvoice, issue_invoice
from .parties import NoSeller, seller

log = logging.getLogger(__name__)


def issue_monthly(*, at: datetime) -> int:
    """Invoice what was charged before this month, UTC; returns how many invoices were issued.

    Wallets that were invoiced up to this month or later are left alone, so it may run at any time
    and as often as it likes. What was charged for a month only after it was over is on the next.
    """
    try:
        seller()
    except NoSeller as reason:
        log.error("no monthly invoices: %s", reason)
        return 0
    month = periods.month_of(at)
    done = Invoice.objects.filter(period__endswith__gte=month)
    wallets = Account.objects.filter(kind=Kind.WALLET).exclude(pk__in=done.values("wallet"))
    issued: list[Invoice] = []
    sweep(wallets.order_by("pk").iterator(), lambda row: issued.extend(_issue(row, month, at)))
    return len(issued)


def _issue(wallet: Account, month: datetime, at: datetime) -> list[Invoice]:
    assert wallet.owner is not None  # noqa: S101  every wallet is an organisation's
    try:
        made = issue_invoice(
            organisation=Organisation.objects.get(public_id=wallet.owner),
            currency=wallet.currency,
            until=month,
            key=f"monthly:{periods.name_of(periods.month_before(month))}:{wallet.currency}",
            by=None,
            at=at,
        )
    except NothingToInvoice:
        return []
    return [made]
