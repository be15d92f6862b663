"""Who is asking, for which organisation, and what they may do there."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from marketplace.accounts import roles
from marketplace.accounts.models import ApiKey, Membership, Organisation, User


class NotPermitted(Exception):
    """The person is known, but this role may not do this."""


@dataclass(frozen=True)
class Principal:
    """A person acting for an organisation, with the role that the person has there now."""

    user: User
    organisation: Organisation
    role: str
    #: what an API key was made for; people are not narrowed
    scopes: frozenset[str] = frozenset(roles.ACTS)
    #: requests of the API key in a minute, where it has a limit of its own
    per_minute: int | None = None

    def may(self, act: str) -> bool:
        return act in self.scopes and roles.may(self.role, act)

    def require(self, act: str) -> None:
        """Raise NotPermitted unless the role may do this (an act of accounts.roles)."""
        if act not in self.scopes:
            raise NotPermitted(f"this key was not made to {act}; use another one")
        if not self.may(act):
            raise NotPermitted(f"your role ({self.role}) may not {act}; ask an owner")


def principal_of_user(*, user: User, organisation: UUID | None = None) -> Principal | None:
    """Act for the named organisation, or for the first one joined; None when not a member."""
    memberships = Membership.objects.filter(user=user).select_related("organisation__party")
    if organisation is not None:
        memberships = memberships.filter(organisation__public_id=organisation)
    membership = memberships.order_by("pk").first()
    if membership is None:
        return None
    return Principal(user, membership.organisation, membership.role)


def principal_of_key(*, secret: str, at: datetime) -> Principal | None:
    """Whom a bearer secret speaks for; None when unknown, ended, expired or its maker left."""
    key = (
        ApiKey.objects.usable(at=at)
        .filter(secret_sha256=fingerprint(secret), created_by__is_active=True)
        .select_related("created_by", "organisation")
        .first()
    )
    if key is None:
        return None
    acting = principal_of_user(user=key.created_by, organisation=key.organisation.public_id)
    scopes = frozenset(key.scopes)
    return acting and replace(acting, scopes=scopes, per_minute=key.per_minute)


def fingerprint(secret: str) -> bytes:
    """What is kept of a secret: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).digest()


def acting_for(organisation: Organisation, user: User, act: str) -> None:
    """Raise NotPermitted unless the user is a member whose role may do this."""
    principal = principal_of_user(user=user, organisation=organisation.public_id)
    if principal is None:
        raise NotPermitted("only a member may do this for an organisation")
    principal.require(act)
