"""API keys: made and ended by owners, shown once."""

import secrets
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from marketplace.accounts import roles
from marketplace.accounts.models import ApiKey, Organisation, User
from marketplace.accounts.trail import trail

from .principals import acting_for, fingerprint

KEY_PREFIX = "straits_"
KEY_BYTES = 32
PREFIX_SHOWN = 12


def create_api_key(
    *,
    organisation: Organisation,
    by: User,
    name: str,
    at: datetime,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """A new key and its secret, which is shown this once; only its SHA-256 is kept.

    The key acts as its maker, with the role that the maker has at the time of use. Raises
    NotPermitted and ValidationError; then nothing was written.
    """
    acting_for(organisation, by, roles.MANAGE)
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
            expires_at=expires_at,
            created_at=at,
        )
        trail(verb="created key", subject=key, by=by, at=at, name=key.name)
    return key, secret


def revoke_api_key(*, key: ApiKey, by: User, at: datetime) -> None:
    """End a key at once; ending it again changes nothing. Raises NotPermitted."""
    acting_for(key.organisation, by, roles.MANAGE)
    with transaction.atomic():
        if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=at):
            trail(verb="revoked key", subject=key, by=by, at=at, name=key.name)
    key.refresh_from_db()
