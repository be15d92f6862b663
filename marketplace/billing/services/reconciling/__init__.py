"""Stripe's account of our balance, kept and compared with the ledger; nothing is mended here."""

from .booking import book_movements
from .collecting import collect_movements
from .comparing import reconcile, reconcile_daily

__all__ = ["book_movements", "collect_movements", "reconcile", "reconcile_daily"]
