"""What an organisation should know or do about its money, shown on its wallet page."""

from datetime import datetime
from uuid import UUID

from marketplace.accounts.models import Organisation
from marketplace.billing.models import WalletNotice


def tell(*, organisation: Organisation, key: str, text: str, at: datetime) -> None:
    """Show this on the wallet page, once per key."""
    WalletNotice.objects.bulk_create(
        [WalletNotice(organisation=organisation, key=key, text=text[:400], created_at=at)],
        ignore_conflicts=True,
    )


def put_away(*, organisation: Organisation, notice: UUID, at: datetime) -> bool:
    """Stop showing a notice; returns whether it was shown until now."""
    shown = WalletNotice.objects.filter(
        organisation=organisation, public_id=notice, put_away_at__isnull=True
    )
    return bool(shown.update(put_away_at=at))


def take_back(*, key: str, at: datetime) -> None:
    """Put a notice away that says what is no longer so."""
    WalletNotice.objects.filter(key=key, put_away_at__isnull=True).update(put_away_at=at)
