"""Staff keep a provider's payouts back and release them; both are on record."""

from datetime import datetime

from django.db import IntegrityError, transaction

from marketplace.accounts.models import Organisation, User
from marketplace.accounts.trail import trail
from marketplace.billing.models import PayoutHold
from marketplace.core.refusals import BadField

from .books import lock_payable


class BadHold(BadField):
    """Payouts cannot be held, or released, like this."""


def hold_payouts(*, organisation: Organisation, reason: str, by: User, at: datetime) -> PayoutHold:
    """Make no new payout to this provider until released. One under way goes on.

    Under the lock that payouts are composed under, so that after the commit none is. Raises
    BadHold; then nothing was written.
    """
    require_hold(organisation=organisation, reason=reason)
    try:
        with transaction.atomic():
            lock_payable(organisation.public_id)
            made = PayoutHold.objects.create(
                organisation=organisation,
                reason=reason.strip(),
                placed_by=by,
                placed_at=at,
                created_at=at,
            )
            trail(verb="held payouts", subject=organisation, by=by, at=at, reason=made.reason)
    except IntegrityError as error:
        if "payout_hold_one_open" in str(error):
            raise BadHold("organisation", "its payouts are held already") from error
        raise
    return made


def require_hold(*, organisation: Organisation, reason: str) -> None:
    """Raise BadHold unless payouts to this organisation can be held for this reason."""
    if not organisation.can_provide:
        raise BadHold("organisation", "is no provider; nothing is paid out to it")
    if not 0 < len(reason.strip()) <= 300:
        raise BadHold("reason", "give the reason in 1 to 300 characters")
    if is_held(organisation=organisation):
        raise BadHold("organisation", "its payouts are held already")


def is_held(*, organisation: Organisation) -> bool:
    """Whether staff keep this organisation's payouts back."""
    return PayoutHold.objects.filter(organisation=organisation, released_at__isnull=True).exists()


def release_payouts(*, hold: PayoutHold, by: User, at: datetime) -> bool:
    """Let payouts go out again; False when somebody released them before."""
    with transaction.atomic():
        open_ = PayoutHold.objects.filter(pk=hold.pk, released_at__isnull=True)
        released = bool(open_.update(released_by=by, released_at=at))
        if released:
            trail(verb="released payouts", subject=hold.organisation, by=by, at=at)
    return released
