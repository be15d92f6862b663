"""Which tax is on a sale, and how much: rules in, an assessment out. No rate stands here."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from marketplace.core.money import nearest_minor


class Treatment(StrEnum):
    """What became of tax on a line."""

    CHARGED = "charged"
    REVERSE_CHARGE = "reverse_charge"  # the buyer accounts for it
    NOT_TAXED = "not_taxed"
    NO_RULE = "no_rule"  # nothing on record says how it is taxed


class Rule(NamedTuple):
    """A row of the tax rules; `pk` is its key there."""

    pk: int
    jurisdiction: str
    registered: bool
    treatment: str
    rate_bps: int
    wording: str
    since: datetime


class Assessment(NamedTuple):
    """How a line is taxed; `note` is what the invoice prints of it."""

    jurisdiction: str
    treatment: str
    rate_bps: int
    note: str
    rule: int | None


class Taxed(NamedTuple):
    """What lines that are taxed alike come to."""

    jurisdiction: str
    treatment: str
    rate_bps: int
    note: str
    base_micro: int
    tax_micro: int


def assess(
    rules: Iterable[Rule], *, jurisdiction: str, registered: bool, tax_point: datetime
) -> Assessment:
    """The last rule for this kind of buyer that had begun by the tax point, or none."""
    if not jurisdiction:
        return _untaxed("", "No tax added: the country of the buyer is not known")
    fitting = [
        rule
        for rule in rules
        if (rule.jurisdiction, rule.registered) == (jurisdiction, registered)
        and rule.since <= tax_point
    ]
    if not fitting:
        return _untaxed(jurisdiction, f"No tax added: no rule for {jurisdiction} is on record")
    rule = max(fitting, key=lambda one: (one.since, one.pk))
    return Assessment(jurisdiction, rule.treatment, rule.rate_bps, rule.wording, rule.pk)


def _untaxed(jurisdiction: str, note: str) -> Assessment:
    return Assessment(jurisdiction, Treatment.NO_RULE, 0, note, None)


def table(lines: Iterable[tuple[Assessment, int]], *, currency: str) -> list[Taxed]:
    """Tax of each kind on the sum of its lines (micro-units), rounded once, half up.

    In the order in which the kinds first occur.
    """
    bases: dict[tuple[str, str, int, str], int] = {}
    for how, amount in lines:
        kind = (how.jurisdiction, how.treatment, how.rate_bps, how.note)
        bases[kind] = bases.get(kind, 0) + amount
    return [
        Taxed(*kind, base, nearest_minor(base * kind[2], currency)) for kind, base in bases.items()
    ]
