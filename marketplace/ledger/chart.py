"""The chart of accounts: where each kind stands in a balance sheet or an income statement."""

from .models import Kind

#: names as beancount writes them; its first part is the class
PLACES = {
    Kind.STRIPE_PENDING: "Assets:Stripe:Pending",
    Kind.STRIPE_AVAILABLE: "Assets:Stripe:Available",
    Kind.WALLET: "Liabilities:Wallets",
    Kind.PROVIDER_PENDING: "Liabilities:Providers:Pending",
    Kind.PROVIDER_AVAILABLE: "Liabilities:Providers:Available",
    Kind.PLATFORM_FEE: "Income:PlatformFee",
    Kind.STRIPE_FEE: "Expenses:StripeFee",
}
