"""Money is an integer count of micro-units: 1 USD = 1,000,000. No float ever holds an amount."""

from decimal import Decimal, InvalidOperation
from typing import Final

MICRO: Final = 1_000_000
BASIS_POINTS: Final = 10_000

#: Digits after the point of Stripe's smallest unit, per currency. A currency that is missing here
#: is not traded. Source: docs.stripe.com/currencies (zero-decimal, three-decimal currencies).
EXPONENT: Final = {
    **dict.fromkeys(("USD", "EUR", "GBP", "SGD", "MYR", "AUD", "CNY", "HKD", "THB", "IDR"), 2),
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF"), 0),
    **dict.fromkeys(("VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "JOD", "KWD", "OMR", "TND"), 3),
}


class BadAmount(ValueError):
    """Text or number that is not an amount of money we can hold exactly."""


def _micro_per_minor(currency: str) -> int:
    return MICRO // int(10 ** EXPONENT[currency])


def whole_minor(micro: int, currency: str) -> int:
    """The part of an amount that is whole minor units (cents), in micro-units; rounded down."""
    return micro - micro % _micro_per_minor(currency)


def nearest_minor(micro_bps: int, currency: str) -> int:
    """Micro-units times basis points as micro-units of whole minor units, half rounded up."""
    unit = _micro_per_minor(currency) * BASIS_POINTS
    return (2 * micro_bps + unit) // (2 * unit) * _micro_per_minor(currency)


def minor_from_micro(micro: int, currency: str) -> int:
    """Convert micro-units to the currency's minor units (cents); refuse what is not whole."""
    minor, rest = divmod(micro, _micro_per_minor(currency))
    if rest:
        raise BadAmount(f"{micro} micro-{currency} is not a whole number of minor units")
    return minor


def micro_from_minor(minor: int, currency: str) -> int:
    """Convert the currency's minor units (cents) to micro-units; always exact."""
    return minor * _micro_per_minor(currency)


def micro_from_text(text: str) -> int:
    """Read a decimal amount such as "12.50" into micro-units.

    Raises BadAmount when the text is not a plain decimal number or is finer than a micro-unit.
    """
    try:
        micro = Decimal(text.strip()) * MICRO
    except InvalidOperation as error:
        raise BadAmount(f"{text!r} is not an amount; write a number such as 12.50") from error
    if not micro.is_finite() or micro != micro.to_integral_value():
        raise BadAmount(f"{text!r} is finer than one millionth; use at most 6 decimals")
    return int(micro)


def text_from_micro(micro: int) -> str:
    """Write micro-units as a decimal, exact, with at least two decimals: 26666 -> "0.026666"."""
    sign, rest = ("-" if micro < 0 else ""), abs(micro)
    whole, fraction = divmod(rest, MICRO)
    digits = f"{fraction:06d}".rstrip("0").ljust(2, "0")
    return f"{sign}{whole}.{digits}"


def text_of_minor(micro: int, currency: str) -> str:
    """Whole minor units as the currency is written: 1230000 -> "1.23" USD, 5000000 -> "5" JPY.

    Raises BadAmount for what is not whole.
    """
    minor, digits = minor_from_micro(micro, currency), EXPONENT[currency]
    sign, rest = ("-" if minor < 0 else ""), abs(minor)
    whole, fraction = divmod(rest, 10**digits)
    return f"{sign}{whole:,}" + (f".{fraction:0{digits}d}" if digits else "")
