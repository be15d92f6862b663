"""The verbs of money: top-ups through Stripe, charges for usage, invoices and credit notes."""

from marketplace.billing.stripe import Declined as StripeDeclined
from marketplace.billing.stripe import Misused as StripeRefused
from marketplace.billing.stripe import Unavailable as StripeSilent

from . import owing, payouts
from .assessing import assess, assessment_of, give, to_assess, to_give
from .automatic import (
    BadAutoTopUp,
    allow_auto_top_up,
    auto_top_up,
    forbid_auto_top_up,
    low_wallets,
)
from .calculating import BuyerNotPlaced, TaxUnavailable
from .charging import charge, charge_leases
from .checkout import (
    Page,
    confirm_page,
    give_up,
    look_at_page,
    overdue_pages,
    top_up_page,
    unconfirmed,
)
from .claiming import BadDispute, raise_dispute
from .clock import check_clock
from .collecting import due_micro, take_tax, with_tax_due
from .correcting import correct_invoices
from .crediting import BadCredit, Item, issue_credit_note, left_micro, spread
from .customers import (
    NoSuchCard,
    cards,
    choose_default,
    mirror_cards,
    remove_card,
    save_card_page,
)
from .discounts import record_discount
from .disputing import (
    answer_dispute,
    pass_deadline,
    past_deadline,
    refuse_dispute,
    require_ruling,
    uphold_dispute,
    withdraw_dispute,
)
from .due_cards import charge_card, waiting_for_money
from .filing import NotAsFiled, NotStuck, file_again, file_papers, name_filing
from .forecasting import Forecast, forecast
from .graces import grace_micro
from .grants import BadGrant, expire_credit, give_credit, propose_credit, reject_credit
from .inbox import BadSignature, handle_event, store_event, store_missed_events
from .invoicing import BadPeriod, NothingToInvoice, issue_invoice
from .lots import look_at_lots, owes_micro, promotional_credit, verify_lots
from .monthly import issue_monthly
from .notices import put_away
from .outbox import NotUnknown, close_unknown, send_command
from .owing import NothingOwed, thaw_settled, write_off
from .papers import paper_content, paper_file, paper_json, paper_pdf
from .parties import (
    NoSeller,
    details_of,
    record_details,
    record_seller,
    record_tax_rule,
)
from .payers import find_shared_cards
from .promises import (
    BadFaultRuling,
    record_tier,
    require_fault_ruling,
    rule_fault,
    schedule,
)
from .reconciling import book_movements, collect_movements, reconcile, reconcile_daily
from .refunds import BadRefund, refund
from .rerating import rerate
from .rolling import roll
from .settling import settle
from .statements import latest_statement, statement_file
from .terms import BadTerms, accept_terms, correct_terms, offer_terms, require_correction
from .ticking import charge_live
from .top_ups import BadTopUp, top_up, wallet
from .warning import burning, warn
from .windows import extend

__all__ = [
    "BadAutoTopUp",
    "BadCredit",
    "BadDispute",
    "BadFaultRuling",
    "BadGrant",
    "BadPeriod",
    "BadRefund",
    "BadSignature",
    "BadTerms",
    "BadTopUp",
    "BuyerNotPlaced",
    "Forecast",
    "Item",
    "NoSeller",
    "NoSuchCard",
    "NotAsFiled",
    "NotStuck",
    "NotUnknown",
    "NothingOwed",
    "NothingToInvoice",
    "Page",
    "StripeDeclined",
    "StripeRefused",
    "StripeSilent",
    "TaxUnavailable",
    "accept_terms",
    "allow_auto_top_up",
    "answer_dispute",
    "assess",
    "assessment_of",
    "auto_top_up",
    "book_movements",
    "burning",
    "cards",
    "charge",
    "charge_card",
    "charge_leases",
    "charge_live",
    "check_clock",
    "choose_default",
    "close_unknown",
    "collect_movements",
    "confirm_page",
    "correct_invoices",
    "correct_terms",
    "details_of",
    "due_micro",
    "expire_credit",
    "extend",
    "file_again",
    "file_papers",
    "find_shared_cards",
    "forbid_auto_top_up",
    "forecast",
    "give",
    "give_credit",
    "give_up",
    "grace_micro",
    "handle_event",
    "issue_credit_note",
    "issue_invoice",
    "issue_monthly",
    "latest_statement",
    "left_micro",
    "look_at_lots",
    "look_at_page",
    "low_wallets",
    "mirror_cards",
    "name_filing",
    "offer_terms",
    "overdue_pages",
    "owes_micro",
    "owing",
    "paper_content",
    "paper_file",
    "paper_json",
    "paper_pdf",
    "pass_deadline",
    "past_deadline",
    "payouts",
    "promotional_credit",
    "propose_credit",
    "put_away",
    "raise_dispute",
    "reconcile",
    "reconcile_daily",
    "record_details",
    "record_discount",
    "record_seller",
    "record_tax_rule",
    "record_tier",
    "refund",
    "refuse_dispute",
    "reject_credit",
    "remove_card",
    "require_correction",
    "require_fault_ruling",
    "require_ruling",
    "rerate",
    "roll",
    "rule_fault",
    "save_card_page",
    "schedule",
    "send_command",
    "settle",
    "spread",
    "statement_file",
    "store_event",
    "store_missed_events",
    "take_tax",
    "thaw_settled",
    "to_assess",
    "to_give",
    "top_up",
    "top_up_page",
    "unconfirmed",
    "uphold_dispute",
    "verify_lots",
    "waiting_for_money",
    "wallet",
    "warn",
    "with_tax_due",
    "withdraw_dispute",
    "write_off",
]
