"""One payout for each provider and currency that has enough, is cleared and can be paid."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from compliance import services as compliance
from compliance.models import Decision, Outcome
from marketplace.billing.models import (
    Maturity,
    Payout,
    PayoutAccount,
    PayoutHold,
    PayoutLine,
    StripeCommand,
)
from marketplace.billing.states import PayoutState
from marketplace.core.hints import after_commit
from marketplace.core.money import minor_from_micro, whole_minor
from marketplace.core.sweeps import sweep
from marketplace.ledger.models import Account, Kind

from .books import Books, book
from .holds import is_held

log = logging.getLogger(__name__)

#: how long after each failure in a row a payout is tried again; the last one goes on
LADDER = tuple(timedelta(hours=hours) for hours in (1, 6, 24, 72))
#: a provider is paid once in this time, so that a run that is repeated pays nobody twice a day
BETWEEN = timedelta(hours=20)
#: a refusal by screening is not asked about again before that
LET_SCREENING_REST = timedelta(hours=6)


def pay_out(*, at: datetime) -> int:
    """Compose a payout for everybody who is due one; returns how many were made.

    Each in a transaction of its own, with the command to Stripe in it; one that fails does not stop
    the others. Nobody is paid on hold, before Stripe takes transfers for them, below
    PAYOUT_MINIMUM_MICRO, or uncleared.
    """
    made: list[Payout | None] = []

    def pay(account: PayoutAccount) -> None:
        currencies = _currencies(account)
        made.extend(compose(account=account, currency=one, at=at) for one in currencies)

    sweep(_ready(), pay)
    return sum(one is not None for one in made)


def _ready() -> Iterator[PayoutAccount]:
    held = PayoutHold.objects.filter(released_at__isnull=True).values("organisation")
    rows = PayoutAccount.objects.filter(can_receive=True).exclude(organisation__in=held)
    yield from rows.select_related("organisation__party").order_by("pk")


def _currencies(account: PayoutAccount) -> list[str]:
    """Those in which enough is payable."""
    rows = Account.objects.filter(
        kind=Kind.PROVIDER_AVAILABLE,
        owner=account.organisation.public_id,
        balance__posted__gte=settings.PAYOUT_MINIMUM_MICRO,
    )
    return list(rows.order_by("currency").values_list("currency", flat=True))


def compose(*, account: PayoutAccount, currency: str, at: datetime) -> Payout | None:
    """Make the payout that is due to a provider in a currency now; None when none is.

    Two at once make one: the second finds a live payout, or the database refuses its row.
    """
    if not _is_time(account, currency, at):
        return None
    decision = _clearance(account, at)
    if decision is None:
        return None
    try:
        with transaction.atomic():
            return _compose(account, currency, decision, at)
    except IntegrityError as error:
        if "payout_one_live" in str(error) or "maturity_in_one_payout" in str(error):
            return None
        raise


def _is_time(account: PayoutAccount, currency: str, at: datetime) -> bool:
    """Whether nothing is under way, none was made just now, and failures have had their rest."""
    rows = Payout.objects.filter(organisation=account.organisation_id, currency=currency)
    states = list(rows.order_by("-pk").values_list("state", "created_at")[: len(LADDER)])
    if not states:
        return True
    state, made_at = states[0]
    if state == PayoutState.PENDING:
        return False
    if state != PayoutState.RETURNED:
        return bool(made_at + BETWEEN <= at)
    failures = next(
        (n for n, (one, _) in enumerate(states) if one != PayoutState.RETURNED), len(states)
    )
    return bool(made_at + LADDER[failures - 1] <= at)


def _clearance(account: PayoutAccount, at: datetime) -> Decision | None:
    """A decision that lets the provider be paid: money goes to nobody who is not cleared now."""
    party = account.organisation.party
    last = Decision.objects.filter(party=party, chip__isnull=True).order_by("-pk").first()
    if last and last.decided_at + LET_SCREENING_REST > at:
        if compliance.still_valid(decision=last, at=at):
            return last
        if last.outcome != Outcome.ALLOW and bytes(last.party_hash) == party.content_hash:
            return None
    fresh = compliance.screen(party=party, question=None, at=at)
    if fresh.outcome == Outcome.ALLOW:
        return fresh
    log.warning("%s is not paid out: screening says %s", account, fresh.outcome)
    return None


def _compose(
    account: PayoutAccount, currency: str, decision: Decision, at: datetime
) -> Payout | None:
    books = Books.of(provider=account.organisation.public_id, currency=currency)
    books.lock()
    if is_held(organisation=account.organisation):  # since the run began
        return None
    payable, owed = books.available_micro, books.owed_micro
    netted = min(payable, owed)
    amount = whole_minor(payable - netted, currency)
    if amount <= 0 or payable - netted < settings.PAYOUT_MINIMUM_MICRO:
        return None
    lines = _free_earnings(account, currency)
    earned = sum(row.payable_micro for row in lines)
    made = Payout.objects.create(
        organisation=account.organisation,
        account=account,
        decision=decision,
        currency=currency,
        carried_in_micro=payable - earned,
        earned_micro=earned,
        netted_micro=netted,
        amount_micro=amount,
        carried_out_micro=payable - netted - amount,
        created_at=at,
    )
    PayoutLine.objects.bulk_create(
        PayoutLine(payout=made, maturity=row, organisation=made.organisation, currency=currency)
        for row in lines
    )
    entries = [(books.available, books.owed, netted), (books.available, books.transit, amount)]
    book(f"payout:{made.public_id}", "payout", entries, at)
    command(made, at)
    return made


def _free_earnings(account: PayoutAccount, currency: str) -> list[Maturity]:
    taken = PayoutLine.objects.filter(released_at__isnull=True).values("maturity")
    rows = Maturity.objects.filter(organisation=account.organisation_id, currency=currency)
    return list(rows.exclude(pk__in=taken).order_by("pk"))


def command(made: Payout, at: datetime) -> StripeCommand:
    """Ask the outbox for the payout's transfer; each attempt has a key of its own."""
    row = StripeCommand.objects.create(
        kind="create_transfer",
        idempotency_key=f"payout:{made.public_id}:a{made.attempt}",
        payout=made,
        params={
            "amount": minor_from_micro(made.amount_micro, made.currency),
            "currency": made.currency.lower(),
            "destination": made.account.stripe_id,
            "transfer_group": f"payout:{made.public_id}",
            "metadata": {"payout": str(made.public_id)},
        },
        next_at=at,
        created_at=at,
    )
    after_commit("marketplace.billing.tasks.send_command", command_id=row.pk)
    return row
