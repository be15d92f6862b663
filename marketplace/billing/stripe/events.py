"""Webhooks: signed by Stripe, just now; and the same events asked for."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import stripe
from django.conf import settings

from .client import asked

#: whoever has it acts for the card's owner; Stripe writes it as a value and into addresses
SECRETS = (
    (re.compile(rb'("client_secret"\s*:\s*)"[^"]*"'), rb"\1null"),
    (re.compile(rb'(client_secret=)[^"&#\\]+'), rb"\1"),
)
#: a signed webhook may be this old or, by a clock that runs ahead, this new
TOLERANCE = 300
PAGE = 100


class BadSignature(Exception):
    """A webhook that Stripe did not sign, or not just now."""


@dataclass(frozen=True)
class Event:
    """What a webhook is about; its content is not believed beyond that."""

    id: str
    type: str
    object_id: str


def verify_event(*, payload: bytes, signature: str, at: datetime) -> Event:
    """Check a webhook's signature and age. Raises BadSignature.

    Stripe sends what happens on our account and on those of providers from two endpoints, each with
    a secret of its own; either may have signed.

    The SDK refuses stamps older than the tolerance but takes any from the future, which would let
    a captured event be replayed for as long as its stamp lies ahead; both are refused here.
    """
    secrets = [one.strip() for one in settings.STRIPE_WEBHOOK_SECRET.split(",")]
    if not any(_signed_with(secret, payload, signature) for secret in secrets):
        raise BadSignature("not signed by Stripe for this endpoint")
    if abs(_signed_at(signature) - at.timestamp()) > TOLERANCE:
        raise BadSignature("the signature's time is not now; check the clock of this server")
    return _event(payload.decode())


def without_secrets(content: bytes) -> bytes:
    """An event as it may be kept: byte for byte, but for secrets that nobody needs here."""
    for secret, nothing in SECRETS:
        content = secret.sub(nothing, content)
    return content


def _signed_with(secret: str, payload: bytes, signature: str) -> bool:
    try:
        return bool(stripe.WebhookSignature.verify_header(payload, signature, secret))
    except (ValueError, TypeError, stripe.SignatureVerificationError):
        return False  # TypeError: the SDK cannot compare a signature that is not ASCII


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


def list_events(*, since: datetime, until: datetime) -> Iterator[list[tuple[Event, bytes]]]:
    """Every event made in this time, with its content, by pages, the newest first.

    Stripe keeps them for 30 days.

    Raises Unavailable or Misused, also on the way.
    """
    created: Any = {"gte": int(since.timestamp()), "lt": int(until.timestamp())}
    page = asked(lambda client: client.v1.events.list({"created": created, "limit": PAGE}))
    while True:
        texts = [json.dumps(row.to_dict()) for row in page.data]
        yield [(_event(text), text.encode()) for text in texts]
        if not page.has_more:
            return
        last = page.data[-1].id
        page = asked(
            lambda client, last=last: client.v1.events.list(  # type: ignore[misc]
                {"created": created, "limit": PAGE, "starting_after": last}
            )
        )
