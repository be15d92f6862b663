"""The export class of a chip from its figures, with the arithmetic to read. Pure.

Total processing performance (TPP) is the greatest, over bit lengths, of dense TOPS x bits, where a
multiply-accumulate counts as two operations; performance density is TPP per mm2 of die
(15 CFR 774, ECCN 3A090, notes). Thresholds are data with dates.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

A, B, BELOW, NEAR, UNKNOWN = "3A090.a", "3A090.b", "below", "near", "unknown"
#: a chip that would be in a class with figures this much better is near it
MARGIN_PERCENT = 5


@dataclass(frozen=True, slots=True)
class Threshold:
    """One prong: at least the minima, less than the maxima (None: any)."""

    name: str
    export_class: str
    effective_from: date
    effective_to: date | None
    tpp_from: Decimal | None = None
    tpp_below: Decimal | None = None
    density_from: Decimal | None = None
    density_below: Decimal | None = None
    #: a chip neither designed nor marketed for data centres is spared (Note 2)
    only_datacentre: bool = False

    def covers(self, day: date) -> bool:
        return self.effective_from <= day <= (self.effective_to or date.max)

    def met(self, tpp: Decimal, density: Decimal | None, *, datacentre: bool) -> bool | None:
        """None when it hangs on a density that is not known."""
        if (self.only_datacentre and not datacentre) or not _within(
            tpp, self.tpp_from, self.tpp_below
        ):
            return False
        if self.density_from is None and self.density_below is None:
            return True
        if density is None:
            return None
        return _within(density, self.density_from, self.density_below)


@dataclass(frozen=True, slots=True)
class Figures:
    """Dense TOPS (or TFLOPS) per bit length, die area in mm2, and what the chip is sold for."""

    rates: Mapping[int, Decimal]
    die_area_mm2: Decimal | None
    datacentre: bool

    @property
    def tpp(self) -> Decimal | None:
        return max((rate * bits for bits, rate in self.rates.items()), default=None)

    @property
    def density(self) -> Decimal | None:
        tpp = self.tpp
        return tpp / self.die_area_mm2 if tpp is not None and self.die_area_mm2 else None


@dataclass(frozen=True, slots=True)
class Classified:
    export_class: str
    tpp: Decimal | None
    density: Decimal | None
    arithmetic: str


def classify(figures: Figures, thresholds: Sequence[Threshold], day: date) -> Classified:
    """The class on that day: the first prong that is met, else near one, below all, or unknown."""
    prongs = [one for one in thresholds if one.covers(day)]
    tpp, density = figures.tpp, figures.density
    if tpp is None or not prongs:
        missing = "no rates" if prongs else f"no thresholds for {day}"
        return Classified(UNKNOWN, tpp, density, f"{missing}: the class is unknown")
    found, why = _first(prongs, tpp, density, figures.datacentre)
    if found == BELOW:
        grown = Decimal(100) / (100 - MARGIN_PERCENT)
        near, prong = _first(prongs, tpp * grown, density and density * grown, figures.datacentre)
        if near != BELOW:
            found, why = NEAR, f"within {MARGIN_PERCENT} % of {prong}"
    return Classified(found, tpp, density, f"{_sum(figures)}; {why}")


def _first(
    prongs: Iterable[Threshold], tpp: Decimal, density: Decimal | None, datacentre: bool
) -> tuple[str, str]:
    """Prongs come most restrictive first; one that cannot be told leaves the class unknown."""
    for prong in prongs:
        met = prong.met(tpp, density, datacentre=datacentre)
        if met is None:
            return UNKNOWN, f"{prong.name} hangs on the die area, which is not known"
        if met:
            return prong.export_class, _read(prong)
    return BELOW, "no threshold is met"


def _read(prong: Threshold) -> str:
    bounds = [
        ("TPP >=", prong.tpp_from),
        ("TPP <", prong.tpp_below),
        ("density >=", prong.density_from),
        ("density <", prong.density_below),
    ]
    return f"{prong.name}: " + ", ".join(f"{word} {bound}" for word, bound in bounds if bound)


def _sum(figures: Figures) -> str:
    terms = ", ".join(f"{rate} x {bits}" for bits, rate in sorted(figures.rates.items()))
    tpp, area, density = figures.tpp, figures.die_area_mm2, figures.density
    shown = f"TPP = max({terms}) = {tpp:f}"
    if density is None:
        return f"{shown}; density unknown, no die area"
    return f"{shown}; density = {tpp:f} / {area} mm2 = {density:.4f}"


def _within(value: Decimal, low: Decimal | None, below: Decimal | None) -> bool:
    return (low is None or value >= low) and (below is None or value < below)
