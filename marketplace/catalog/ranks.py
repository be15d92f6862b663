"""Tier and grade of an offer's machine as numbers that a query can compare, as of now.

The database's clock decides: what has ended is not found, whether or not a sweep has noticed.
"""

from typing import Final

from django.db.models import Case, IntegerField, Q, Value, When
from django.db.models.functions import Now

from .trust import tiers

TRUST: Final = "machine__trust__"


def trust() -> Case:
    """The rank of the tier: the place of it in `tiers.TIERS`."""
    steps, whens = Q(), []
    for tier in tiers.TIERS[1:]:
        steps &= _counts(tier)
        whens.append(When(steps, then=Value(tiers.TIERS.index(tier))))
    return Case(*reversed(whens), default=Value(0), output_field=IntegerField())


def location() -> Case:
    """The rank of the grade: the place of it in `tiers.GRADES`."""
    whens = [When(Q(**{f"{TRUST}contradicted": True}), then=Value(0))]
    whens += [
        When(_counts(grade), then=Value(tiers.GRADES.index(grade)))
        for grade in (tiers.LATENCY, tiers.NETWORK)
    ]
    declared = Value(tiers.GRADES.index(tiers.DECLARED))
    return Case(*whens, default=declared, output_field=IntegerField())


def _counts(kind: str) -> Q:
    return Q(**{f"{TRUST}{kind}_until__gt": Now()})
