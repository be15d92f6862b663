"""What others ask for the same chip."""

from dataclasses import dataclass
from statistics import median_low

from compliance.models import ChipModel

from .models import Machine, Offer

#: cheapest first; a market with more of one chip is told by these
MOST = 2_000


@dataclass(frozen=True, slots=True)
class Comparable:
    """Prices of others in micro-units per GPU-hour; `cheaper` is how many ask less than you."""

    chip: ChipModel
    offers: int
    least: int
    middle: int
    most: int
    yours: int | None
    cheaper: int


def comparable(*, machine: Machine) -> list[Comparable]:
    """By chip of this machine, what other operators' listed offers ask; none where nobody does."""
    chips = machine.gpus.filter(present=True, chip__isnull=False).values("chip")
    rows = (
        Offer.objects.listed()
        .filter(chip__in=chips, machine__simulated=machine.simulated)
        .order_by("price_micro_per_gpu_hour")
        .values_list("chip", "machine", "machine__site__operator", "price_micro_per_gpu_hour")
    )[:MOST]
    prices: dict[int, list[int]] = {}
    yours: dict[int, int] = {}
    for chip, on, operator, price in rows:
        if on == machine.pk:
            yours[chip] = price
        elif operator != machine.site.operator_id:
            prices.setdefault(chip, []).append(price)
    named = ChipModel.objects.in_bulk(prices)
    return [_told(named[pk], asked, yours.get(pk)) for pk, asked in sorted(prices.items())]


def _told(chip: ChipModel, asked: list[int], yours: int | None) -> Comparable:
    """`asked` is in order."""
    cheaper = sum(price < yours for price in asked) if yours is not None else 0
    return Comparable(chip, len(asked), asked[0], median_low(asked), asked[-1], yours, cheaper)
