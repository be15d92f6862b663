"""The chart of accounts: where each kind stands in a balance sheet or an income statement."""

from .models import Kind

#: names as beancount writes them; its first part is the class
PLACES = {
    Kind.STRIPE_PENDING: "Assets:Stripe:Pending",
    Kind.STRIPE_AVAILABLE: "Assets:Stripe:Available",
    Kind.BANK: "Assets:Bank",
    Kind.DISPUTE_HELD: "Assets:Stripe:Disputed",
    Kind.RENTER_RECEIVABLE: "Assets:Receivable:Renters",
    Kind.PROVIDER_RECEIVABLE: "Assets:Receivable:Providers",
    Kind.TAX_RECEIVABLE: "Assets:Receivable:Tax",
    Kind.WALLET: "Liabilities:Wallets",
    Kind.PROVIDER_PENDING: "Liabilities:Providers:Pending",
    Kind.PROVIDER_AVAILABLE: "Liabilities:Providers:Available",
    Kind.PAYOUT_IN_TRANSIT: "Liabilities:Providers:InTransit",
    Kind.TAX_PAYABLE: "Liabilities:Tax",
    Kind.PLATFORM_FEE: "Income:PlatformFee",
    Kind.STRIPE_FEE: "Expenses:StripeFee",
    Kind.PROMO: "Expenses:Promo",
    Kind.BAD_DEBT: "Expenses:BadDebt",
    Kind.SLA_CREDIT: "Expenses:ServiceCredit",
    Kind.ROUNDING: "Expenses:Rounding",
}

#: what a summary calls the places that begin so
HEADINGS = {
    "Income": "revenue",
    "Expenses": "costs",
    "Assets:Receivable": "receivables",
    "Assets:Stripe": "with Stripe",
    "Assets:Bank": "to our bank",
    "Liabilities:Wallets": "wallets",
    "Liabilities:Providers": "owed to providers",
    "Liabilities:Tax": "tax",
}


def heading(place: str) -> str:
    """Under which heading of a summary a place stands. Raises KeyError when there is none."""
    for begins, name in HEADINGS.items():
        if place == begins or place.startswith(begins + ":"):
            return name
    raise KeyError(f"{place} stands under no heading; add one to HEADINGS")
