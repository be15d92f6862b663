"""Sending: claimed, one request outside any transaction, written down under the claim."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from marketplace.core.backoff import backoff
from marketplace.core.sealing import InvalidToken, unseal
from marketplace.hooks import posting, signing
from marketplace.hooks.addresses import target
from marketplace.hooks.models import TEST, Attempt, Delivery, Endpoint
from marketplace.hooks.states import DeliveryState
from marketplace.notices import services as notices

from .keeping import LASTS, SECRETS

log = logging.getLogger(__name__)

HEADERS = {
    "Content-Type": "application/json",
    "User-Agent": "Straits-Webhooks/1",
    "Connection": "close",
}

#: a sender that died frees its delivery after this, well above what a request may take
CLAIM = timedelta(minutes=2)
#: the first wait before another try, four times as long after each, up to the longest
FIRST, LONGEST = timedelta(seconds=10), timedelta(hours=8)
#: the longest rest of an endpoint after failures in a row, for all that waits for it
REST = timedelta(hours=1)


def deliver(*, delivery: Delivery, at: datetime) -> None:
    """Make one request, if it is due and nobody else is at it; write how it was answered.

    A sender that dies after the other side took it sends it again: the webhook-id is the same, by
    which a receiver knows it. Any 2xx is taken; other answers are tried again for LASTS, and then
    the endpoint is paused.
    """
    row = claim(delivery, at)
    if row is None:
        return
    _note(row, _posted(row, at), at)


def _posted(row: Delivery, at: datetime) -> posting.Answer:
    body = row.body.encode()
    try:
        to = target(row.endpoint.url)
        keys = list(_secrets(row.endpoint, at))
    except ValidationError as error:
        return posting.Answer(None, "", " ".join(error.messages), 0)
    except InvalidToken:
        log.error("the secret of %s cannot be read with SECRET_KEY; rotate it", row.endpoint)
        return posting.Answer(None, "", "its secret must be replaced", 0)
    signed = signing.headers(keys=keys, message=str(row.public_id), at=at, body=body)
    return posting.post(to, body, {**HEADERS, **signed})


def claim(delivery: Delivery, at: datetime) -> Delivery | None:
    """Take it for a while; None where somebody else has it, or it is not due."""
    token, due = uuid4(), Delivery.objects.due(at=at).filter(pk=delivery.pk)
    if not due.update(
        state=DeliveryState.SENDING, claim=token, claimed_until=at + CLAIM, tries=F("tries") + 1
    ):
        return None
    return Delivery.objects.select_related("endpoint").filter(pk=delivery.pk, claim=token).first()


def _secrets(endpoint: Endpoint, at: datetime) -> Iterator[str]:
    yield unseal(purpose=SECRETS, sealed=bytes(endpoint.secret))
    if endpoint.old_secret is not None and (endpoint.old_secret_until or at) > at:
        yield unseal(purpose=SECRETS, sealed=bytes(endpoint.old_secret))


def _note(row: Delivery, answer: posting.Answer, at: datetime) -> None:
    assert row.claim is not None  # noqa: S101  it was claimed just now
    with transaction.atomic():
        made = Attempt(
            delivery=row,
            claim=row.claim,
            at=at,
            took_ms=answer.took_ms,
            status=answer.status,
            error=answer.error[:200],
            answer=answer.text[:500],
        )
        made.save(force_insert=True)
        wait = backoff(failures=row.tries - 1, first=FIRST, longest=LONGEST)
        _rest(row.endpoint, made.taken, at)
        if made.taken:
            _settle(row, DeliveryState.DELIVERED, at)
        elif row.kind == TEST:  # somebody is looking
            _settle(row, DeliveryState.FAILED, at)
        elif at + wait > row.since + LASTS:
            _settle(row, DeliveryState.FAILED, at)
            _pause(row.endpoint, at)
        else:
            _settle(row, DeliveryState.PENDING, at + wait)


def _settle(row: Delivery, to: DeliveryState, next_at: datetime) -> None:
    """What somebody else has claimed since is theirs."""
    mine = Delivery.objects.filter(pk=row.pk, claim=row.claim, state=DeliveryState.SENDING)
    mine.update(state=to, next_at=next_at, claim=None, claimed_until=None)


def _rest(endpoint: Endpoint, taken: bool, at: datetime) -> None:
    rows = Endpoint.objects.filter(pk=endpoint.pk)
    if taken:
        rows.filter(failures__gt=0).update(failures=0, rest_until=None)
    else:
        rest = backoff(failures=endpoint.failures, first=FIRST, longest=REST)
        rows.update(failures=F("failures") + 1, rest_until=at + rest)


def _pause(endpoint: Endpoint, at: datetime) -> None:
    if Endpoint.objects.open().filter(pk=endpoint.pk).update(paused_at=at):
        event = notices.Event(
            kind="webhook.paused",
            organisation=endpoint.organisation_id,
            key=f"{endpoint.public_id}:{at.isoformat()}",
            facts={"id": str(endpoint.public_id), "url": endpoint.url.partition("?")[0]},
        )
        notices.record(events=[event], at=at)
