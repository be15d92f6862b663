"""The test cards of docs.stripe.com/testing that the fake knows, by what they do."""

import hashlib
from dataclasses import dataclass

import stripe

from marketplace.billing.fake_stripe import types
from marketplace.billing.fake_stripe.state import Fake
from marketplace.billing.fake_stripe.wire import Json, Refusal, refused

PREFIX = "pm_card_"


@dataclass(frozen=True)
class Decline:
    code: str
    message: str
    decline_code: str = ""


DECLINING = {
    "pm_card_chargeDeclined": Decline(
        "card_declined", "Your card was declined.", "generic_decline"
    ),
    "pm_card_chargeCustomerFail": Decline(
        "card_declined", "Your card was declined.", "generic_decline"
    ),
    "pm_card_chargeDeclinedInsufficientFunds": Decline(
        "card_declined", "Your card has insufficient funds.", "insufficient_funds"
    ),
    "pm_card_chargeDeclinedLostCard": Decline(
        "card_declined", "Your card was declined.", "lost_card"
    ),
    "pm_card_chargeDeclinedExpiredCard": Decline("expired_card", "Your card has expired."),
    "pm_card_chargeDeclinedIncorrectCvc": Decline(
        "incorrect_cvc", "Your card's security code is incorrect."
    ),
    "pm_card_chargeDeclinedProcessingError": Decline(
        "processing_error", "An error occurred while processing your card. Try again."
    ),
}
#: refused already when it is saved; the others only when they are charged
NOT_SAVED = {name for name in DECLINING if name != "pm_card_chargeCustomerFail"}
#: the bank wants to hear from the card's owner each time
ASKING = {"pm_card_authenticationRequired", "pm_card_authenticationRequiredOnSetup"}
DISPUTED = {"pm_card_createDispute": "needs_response"}
DISPUTED |= {"pm_card_createDisputeInquiry": "warning_needs_response"}
REFUND_FAILS = {"pm_card_refundFail"}
REFUND_WAITS = {"pm_card_pendingRefund"}
#: what it pays is available at once, where other cards' money is pending for days
AVAILABLE_AT_ONCE = {"pm_card_bypassPending"}
#: where the card of each was issued; what is not here is a card of the United States
ISSUED_IN = {"pm_card_sg": "SG", "pm_card_my": "MY", "pm_card_cn": "CN", "pm_card_hk": "HK"}
ASKED_OFF_SESSION = Decline(
    "authentication_required",
    "Your card was declined. This transaction requires authentication.",
    "authentication_required",
)


def card_of(fake: Fake, method: str | None) -> str:
    """Which test card a payment method is. Refuses a method that there is not."""
    if method is None:
        raise refused("The PaymentIntent has no payment method.")
    if method.startswith(PREFIX):
        return method
    if method not in fake.cards:
        raise refused(f"No such PaymentMethod: '{method}'", code="resource_missing")
    return fake.cards[method]


def declined(decline: Decline, **more: object) -> Refusal:
    """The answer to a call that the card's bank refused."""
    also = {"decline_code": decline.decline_code} if decline.decline_code else {}
    return Refusal(402, "card_error", decline.message, code=decline.code, **also, **more)


def fingerprint(card: str) -> str:
    return hashlib.sha256(card.encode()).hexdigest()[:16]


def face(card: str) -> Json:
    """What is printed on it, and where it was issued."""
    master = "mastercard" in card
    last4 = "0077" if card in AVAILABLE_AT_ONCE else "4242"
    return {
        "brand": "mastercard" if master else "visa",
        "last4": "4444" if master else last4,
        "exp_month": 12,
        "exp_year": 2034,
        "country": ISSUED_IN.get(card, "US"),
        "fingerprint": fingerprint(card),
        "funding": "credit",
    }


def billing_details(fake: Fake, method: str, card: str, kind: type) -> Json:
    """What the payer typed; nothing, unless a test has said what."""
    name, country = fake.payers.get(method) or fake.payers.get(card) or (None, None)
    address = types.neutral(kind.Address, country=country)  # type: ignore[attr-defined]
    return types.neutral(kind, name=name, address=address)


def details(card: str) -> Json:
    """The payment method as it stands on a charge."""
    seen = face(card)
    known = types.neutral(
        stripe.Charge.PaymentMethodDetails.Card,
        **{name: seen[name] for name in ("brand", "country", "fingerprint", "last4")},
    )
    return types.neutral(stripe.Charge.PaymentMethodDetails, type="card", card=known)
