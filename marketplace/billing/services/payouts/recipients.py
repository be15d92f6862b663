"""Providers' accounts with Stripe: opened once, onboarded by Stripe, kept as Stripe says."""

import logging
import re
from datetime import datetime, timedelta
from uuid import uuid4

from marketplace.accounts.models import Organisation, User
from marketplace.accounts.trail import trail
from marketplace.billing.models import PayoutAccount
from marketplace.billing.stripe import recipients as stripe
from marketplace.core.refusals import BadField

log = logging.getLogger(__name__)

COUNTRY = re.compile("[A-Z]{2}")
#: events may be missed; so often Stripe is asked anyway
LOOK_AGAIN = timedelta(days=1)


class BadRecipient(BadField):
    """An account to be paid to cannot be opened like this."""


class NoLink(Exception):
    """Stripe gave no page to go on with; the message may be shown."""


def payout_account(*, organisation: Organisation) -> PayoutAccount | None:
    return PayoutAccount.objects.filter(organisation=organisation).first()


def onboard(
    *, organisation: Organisation, by: User, country: str, back_url: str, at: datetime
) -> str:
    """Open the provider's account at first, and return Stripe's page to say who one is.

    Calls Stripe, so not for the inside of a transaction; the same twice opens one account. Raises
    BadRecipient, and NoLink when Stripe refuses or cannot be reached.
    """
    account = _opened(organisation, by, country, at)
    try:
        if not account.stripe_id:
            _create(account, by)
        return stripe.onboarding_link(
            account_id=account.stripe_id,
            back_url=back_url,
            again_url=back_url,
            idempotency_key=f"payout-account-link:{uuid4()}",  # each link is good once
        )
    except stripe.Unavailable as error:
        raise NoLink("Stripe cannot be reached now; try again in a minute") from error
    except (stripe.Refused, stripe.KeyTaken) as error:
        log.exception("%s: Stripe gave no onboarding page", account)
        raise NoLink("Stripe did not open a page; please ask our staff") from error


def _opened(organisation: Organisation, by: User, country: str, at: datetime) -> PayoutAccount:
    known = payout_account(organisation=organisation)
    if known:
        return known
    if not organisation.can_provide:
        raise BadRecipient("organisation", "is no provider; nothing is paid out to it")
    if not COUNTRY.fullmatch(country):
        raise BadRecipient("country", "must be a country's code of two capitals, such as MY")
    PayoutAccount.objects.bulk_create(
        [PayoutAccount(organisation=organisation, country=country, opened_by=by, created_at=at)],
        ignore_conflicts=True,
    )
    opened = PayoutAccount.objects.get(organisation=organisation)
    trail(verb="opened a payout account", subject=opened, by=by, at=at, country=opened.country)
    return opened


def _create(account: PayoutAccount, by: User) -> None:
    made = stripe.create_recipient(
        country=account.country,
        email=by.email,
        organisation=str(account.organisation.public_id),
        idempotency_key=f"payout-account:{account.public_id}",
    )
    PayoutAccount.objects.filter(pk=account.pk, stripe_id="").update(stripe_id=made.id)
    account.refresh_from_db(fields=["stripe_id"])


def refresh(*, account: PayoutAccount, at: datetime) -> None:
    """Ask Stripe how the account stands. Raises Unavailable; an account that is gone is closed."""
    if not account.stripe_id or account.closed:
        return
    try:
        now = stripe.retrieve_recipient(account_id=account.stripe_id)
    except stripe.Refused as reason:
        log.error("%s is not shown to us any more: %s", account, reason)
        close(account=account, at=at)
        return
    rows = PayoutAccount.objects.filter(pk=account.pk, closed=False)
    # an answer that is older than what is known came late
    rows.exclude(asked_at__gt=at).update(
        can_receive=now.can_receive,
        can_pay_out=now.can_pay_out,
        details_submitted=now.details_submitted,
        due=list(now.due),
        disabled_reason=now.disabled_reason,
        asked_at=at,
    )
    account.refresh_from_db()


def come_back(*, account: PayoutAccount, at: datetime) -> None:
    """Who comes back from Stripe's page sees what Stripe says; its event may be on its way still.

    Stays as it was known when Stripe cannot be reached.
    """
    try:
        refresh(account=account, at=at)
    except stripe.Unavailable:
        log.info("%s is looked at later", account)


def close(*, account: PayoutAccount, at: datetime) -> None:
    """The provider took our access away: nothing can be transferred there."""
    PayoutAccount.objects.filter(pk=account.pk).update(
        closed=True, can_receive=False, can_pay_out=False, asked_at=at
    )
    account.refresh_from_db()


def accounts_to_look_at(*, at: datetime) -> list[PayoutAccount]:
    rows = PayoutAccount.objects.filter(closed=False).exclude(stripe_id="")
    return list(rows.exclude(asked_at__gt=at - LOOK_AGAIN).order_by("pk"))
