"""What a lease costs, and who gets which part: integers, and one place that rounds."""

from typing import Final, NamedTuple

from marketplace.catalog.pricing import due_micro
from marketplace.core.money import BASIS_POINTS

#: the first and last look at the GPUs may miss the lease's edges by this much, together
SLACK_MS: Final = 5_000


class Split(NamedTuple):
    """Parts of a charge in micro-units; they always sum to the charge."""

    provider: int
    fee: int


def split(*, amount: int, charged: int, fee_bps: int, discount_bps: int = 0) -> Split:
    """Split a charge that follows on `charged` micro-units: provider and fee sum to `amount`.

    The provider's part of the total so far is rounded down, so however many charges it took, the
    provider lacks less than one micro-unit of its share. A negative charge gives back, from both.
    `fee_bps` is of the undiscounted price, and a discount comes out of the fee.
    """
    if charged < 0 or charged + amount < 0 or not 0 <= discount_bps <= fee_bps <= BASIS_POINTS:
        raise ValueError("totals are not negative, a discount lies within the fee, that in 10,000")
    before, after = (
        _provider_share(total, fee_bps, discount_bps) for total in (charged, charged + amount)
    )
    return Split(provider=after - before, fee=amount - after + before)


def _provider_share(total: int, fee_bps: int, discount_bps: int) -> int:
    paid_bps = BASIS_POINTS - discount_bps
    return total * (BASIS_POINTS - fee_bps) // paid_bps if paid_bps else 0


def discounted(*, price_micro: int, discount_bps: int) -> int:
    """The price less a discount, rounded down to a micro-unit per hour."""
    return price_micro * (BASIS_POINTS - discount_bps) // BASIS_POINTS


def lacking_ms(*, covered_ms: int, lease_ms: int, minimum_ms: int) -> int:
    """What a lease that has ended is billed for above its covered time, up to the minimum.

    Nothing when any of its time is missing beyond SLACK_MS: a minimum is for a renter who stopped
    early, not for a machine that failed. Nothing for a lease that was not used at all.
    """
    whole = covered_ms > 0 and covered_ms + SLACK_MS >= lease_ms
    return max(0, minimum_ms - covered_ms) if whole else 0


def next_charge(*, price_micro_per_hour: int, covered_ms: int, charged: int) -> int:
    """What is due for the time covered so far, less what was charged before.

    Negative when time that was charged is not billed any more.
    """
    return due_micro(price_micro_per_hour, covered_ms) - charged
