"""Endpoints: made, changed and removed by who may rent for the organisation; secrets shown once."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, QuerySet

from marketplace.accounts import roles
from marketplace.accounts.models import Organisation
from marketplace.accounts.services import NotPermitted, Principal
from marketplace.accounts.trail import trail
from marketplace.core import hints
from marketplace.core.refusals import BadField
from marketplace.core.sealing import seal
from marketplace.hooks import addresses
from marketplace.hooks.models import Delivery, Endpoint
from marketplace.hooks.signing import new_secret
from marketplace.hooks.states import DeliveryState
from marketplace.notices.kinds import BY_CODE, CODES

#: so that a copy of the database signs nothing
SECRETS = "webhook secrets"
MOST_ENDPOINTS = 20
#: after a secret was replaced, deliveries are signed with the old one, too, for so long
OVERLAP = timedelta(hours=24)
#: what is older is not sent any more, see delivering
LASTS = timedelta(days=3)
SEND = "marketplace.hooks.tasks.send_due"


class BadEndpoint(BadField):
    """What is asked of an endpoint cannot be done; the message says what can."""


def endpoints_of(principal: Principal) -> QuerySet[Endpoint]:
    """Those of the organisation that are not removed, newest first."""
    rows = Endpoint.objects.kept().filter(organisation=principal.organisation)
    return rows.select_related("organisation", "created_by").order_by("-pk")


def create(
    *, principal: Principal, url: str, kinds: Collection[str], note: str = "", at: datetime
) -> tuple[Endpoint, str]:
    """A new endpoint and its secret, which is shown this once.

    Raises NotPermitted (also for kinds that the role may not read) and BadEndpoint; then nothing
    was written.
    """
    chosen = _checked(principal, url, kinds)
    secret = new_secret()
    with transaction.atomic():
        # one after the other, so that two do not both find room
        Organisation.objects.select_for_update(no_key=True).get(pk=principal.organisation.pk)
        if endpoints_of(principal).count() >= MOST_ENDPOINTS:
            raise BadEndpoint("url", f"there are {MOST_ENDPOINTS} already; remove one first")
        row = Endpoint.objects.create(
            organisation=principal.organisation,
            created_by=principal.user,
            url=url,
            note=note.strip()[:120],
            kinds=chosen,
            secret=seal(purpose=SECRETS, text=secret),
            created_at=at,
        )
        trail(verb="made a webhook", subject=row, by=principal.user, at=at, url=_shown(url))
    return row, secret


def change(
    *,
    principal: Principal,
    endpoint: Endpoint,
    url: str,
    kinds: Collection[str],
    note: str = "",
    at: datetime,
) -> Endpoint:
    """Another address, other kinds. Who may not read a kind that it has cannot change it.

    Raises NotPermitted and BadEndpoint; then nothing was written.
    """
    _require(principal, endpoint.kinds)
    chosen = _checked(principal, url, kinds)
    with transaction.atomic():
        row = _locked(endpoint)
        row.url, row.kinds, row.note = url, chosen, note.strip()[:120]
        row.save(update_fields=["url", "kinds", "note"])
        trail(verb="changed a webhook", subject=row, by=principal.user, at=at, url=_shown(url))
    return row


def rotate(*, principal: Principal, endpoint: Endpoint, at: datetime) -> str:
    """A new secret, shown this once; the old one signs, too, for OVERLAP. Raises NotPermitted."""
    _require(principal, endpoint.kinds)
    secret = new_secret()
    with transaction.atomic():
        row = _locked(endpoint)
        Endpoint.objects.filter(pk=row.pk).update(
            secret=seal(purpose=SECRETS, text=secret),
            old_secret=F("secret"),
            old_secret_until=at + OVERLAP,
        )
        trail(verb="replaced a webhook's secret", subject=row, by=principal.user, at=at)
    return secret


def resume(*, principal: Principal, endpoint: Endpoint, at: datetime) -> None:
    """Send again; what waited for more than LASTS has failed. Raises NotPermitted.

    To resume what is not paused changes nothing.
    """
    principal.require(roles.RENT)
    with transaction.atomic():
        row = _locked(endpoint)
        if row.paused_at is None:
            return
        Endpoint.objects.filter(pk=row.pk).update(paused_at=None, failures=0, rest_until=None)
        old = Delivery.objects.filter(
            endpoint=row, state=DeliveryState.PENDING, since__lte=at - LASTS
        )
        old.update(state=DeliveryState.FAILED)
        trail(verb="resumed a webhook", subject=row, by=principal.user, at=at)
        hints.after_commit(SEND)


def remove(*, principal: Principal, endpoint: Endpoint, at: datetime) -> None:
    """Send nothing more there; what waits has failed. Again changes nothing. Raises NotPermitted"""
    principal.require(roles.RENT)
    with transaction.atomic():
        if Endpoint.objects.kept().filter(pk=endpoint.pk).update(removed_at=at):
            waiting = Delivery.objects.filter(endpoint=endpoint, state=DeliveryState.PENDING)
            waiting.update(state=DeliveryState.FAILED)
            trail(verb="removed a webhook", subject=endpoint, by=principal.user, at=at)


def _locked(endpoint: Endpoint) -> Endpoint:
    rows = Endpoint.objects.kept().select_for_update(no_key=True, of=("self",))
    row = rows.filter(pk=endpoint.pk).first()
    if row is None:
        raise BadEndpoint("id", "was removed meanwhile; make another one")
    return row


def _checked(principal: Principal, url: str, kinds: Collection[str]) -> Sequence[str]:
    chosen = [code for code in CODES if code in set(kinds)]
    if not chosen or len(chosen) < len(set(kinds)):
        raise BadEndpoint("kinds", "must be at least one of those in the list")
    _require(principal, chosen)
    try:
        addresses.target(url)
    except ValidationError as error:
        raise BadEndpoint("url", " ".join(error.messages)) from error
    return chosen


def _require(principal: Principal, kinds: Collection[str]) -> None:
    """A webhook tells nobody more than who keeps it may read."""
    principal.require(roles.RENT)
    hidden = [code for code in kinds if not principal.may(BY_CODE[code].act)]
    if hidden:
        raise NotPermitted(
            f"your role ({principal.role}) may not read {', '.join(hidden)}; ask an owner"
        )


def _shown(url: str) -> str:
    """Without what may be a token."""
    parts = addresses.target(url)
    return f"{'https' if parts.secure else 'http'}://{parts.name}"
