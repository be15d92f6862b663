"""From answers of a machine that is trusted to the time that a card is given."""

from datetime import datetime
from statistics import median_high

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.accounts.trail import trail
from marketplace.catalog.models import Calibration, Challenge, Machine
from marketplace.catalog.trust.states import ChallengeState

LEAST_SAMPLES = 5
MOST_SAMPLES = 50


class NotMeasured(Exception):
    """There are too few answers to rest a deadline on; says how many there are."""


def calibrate(*, machine: Machine, by: User, at: datetime) -> Calibration:
    """Make the machine's measured answers the time that its card is given from now on.

    A person has to know that the machine is what it says: whoever is slow here lets all others be
    slow. Raises NotMeasured, writing nothing.
    """
    names = set(machine.gpus.filter(present=True).values_list("nvml_name", flat=True))
    if len(names) != 1:
        raise NotMeasured(f"{machine} has cards of {len(names)} kinds; take one with a single kind")
    rows = _measured(machine)
    shapes = {(row.n, row.k) for row in rows}
    if len(rows) < LEAST_SAMPLES or len(shapes) != 1:
        raise NotMeasured(f"{len(rows)} answers were measured, {LEAST_SAMPLES} alike are needed")
    [(n, k)] = shapes
    with transaction.atomic():
        made = Calibration.objects.create(
            card=names.pop(),
            n=n,
            k=k,
            median_ms=max(1, median_high(row.elapsed_ms or 0 for row in rows)),
            samples=len(rows),
            machine=machine,
            measured_at=at,
            by=by,
        )
        trail(verb="calibrated challenge", subject=made, by=by, at=at, card=made.card)
    return made


def _measured(machine: Machine) -> list[Challenge]:
    """The newest right answers of all GPUs of the machine, of the shape of the newest."""
    right = [ChallengeState.MEASURED, ChallengeState.PASSED]
    rows = machine.challenges.filter(state__in=right, whole=True).order_by("-pk")
    newest = rows.first()
    if newest is None:
        return []
    return list(rows.filter(n=newest.n, k=newest.k)[:MOST_SAMPLES])
