"""What Stripe says when it will not move money out, and when that is not known."""

from collections.abc import Callable

import stripe

from .client import Answer, Misused, asked


class Refused(Exception):
    """Stripe did not do it, for good; `code` is its own word for why."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class KeyTaken(Misused):
    """The idempotency key was used with other parameters, so nobody knows what was done."""


def settled(call: Callable[[stripe.StripeClient], Answer]) -> Answer:
    """Make one call. Raises Refused, KeyTaken or Unavailable."""
    try:
        return asked(call)
    except Misused as error:
        why = error.__cause__
        if isinstance(why, stripe.StripeError) and not isinstance(why, stripe.IdempotencyError):
            raise Refused(why.user_message or str(error), why.code or "") from error
        raise KeyTaken(str(error)) from error
