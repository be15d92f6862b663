"""What a lease costs, and who gets which part: integers, and one place that rounds."""

from typing import NamedTuple

from marketplace.catalog.pricing import due_micro
from marketplace.core.money import BASIS_POINTS


class Split(NamedTuple):
    """Parts of a charge in micro-units; they always sum to the charge."""

    provider: int
    fee: int


def split(amount: int, fee_bps: int) -> Split:
    """Split a charge: the provider's part is rounded down, the fee is exactly the rest."""
    if amount < 0 or not 0 <= fee_bps <= BASIS_POINTS:
        raise ValueError("an amount is not negative and a fee lies within 0 and 10,000")
    provider = amount * (BASIS_POINTS - fee_bps) // BASIS_POINTS
    return Split(provider=provider, fee=amount - provider)


def next_charge(*, price_micro_per_hour: int, covered_ms: int, charged: int) -> int:
    """What is due for the time covered so far, less what was charged before.

    Never negative here: sealed usage only grows and a lease's price is frozen.
    """
    delta = due_micro(price_micro_per_hour, covered_ms) - charged
    if delta < 0:
        raise ValueError(f"{charged} was charged for {covered_ms} ms, more than was due")
    return delta
