"""Second factors: who must have one, and what happened to them, for the trail."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db import transaction

from marketplace.accounts import roles
from marketplace.accounts.models import Organisation, User
from marketplace.accounts.trail import trail

from .principals import acting_for

#: recovery codes stand in for a factor; alone they are none
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def factors_of(*, user: User) -> int:
    """How many authenticator apps and passkeys the person has."""
    return int(Authenticator.objects.filter(user=user, type__in=FACTORS).count())


def must_have_factor(*, user: User) -> bool:
    """Staff, and members of an organisation that requires one."""
    return user.is_staff or user.organisations.filter(second_factor_required=True).exists()


def may_remove_factor(*, user: User) -> bool:
    """Not the last one of somebody who must have one."""
    return factors_of(user=user) > 1 or not must_have_factor(user=user)


def end_factors(*, user: User, reason: str, at: datetime) -> int:
    """Take all factors and recovery codes of somebody away who lost them; how many there were.

    For an operator who has made sure who asks. `reason` says how, for the trail.
    """
    with transaction.atomic():
        ended, _ = Authenticator.objects.filter(user=user).delete()
        if ended:
            trail(verb="ended second factors", subject=user, by=None, at=at, reason=reason)
    return int(ended)


def note_security(*, verb: str, user: User, at: datetime, **detail: str) -> None:
    """Put on the trail what a person changed of how they sign in."""
    trail(verb=verb, subject=user, by=user, at=at, **detail)


def require_second_factor(
    *, organisation: Organisation, required: bool, by: User, at: datetime
) -> None:
    """Let members act on pages only with a second factor, or no longer ask for it.

    API keys go on. Raises NotPermitted, and ValidationError while the owner has none.
    """
    acting_for(organisation, by, roles.MANAGE)
    if required and not factors_of(user=by):
        raise ValidationError({"required": "Set up a second factor of your own first."})
    rows = Organisation.objects.filter(pk=organisation.pk)
    with transaction.atomic():
        if rows.exclude(second_factor_required=required).update(second_factor_required=required):
            verb = "required second factors" if required else "no longer required second factors"
            trail(verb=verb, subject=organisation, by=by, at=at)
    organisation.second_factor_required = required
