"""How what Stripe Tax answers is put on an invoice: its shares in, an assessment out. No Django."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, NamedTuple

from marketplace.core.money import micro_from_minor, minor_from_micro

from .taxes import Assessment, Treatment

#: Stripe's reasons for which a rate applies, even if a small base leaves nothing of it
RATED: Final = frozenset(
    {
        *("standard_rated", "reduced_rated", "proportionally_rated", "taxable_basis_reduced"),
        *("portion_standard_rated", "portion_reduced_rated"),
    }
)
REVERSED: Final = "reverse_charge"
#: what is printed of the others; one that Stripe invents later is printed as it is called
REASONS: Final = {
    "customer_exempt": "the buyer is exempt",
    "not_collecting": "the seller is not registered there",
    "not_subject_to_tax": "not subject to tax there",
    "not_supported": "Stripe Tax does not know this place",
    "product_exempt": "exempt there",
    "product_exempt_holiday": "exempt there at this time",
    "portion_product_exempt": "exempt there in part",
    "zero_rated": "zero-rated",
}
#: taxes that are called by neither their letters nor their words
NAMES: Final = {
    "jct": "Consumption tax",
    "": "tax",
}
#: vat, gst, qst: so short are names that are said by their letters
CAPITALS: Final = 4
BY: Final = "(by Stripe Tax)"
MAX_NOTE: Final = 300


class Share(NamedTuple):
    """One tax that Stripe considered: amounts in minor units, the rate in percent as text."""

    reason: str
    tax: str
    country: str
    state: str
    percent: str
    base: int
    amount: int


def assess(shares: Sequence[Share], *, country: str) -> Assessment:
    """How every line of an invoice is taxed that Stripe taxed as a whole.

    `country` is the buyer's, which counts where Stripe names none. What bears an amount is
    charged, whatever the reason is called.
    """
    charged = [one for one in shares if one.amount or one.reason in RATED]
    where = next((one.country for one in (*charged, *shares) if one.country), country)
    if charged:
        return Assessment(where, Treatment.CHARGED, _bps(charged), _rates(charged), None)
    if any(one.reason == REVERSED for one in shares):
        tax = next(_name(one.tax) for one in shares if one.reason == REVERSED)
        note = f"Reverse charge: the recipient accounts for {_inside(tax)} {BY}"
        return Assessment(where, Treatment.REVERSE_CHARGE, 0, note, None)
    return Assessment(where, Treatment.NOT_TAXED, 0, _reasons(shares), None)


def _bps(shares: Sequence[Share]) -> int:
    rate = sum(Decimal(one.percent or "0") for one in shares) * 100
    return int(Decimal(rate).quantize(Decimal(1), ROUND_HALF_UP))


def _rates(shares: Sequence[Share]) -> str:
    """Such as: GST 9% (by Stripe Tax); Sales tax NY 4% + NY 4.875% (by Stripe Tax)."""
    told: list[str] = []
    for place, one in enumerate(shares):
        same = place and one.tax == shares[place - 1].tax
        parts = ("" if same else _name(one.tax), one.state, f"{_percent(one.percent)}%")
        told.append(" ".join(part for part in parts if part))
    return f"{' + '.join(told)} {BY}"[:MAX_NOTE]


def _percent(text: str) -> str:
    return format(Decimal(text or "0").normalize(), "f")


def _name(tax: str) -> str:
    return NAMES.get(tax) or (tax.upper() if len(tax) <= CAPITALS else _words(tax).capitalize())


def _inside(name: str) -> str:
    """A tax's name inside a sentence."""
    return name if name.isupper() else name.lower()


def _reasons(shares: Sequence[Share]) -> str:
    told = dict.fromkeys(REASONS.get(one.reason) or _words(one.reason) for one in shares)
    why = f": {', '.join(told)}" if told else ""
    return f"No tax added{why} {BY}"[:MAX_NOTE]


def _words(code: str) -> str:
    return code.replace("_", " ")


def given_back(tax_micro: int, *, credited_micro: int, of_micro: int, currency: str) -> int:
    """What of an invoice's tax goes back once so much of its price did: in proportion.

    Of all that was credited so far, rounded half up to whole minor units; so any number of credit
    notes gives back the tax and not a unit more or less.
    """
    minor = minor_from_micro(tax_micro, currency)
    part = (2 * minor * credited_micro + of_micro) // (2 * of_micro)
    return micro_from_minor(part, currency)
