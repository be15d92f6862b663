"""Who pays: R7."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from compliance.matching.text import core, plain

from .finding import Finding


@dataclass(frozen=True, slots=True)
class Payer:
    """Whom a payment method names. Blank is unknown, and unknown is no finding."""

    fingerprint: str
    name: str
    country: str
    card_country: str


def other_payer(
    payer: Payer, *, countries: Collection[str], names: Iterable[str]
) -> Finding | None:
    """R7: the payer's countries or name are none of the renter's.

    `names` are the renter's own, its parent's, and those of its directors and members: a card
    usually bears the name of one of them. One significant word in common suffices.
    """
    foreign = sorted({payer.country, payer.card_country} - {"", *countries})
    differs = [f"country {country}" for country in foreign]
    if payer.name and not _words([payer.name]) & _words(names):
        differs.append(f"name {payer.name!r}")
    if not differs:
        return None
    text = f"A payment came from another than the renter: {', '.join(differs)}."
    return Finding("R7", text, {"payer": payer.fingerprint, "differs": differs})


def _words(names: Iterable[str]) -> set[str]:
    return {word for name in names for word in core(plain(name), person=False) if len(word) > 1}
