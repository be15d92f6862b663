"""Which machines did not do what was booked on them: evidence on their providers."""

from datetime import datetime

from marketplace.brokerage.models import Assignment, MachineFailure, Reservation

Failure = MachineFailure.Kind


def note_no_show(reservation: Reservation, at: datetime) -> None:
    """Keep on record which machines never started what was booked on them."""
    for part in reservation.assignments.wanted().filter(started_at__isnull=True):
        note_failure(part, Failure.NO_SHOW, at)


def note_failure(part: Assignment, kind: MachineFailure.Kind, at: datetime) -> datetime:
    """Put a failure on record once; returns since when it stands there."""
    facts = {"reservation_id": part.reservation_id, "machine_id": part.machine_id, "kind": kind}
    made = MachineFailure(**facts, at=at, created_at=at)
    MachineFailure.objects.bulk_create([made], ignore_conflicts=True)
    known = MachineFailure.objects.filter(**facts, replaced_by__isnull=True)
    since: datetime = known.values_list("at", flat=True).get()
    return since
