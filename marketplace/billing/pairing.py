"""Which posting of the ledger stands beside a movement of our balance at Stripe: pure."""

from collections.abc import Callable

#: what a key begins with that some movement must stand beside
PAIRED = ("stripe:pi:", "stripe:re:", "stripe:bt:", "stripe:tr:", "stripe:trr:")
#: of what leaves the available balance at once, and comes back there
AT_ONCE = ("transfer", "transfer_refund")
#: our own money between Stripe and our bank; nobody else knows of it, so it is booked from here
BANK = ("payout", "payout_cancel", "payout_failure", "topup", "topup_reversal")
#: what Stripe bills by itself, not with a movement of ours
BILLED = ("stripe_fee", "stripe_fx_fee", "tax_fee", "network_cost")

#: by type of movement, from its id, what moved it, and the payment behind that
KEYS: dict[str, Callable[[str, str, str], str]] = {
    "charge": lambda txn, source, payment: f"stripe:pi:{payment}",
    "payment": lambda txn, source, payment: f"stripe:pi:{payment}",
    "refund": lambda txn, source, payment: f"stripe:re:{source}",
    "payment_refund": lambda txn, source, payment: f"stripe:re:{source}",
    "refund_failure": lambda txn, source, payment: f"stripe:re:{source}:failed",
    "payment_failure_refund": lambda txn, source, payment: f"stripe:re:{source}:failed",
    "transfer": lambda txn, source, payment: f"stripe:tr:{source}",
    "transfer_refund": lambda txn, source, payment: f"stripe:trr:{source}",
    # disputes; what Stripe corrects by hand is nobody's here, so it will be a finding
    "adjustment": lambda txn, source, payment: f"stripe:bt:{txn}",
}


def ledger_key(*, kind: str, txn: str, source: str, payment: str) -> str:
    """The key of the posting, empty for movements that are nobody's here."""
    make = KEYS.get(kind)
    return make(txn, source, payment) if make else ""
