"""Top-ups nobody presses a button for: allowed by the renter, capped, one in flight."""

import logging
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from compliance import services as compliance
from marketplace.accounts.models import Organisation, User
from marketplace.accounts.services import require_confirmed
from marketplace.accounts.trail import trail
from marketplace.billing.models import AutoTopUp, TopUp
from marketplace.billing.states import TopUpState
from marketplace.billing.topping import Decision, Past, Rules, decide
from marketplace.brokerage.models import ROLLING, Reservation, RollRefusal
from marketplace.core.refusals import BadField
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Balance, Kind

from . import lots, notices, top_ups
from .customers import cards
from .rolling import waited_for_micro
from .telling import tell

log = logging.getLogger(__name__)

#: longer than a calendar month
LOOK_BACK = timedelta(days=32)
MOST_MONTH_MICRO = top_ups.MOST_MICRO * 10
IN_FLIGHT = "top_up_one_automatic_in_flight"


class BadAutoTopUp(BadField):
    """Automatic top-ups cannot be set like this."""


def allow_auto_top_up(
    *,
    organisation: Organisation,
    threshold_micro: int,
    amount_micro: int,
    day_cap_micro: int,
    month_cap_micro: int,
    by: User,
    at: datetime,
) -> AutoTopUp:
    """Let us take this amount whenever less than the threshold is available, or less than what
    runs until it is stopped needs to go on.

    Earlier declines are forgotten. Raises BadAutoTopUp and NotConfirmed; then nothing changed.
    """
    require_confirmed(user=by)
    _check(organisation, threshold_micro, amount_micro, day_cap_micro, month_cap_micro)
    with transaction.atomic():
        made, _ = AutoTopUp.objects.update_or_create(
            organisation=organisation,
            defaults={
                "enabled": True,
                "disabled_reason": "",
                "threshold_micro": threshold_micro,
                "amount_micro": amount_micro,
                "day_cap_micro": day_cap_micro,
                "month_cap_micro": month_cap_micro,
                "asked_by": by,
                "asked_at": at,
            },
        )
        trail(
            verb="allowed automatic top-ups",
            subject=made,
            by=by,
            at=at,
            threshold=str(threshold_micro),
            amount=str(amount_micro),
        )
    return made


def _check(organisation: Organisation, threshold: int, amount: int, day: int, month: int) -> None:
    try:
        top_ups.check_amount(amount)
    except top_ups.BadTopUp as error:
        raise BadAutoTopUp(error.field, error.message) from error
    if not 0 < threshold <= top_ups.MOST_MICRO:
        raise BadAutoTopUp("threshold_micro", "must be more than 0 and at most 100,000 USD")
    if not amount <= day:
        raise BadAutoTopUp("day_cap_micro", "must be at least the amount of one top-up")
    if not day <= month <= MOST_MONTH_MICRO:
        raise BadAutoTopUp(
            "month_cap_micro", "must be at least the limit of a day, at most 1,000,000 USD"
        )
    if not cards(organisation=organisation).filter(is_default=True).exists():
        raise BadAutoTopUp("card", "must be saved first; automatic top-ups take the default card")


def forbid_auto_top_up(*, organisation: Organisation, by: User, at: datetime) -> None:
    """Take nothing more unasked; what is in flight is not called back."""
    with transaction.atomic():
        for row in AutoTopUp.objects.filter(organisation=organisation, enabled=True):
            AutoTopUp.objects.filter(pk=row.pk).update(enabled=False, disabled_reason="")
            trail(verb="ended automatic top-ups", subject=row, by=by, at=at)


def low_wallets() -> QuerySet[AutoTopUp]:
    """Whose wallet has less available than their threshold, in one statement for all.

    And those of whom something that runs until it is stopped waits for money.
    """
    enough = Balance.objects.filter(
        account__kind=Kind.WALLET,
        account__owner=OuterRef("organisation__public_id"),
        posted__gte=F("held") + OuterRef("threshold_micro"),
    )
    waiting = Reservation.objects.filter(
        ROLLING, renter=OuterRef("organisation"), roll_refused=RollRefusal.MONEY
    )
    return AutoTopUp.objects.filter(~Exists(enough) | Exists(waiting), enabled=True).order_by("pk")


def auto_top_up(*, setting: AutoTopUp, at: datetime) -> TopUp | None:
    """Top the wallet up if its renter lets us and it is low; returns the top-up, if one was made.

    Safe to call at any time, by many at once: one in flight is all that the database takes.
    """
    try:
        with transaction.atomic():
            row = _locked(setting)
            decision = _decide(row, at)
            if decision.off:
                _disable(row, decision.why, at)
            return _order(row, at) if decision.go else None
    except IntegrityError as error:
        if IN_FLIGHT not in str(error):
            raise
        return None


def _locked(setting: AutoTopUp) -> AutoTopUp:
    """Locked, so that two ticks do not both find room under the caps."""
    rows = AutoTopUp.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("organisation").get(pk=setting.pk)


def _decide(row: AutoTopUp, at: datetime) -> Decision:
    organisation = row.organisation
    wallet = lots.wallet_of(organisation)
    if not row.enabled:
        return Decision(False, "not enabled")
    if ledger.frozen(account=wallet):
        return Decision(False, "the wallet is frozen")
    if compliance.is_denied(party=organisation.party):
        return Decision(False, "screening refuses the organisation")
    least = max(row.threshold_micro, waited_for_micro(organisation=organisation))
    return decide(
        rules=Rules(least, row.amount_micro, row.day_cap_micro, row.month_cap_micro),
        available_micro=ledger.balance(account=wallet).available,
        past=_past(row, at),
        at=at,
    )


def _past(row: AutoTopUp, at: datetime) -> list[Past]:
    """What was tried; declines from before the renter asked again do not count."""
    made = TopUp.objects.filter(organisation=row.organisation, automatic=True)
    rows = made.filter(created_at__gt=at - LOOK_BACK).order_by("pk")
    return [
        Past(
            one.amount_micro,
            one.created_at,
            one.settled_at if one.state == TopUpState.FAILED else None,
        )
        for one in rows
        if one.state != TopUpState.FAILED or one.created_at >= row.asked_at
    ]


def _order(row: AutoTopUp, at: datetime) -> TopUp | None:
    card = cards(organisation=row.organisation).filter(is_default=True).first()
    if card is None:
        _disable(row, "there is no saved card any more", at)
        return None
    made, _ = top_ups.record(
        organisation=row.organisation,
        by=None,
        amount_micro=row.amount_micro,
        payment_method=card.payment_method,
        key=f"auto:{uuid4()}",
        at=at,
        automatic=True,
    )
    minor = top_ups.check_amount(row.amount_micro)
    customer = row.organisation.stripe_customer
    top_ups.order(made, minor, at, customer=customer, off_session=True)
    return made


def _disable(row: AutoTopUp, why: str, at: datetime) -> None:
    AutoTopUp.objects.filter(pk=row.pk).update(enabled=False, disabled_reason=why[:300])
    log.warning("automatic top-ups of %s were switched off: %s", row.organisation, why)
    notices.tell(
        organisation=row.organisation,
        key=f"auto-off:{row.public_id}:{row.asked_at.isoformat()}",
        text=f"Automatic top-ups were switched off: {why}. Choose a card and switch them on again.",
        at=at,
    )
    tell(
        kind="wallet.automatic_off",
        organisation=row.organisation_id,
        key=f"{row.public_id}:{row.asked_at.isoformat()}",
        facts={"reason": why[:300]},
        at=at,
    )
