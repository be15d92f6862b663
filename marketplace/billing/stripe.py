"""The only place that speaks to Stripe. Called outside transactions, always with our own key."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import stripe
from django.conf import settings

#: seconds; below every task's soft limit
TIMEOUT = 20
RETRIES = 2
#: who paid stands on the charge
EXPAND = ["latest_charge"]
#: a signed webhook may be this old or, by a clock that runs ahead, this new
TOLERANCE = 300
#: nothing was refused for good; staff can mend the key (401, 403) while the calls wait
LATER = (
    stripe.APIConnectionError,
    stripe.RateLimitError,
    stripe.APIError,  # 409 while the same key is under way, and 500 and above
    stripe.AuthenticationError,
    stripe.PermissionError,
)


class Declined(Exception):
    """The card was refused; the text may be shown to its owner."""


class Unavailable(Exception):
    """Stripe gave no answer, asked us to wait or does not take our key: try the same call later."""


class Misused(Exception):
    """Stripe refused the call itself: a mistake of ours, for staff to look at."""


class BadSignature(Exception):
    """A webhook that Stripe did not sign, or not just now."""


@dataclass(frozen=True)
class Payer:
    """Whom the payment method names; blank is unknown. `fingerprint` is the card's, at Stripe."""

    fingerprint: str
    name: str
    country: str
    card_country: str


@dataclass(frozen=True)
class Payment:
    """A PaymentIntent as it is now; amounts in the currency's minor units."""

    id: str
    status: str
    amount: int
    currency: str
    failure: str
    payer: Payer | None = None

    @property
    def succeeded(self) -> bool:
        return self.status == "succeeded"

    @property
    def needs_action(self) -> bool:
        return self.status == "requires_action"


def _client() -> stripe.StripeClient:
    address = settings.FAKE_STRIPE_URL
    return stripe.StripeClient(
        "sk_test_fake" if address else settings.STRIPE_API_KEY,
        base_addresses={"api": address} if address else {},
        max_network_retries=RETRIES,
        http_client=stripe.RequestsClient(timeout=TIMEOUT),
    )


def create_payment(*, params: dict[str, Any], idempotency_key: str) -> Payment:
    """Create (and confirm) a PaymentIntent; the same key gives the same one.

    Raises Declined, Unavailable or Misused.
    """
    return _payment(
        lambda: _client().v1.payment_intents.create(
            cast(Any, {**params, "expand": EXPAND}), {"idempotency_key": idempotency_key}
        )
    )


def retrieve_payment(*, payment_id: str) -> Payment:
    """Ask for a PaymentIntent's current state. Raises Unavailable or Misused."""
    return _payment(lambda: _client().v1.payment_intents.retrieve(payment_id, {"expand": EXPAND}))


def _payment(call: Any) -> Payment:
    try:
        return _read(call())
    except stripe.CardError as error:
        raise Declined(error.user_message or "The card was declined.") from error
    except LATER as error:
        raise Unavailable(type(error).__name__) from error
    except stripe.StripeError as error:
        raise Misused(f"{type(error).__name__}: {error.user_message or error.code}") from error


def _read(intent: stripe.PaymentIntent) -> Payment:
    failed = intent.last_payment_error
    return Payment(
        id=intent.id,
        status=intent.status,
        amount=intent.amount_received or intent.amount,
        currency=intent.currency.upper(),
        failure=(failed.message or "The payment failed.") if failed else "",
        payer=_payer(intent.latest_charge),
    )


def _payer(charge: Any) -> Payer | None:
    """Of a charge that came whole; one that was not expanded is only an id."""
    if not isinstance(charge, stripe.Charge) or charge.payment_method_details is None:
        return None
    card, billing = charge.payment_method_details.card, charge.billing_details
    if card is None or not card.fingerprint:
        return None
    address = billing.address
    return Payer(
        fingerprint=card.fingerprint,
        name=(billing.name or "").strip()[:200],
        country=((address and address.country) or "")[:2],
        card_country=(card.country or "")[:2],
    )


@dataclass(frozen=True)
class Event:
    """What a webhook is about; its content is not believed beyond that."""

    id: str
    type: str
    object_id: str


def verify_event(*, payload: bytes, signature: str, at: datetime) -> Event:
    """Check a webhook's signature and age. Raises BadSignature.

    The SDK refuses stamps older than the tolerance but takes any from the future, which would let
    a captured event be replayed for as long as its stamp lies ahead; both are refused here.
    """
    try:
        text = payload.decode()
        stripe.WebhookSignature.verify_header(text, signature, settings.STRIPE_WEBHOOK_SECRET)
    except (ValueError, TypeError, stripe.SignatureVerificationError) as error:
        # TypeError: the SDK cannot compare a signature that is not ASCII
        raise BadSignature("not signed by Stripe for this endpoint") from error
    if abs(_signed_at(signature) - at.timestamp()) > TOLERANCE:
        raise BadSignature("the signature's time is not now; check the clock of this server")
    return _event(text)


def _event(text: str) -> Event:
    try:
        content = json.loads(text)
        about = content["data"]["object"]
        return Event(id=content["id"], type=content["type"], object_id=str(about.get("id", "")))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadSignature(
            "signed, but not a snapshot event; set the endpoint to send those"
        ) from error


def _signed_at(signature: str) -> int:
    """The time that a verified signature covers: the first one, any other could be added to it."""
    stamp = next(part for part in signature.split(",") if part.startswith("t="))
    try:
        return int(stamp.removeprefix("t="))
    except ValueError as error:
        raise BadSignature("the signature carries no time") from error
