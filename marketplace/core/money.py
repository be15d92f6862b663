"""Money is an integer count of micro-units: 1 USD = 1,000,000. No float ever holds an amount."""

from decimal import Decimal, InvalidOperation
from typing import Final

MICRO: Final = 1_000_000
BASIS_POINTS: Final = 10_000

#: Digits after the point of Stripe's smallest unit, per currency. A currency that is missing here
#: is not traded. Source: docs.stripe.com/currencies (zero-decimal currencies).
EXPONENT: Final = {"USD": 2}


class BadAmount(ValueError):
    """Text or number that is not an amount of money we can hold exactly."""


def _micro_per_minor(currency: str) -> int:
    return MICRO // int(10 ** EXPONENT[currency])


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
