"""Who is asking, for which organisation, and what they may do there."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from compliance import services as compliance

from . import roles
from .models import ApiKey, Membership, Organisation, Role, User
from .trail import trail

KEY_PREFIX = "straits_"
KEY_BYTES = 32
PREFIX_SHOWN = 12


class NotPermitted(Exception):
    """The person is known, but this role may not do this."""


@dataclass(frozen=True)
class Principal:
    """A person acting for an organisation, with the role that the person has there now."""

    user: User
    organisation: Organisation
    role: str

    def may(self, act: str) -> bool:
        return roles.may(self.role, act)

    def require(self, act: str) -> None:
        """Raise NotPermitted unless the role may do this (an act of accounts.roles)."""
        if not self.may(act):
            raise NotPermitted(f"your role ({self.role}) may not {act}; ask an owner")


def sign_up(
    *,
    email: str,
    password: str,
    name: str,
    organisation_name: str,
    party: dict[str, Any],
    at: datetime,
) -> tuple[User, Organisation]:
    """A new person with a new organisation, owned by that person, known to compliance as a party.

    `party` holds fields of compliance's Party.SCREENED_FIELDS. Raises ValidationError with a
    message per field; then nothing was written.
    """
    user = User(email=email.strip().lower(), name=name.strip())
    user.full_clean(exclude=["password", "last_login"], validate_unique=False)
    _check_password(password, user)
    user.set_password(password)
    with transaction.atomic():
        _save_new(user)
        organisation = Organisation(
            name=organisation_name.strip(), party=compliance.register_party(**party)
        )
        _check_organisation(organisation)
        organisation.save()
        Membership.objects.create(
            user=user, organisation=organisation, role=Role.OWNER, created_at=at
        )
        trail(verb="signed up", subject=organisation, by=user, at=at)
    return user, organisation


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({"password": error.messages}) from error


def _check_organisation(organisation: Organisation) -> None:
    try:
        organisation.full_clean()
    except ValidationError as error:
        found = error.message_dict
        # the person has a name, too
        named = {"organisation_name" if one == "name" else one: found[one] for one in found}
        raise ValidationError(named) from error


def _save_new(user: User) -> None:
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        if "accounts_user_email" not in str(error):
            raise
        raise ValidationError(
            {"email": "This address cannot be used; sign in if it is yours."}
        ) from error


def principal_of_user(*, user: User, organisation: UUID | None = None) -> Principal | None:
    """Act for the named organisation, or for the first one joined; None when not a member."""
    memberships = Membership.objects.filter(user=user).select_related("organisation__party")
    if organisation is not None:
        memberships = memberships.filter(organisation__public_id=organisation)
    membership = memberships.order_by("pk").first()
    if membership is None:
        return None
    return Principal(user, membership.organisation, membership.role)


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
    principal = principal_of_user(user=by, organisation=organisation.public_id)
    if principal is None:
        raise NotPermitted("only a member makes keys of an organisation")
    principal.require(roles.MANAGE)
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
            secret_sha256=_sha256(secret),
            expires_at=expires_at,
            created_at=at,
        )
        trail(verb="created key", subject=key, by=by, at=at, name=key.name)
    return key, secret


def revoke_api_key(*, key: ApiKey, by: User, at: datetime) -> None:
    """End a key at once; ending it again changes nothing. Raises NotPermitted."""
    principal = principal_of_user(user=by, organisation=key.organisation.public_id)
    if principal is None:
        raise NotPermitted("only a member ends keys of an organisation")
    principal.require(roles.MANAGE)
    with transaction.atomic():
        if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=at):
            trail(verb="revoked key", subject=key, by=by, at=at, name=key.name)
    key.refresh_from_db()


def principal_of_key(*, secret: str, at: datetime) -> Principal | None:
    """Whom a bearer secret speaks for; None when unknown, ended, expired or its maker left."""
    key = (
        ApiKey.objects.usable(at=at)
        .filter(secret_sha256=_sha256(secret), created_by__is_active=True)
        .select_related("created_by", "organisation")
        .first()
    )
    if key is None:
        return None
    return principal_of_user(user=key.created_by, organisation=key.organisation.public_id)


def _sha256(secret: str) -> bytes:
    # 256 random bits need no slow hash
    return hashlib.sha256(secret.encode(errors="surrogatepass")).digest()
