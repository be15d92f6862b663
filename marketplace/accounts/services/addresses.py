"""E-mail addresses: confirmed by whoever reads the mail, and asked for before money moves."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction

from marketplace.accounts.models import User
from marketplace.accounts.trail import trail

from .principals import NotPermitted


class NotConfirmed(NotPermitted):
    """The person has not shown that the e-mail address is theirs."""


def confirm_email(*, user: User, at: datetime) -> None:
    """The person reads what is sent to the address; again, it changes nothing."""
    with transaction.atomic():
        row = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if not row.email_confirmed:
            row.confirmed_email = row.email
            row.save(update_fields=["confirmed_email"])
            trail(verb="confirmed e-mail", subject=row, by=row, at=at, email=row.email)
        keep_for_letters(row)
    user.confirmed_email = row.confirmed_email


def keep_for_letters(user: User) -> None:
    """allauth sends new passwords to its own rows: only the person's confirmed address stays.

    Rows of an address that was left go, whosever they were.
    """
    EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()
    EmailAddress.objects.filter(email=user.email).exclude(user=user).delete()
    known = {"verified": True, "primary": True}
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults=known)


def require_confirmed(*, user: User | None) -> None:
    """Raise NotConfirmed for a person whose address is not confirmed. None is the system."""
    if user is not None and not user.email_confirmed:
        raise NotConfirmed(
            f"confirm your e-mail address first: open the link that we sent to {user.email}"
        )
