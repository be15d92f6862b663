"""The nouns of billing: charges, papers, payments and payouts."""

from .cards import AutoTopUp, Payer, SavedCard, WalletNotice
from .charges import Charge, Rerating, UsageStatement
from .costs import CostLine, CostStatement
from .credit import CreditGrant, CreditLot, LotMove, Refund
from .credits import CreditLine, CreditNote, Fault, FaultRuling, SlaAssessment, SlaTier
from .disputed import Dispute
from .disputes import DisputeEntry, RentalDispute
from .graces import Grace
from .invoices import Invoice, InvoiceLine, LineSpan, NumberSeries, PaperFile, TaxPayment
from .messages import StripeCommand, StripeEvent
from .movements import Finding, Reconciliation, StripeMovement
from .parties import BillingDetails, Seller, TaxRule
from .payouts import (
    BankPayout,
    MaturedCharge,
    MaturedFee,
    MaturedKeeping,
    Maturity,
    Payout,
    PayoutAccount,
    PayoutHold,
    PayoutLine,
    PayoutReversal,
)
from .rates import Discount, RateSegment, TermsOffer
from .stripe_tax import TaxCalculation, TaxFiling
from .top_ups import TopUp

__all__ = [
    "AutoTopUp",
    "BankPayout",
    "BillingDetails",
    "Charge",
    "CostLine",
    "CostStatement",
    "CreditGrant",
    "CreditLine",
    "CreditLot",
    "CreditNote",
    "Discount",
    "Dispute",
    "DisputeEntry",
    "Fault",
    "FaultRuling",
    "Finding",
    "Grace",
    "Invoice",
    "InvoiceLine",
    "LineSpan",
    "LotMove",
    "MaturedCharge",
    "MaturedFee",
    "MaturedKeeping",
    "Maturity",
    "NumberSeries",
    "PaperFile",
    "Payer",
    "Payout",
    "PayoutAccount",
    "PayoutHold",
    "PayoutLine",
    "PayoutReversal",
    "RateSegment",
    "Reconciliation",
    "Refund",
    "RentalDispute",
    "Rerating",
    "SavedCard",
    "Seller",
    "SlaAssessment",
    "SlaTier",
    "StripeCommand",
    "StripeEvent",
    "StripeMovement",
    "TaxCalculation",
    "TaxFiling",
    "TaxPayment",
    "TaxRule",
    "TermsOffer",
    "TopUp",
    "UsageStatement",
    "WalletNotice",
]
