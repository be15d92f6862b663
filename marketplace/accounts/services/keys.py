"""API keys: made and ended by owners, shown once."""

import secrets
from collections.abc import Collection
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from marketplace.accounts import roles
from marketplace.accounts.models import ApiKey, Organisation, User
from marketplace.accounts.trail import trail

from .principals import NotPermitted, acting_for, fingerprint

KEY_PREFIX = "straits_"
KEY_BYTES = 32
PREFIX_SHOWN = 12
#: a limit of its own above what everybody has would be none
MOST_PER_MINUTE = 600


def create_api_key(
    *,
    organisation: Organisation,
    by: User,
    name: str,
    at: datetime,
    expires_at: datetime | None = None,
    scopes: Collection[str] | None = None,
    per_minute: int | None = None,
    within: frozenset[str] = frozenset(roles.ACTS),
) -> tuple[ApiKey, str]:
    """A new key and its secret, which is shown this once; only its SHA-256 is kept.

    The key acts as its maker, with the role that the maker has at the time of use, and only within
    `scopes` (acts of accounts.roles; None: all of `within`). A key that makes a key makes none that
    may do more: `within` is what the one that asks may do. Raises NotPermitted and ValidationError;
    then nothing was written.
    """
    acting_for(organisation, by, roles.MANAGE)
    chosen = [act for act in roles.ACTS if act in (within if scopes is None else scopes)]
    if not chosen or len(chosen) < len(set(scopes or chosen)):
        raise ValidationError({"scopes": f"Choose at least one of {', '.join(roles.ACTS)}."})
    if not within.issuperset(chosen):
        raise NotPermitted("a key makes no key that may do more than itself")
    if per_minute is not None and not 1 <= per_minute <= MOST_PER_MINUTE:
        raise ValidationError({"per_minute": f"Write a number from 1 to {MOST_PER_MINUTE}."})
    if not name.strip() or len(name.strip()) > 80:
        raise ValidationError({"name": "Give the key a name of 1 to 80 characters."})
    if expires_at is not None and expires_at <= at:
        raise ValidationError({"expires_at": "This time is past."})
    secret = KEY_PREFIX + secrets.token_urlsafe(KEY_BYTES)
    with transaction.atomic():
        key = ApiKey.objects.create(
            organisation=organisation,
            created_by=by,
            name=name.strip(),
            prefix=secret[:PREFIX_SHOWN],
            secret_sha256=fingerprint(secret),
            scopes=chosen,
            per_minute=per_minute,
            expires_at=expires_at,
            created_at=at,
        )
        told = {"name": key.name, "scopes": " ".join(chosen)}
        trail(verb="created key", subject=key, by=by, at=at, **told)
    return key, secret


def revoke_api_key(*, key: ApiKey, by: User, at: datetime) -> None:
    """End a key at once; ending it again changes nothing. Raises NotPermitted."""
    acting_for(key.organisation, by, roles.MANAGE)
    with transaction.atomic():
        if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=at):
            trail(verb="revoked key", subject=key, by=by, at=at, name=key.name)
    key.refresh_from_db()
