"""The connection, and what its errors mean to us."""

from collections.abc import Callable
from typing import TypeVar

import stripe
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings

#: seconds; below every task's soft limit
TIMEOUT = 20
RETRIES = 2
#: nothing was refused for good; staff can mend the key (401, 403) while the calls wait
LATER = (
    stripe.APIConnectionError,
    stripe.RateLimitError,
    stripe.APIError,  # 409 while the same key is under way, and 500 and above
    stripe.AuthenticationError,
    stripe.PermissionError,
)
Answer = TypeVar("Answer")


class Declined(Exception):
    """The card was refused; the text may be shown to its owner.

    `code` is Stripe's word for why, `payment_id` the PaymentIntent that was refused, if one was.
    """

    def __init__(self, message: str, code: str = "", payment_id: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.payment_id = payment_id


class Unavailable(Exception):
    """Stripe gave no answer, asked us to wait or does not take our key: try the same call later."""


class Misused(Exception):
    """Stripe refused the call itself: a mistake of ours, for staff to look at."""


def client() -> stripe.StripeClient:
    address = settings.FAKE_STRIPE_URL
    return stripe.StripeClient(
        "sk_test_fake" if address else settings.STRIPE_API_KEY,
        base_addresses={"api": address} if address else {},
        max_network_retries=RETRIES,
        http_client=stripe.RequestsClient(timeout=TIMEOUT),
    )


def asked(call: Callable[[stripe.StripeClient], Answer]) -> Answer:
    """Make one call. Raises Declined, Unavailable or Misused."""
    try:
        return call(client())
    except stripe.CardError as error:
        raise _declined(error) from error
    except LATER as error:
        _stop_if_late(error)
        raise Unavailable(type(error).__name__) from error
    except stripe.StripeError as error:
        raise Misused(f"{type(error).__name__}: {error.user_message or error.code}") from error


def _stop_if_late(error: stripe.StripeError) -> None:
    """The package takes whatever is raised in a call, also a task's time limit, for a bad network.

    Swallowed, it would not be raised again, and the task go on until it is killed.
    """
    if isinstance(error.__cause__, SoftTimeLimitExceeded):
        raise error.__cause__


def _declined(error: stripe.CardError) -> Declined:
    intent = getattr(error.error, "payment_intent", None)
    return Declined(
        error.user_message or "The card was declined.",
        code=error.code or "",
        payment_id=intent.id if intent is not None else "",
    )
