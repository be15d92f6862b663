"""What every machine should know of now, as one digest each, to see what changed."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.aggregates import BoolOr, StringAgg
from django.db.models import Case, Q, Subquery, TextField, Value, When
from django.db.models.functions import MD5, Cast, Concat

from marketplace.brokerage.states import State

from .kept import keep_until
from .running import LAST_LOOK, WANTED, known_at

BOUNDS = ("startswith", "endswith")


@dataclass(frozen=True)
class MachineWish:
    """All that one machine should know of: `digest` is another when any of it changed.

    `hot`: something is about to start, so each look at it counts, also at its screening.
    """

    machine: int
    digest: str
    hot: bool


def wishes(*, at: datetime) -> list[MachineWish]:
    """What every machine that should know of anything should know of, as digests: one query."""
    run = Case(When(reservation__state__in=WANTED, then=Value("run")), default=Value("stop"))
    facts: list[str | Case | Subquery] = ["pk", "generation", run, keep_until()]
    facts += [f"reservation__during__{bound}" for bound in BOUNDS]
    parts = [part for fact in facts for part in (Cast(fact, TextField()), Value(" "))]
    what = Concat(*parts, output_field=TextField())
    started = Q(
        reservation__state=State.CONFIRMED,
        reservation__during__startswith__lte=at + LAST_LOOK,
    )
    rows = (
        known_at(at)
        .values("machine")
        .annotate(
            digest=MD5(StringAgg(what, delimiter=",", order_by="pk")),
            hot=BoolOr(Case(When(started, then=True), default=False)),
        )
        .values_list("machine", "digest", "hot")
        .order_by("machine")
    )
    return [MachineWish(*row) for row in rows]
