"""Stop a wallet from booking anything new; what runs may end, and money may come in."""

from datetime import datetime

from django.db import transaction

from marketplace.ledger.models import Account, Freeze

from .holding import lock_balances


def freeze(*, key: str, account: Account, reason: str, at: datetime) -> Freeze:
    """Refuse every new hold on a wallet from now on; once per key.

    Waits for holds that are being placed: whichever is first under the wallet's lock counts.
    """
    with transaction.atomic():
        lock_balances([account.pk])
        row, _ = Freeze.objects.get_or_create(
            key=key,
            defaults={
                "account": account,
                "reason": reason,
                "placed_at": at,
                "created_at": at,
            },
        )
    return row


def lift(*, key: str, at: datetime) -> bool:
    """End a freeze; others on the same wallet stand. Returns whether it stood until now."""
    return bool(Freeze.objects.filter(key=key, lifted_at__isnull=True).update(lifted_at=at))


def frozen(*, account: Account) -> bool:
    """Whether any freeze stands on the wallet."""
    return Freeze.objects.filter(account=account, lifted_at__isnull=True).exists()
