"""What a lease costs, and who gets which part: integers, and one place that rounds."""

from typing import NamedTuple

from marketplace.catalog.pricing import due_micro
from marketplace.core.money import BASIS_POINTS


class Split(NamedTuple):
    """Parts of a charge in micro-units; they always sum to the charge."""

    provider: int
    fee: int


def split(*, amount: int, charged: int, fee_bps: int) -> Split:
    """Split a charge that follows on `charged` micro-units: provider and fee sum to `amount`.

    The provider's part of the total so far is rounded down, so however many charges it took, the
    provider lacks less than one micro-unit of its share. A negative charge gives back, from both.
    """
    if charged < 0 or charged + amount < 0 or not 0 <= fee_bps <= BASIS_POINTS:
        raise ValueError("totals are not negative and a fee lies within 0 and 10,000")
    provider = _provider_share(charged + amount, fee_bps) - _provider_share(charged, fee_bps)
    return Split(provider=provider, fee=amount - provider)


def _provider_share(total: int, fee_bps: int) -> int:
    return total * (BASIS_POINTS - fee_bps) // BASIS_POINTS


def next_charge(*, price_micro_per_hour: int, covered_ms: int, charged: int) -> int:
    """What is due for the time covered so far, less what was charged before.

    Negative when time that was charged is not billed any more.
    """
    return due_micro(price_micro_per_hour, covered_ms) - charged
