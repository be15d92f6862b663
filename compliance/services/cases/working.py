"""What an officer does with a case before it is decided. Each act leaves an event."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from compliance.models import Case, CaseEvent, EventKind
from compliance.states import LIVE, MOVES, CaseState
from marketplace.core.states import IllegalMove, move
from marketplace.core.sweeps import sweep

from .officers import WORK, Officer, require, signed
from .opening import note

LONGEST = 4000


def locked(case: Case) -> Case:
    """The case as it is now, for the rest of the transaction."""
    return Case.objects.select_for_update(no_key=True, of=("self",)).get(pk=case.pk)


def words(text: str, field: str = "text") -> str:
    """What somebody wrote, trimmed. Raises ValidationError."""
    text = text.strip()
    if not text:
        raise ValidationError({field: "Write something."})
    if len(text) > LONGEST:
        raise ValidationError({field: f"Write at most {LONGEST} characters."})
    if any(char < " " and char not in "\t\r\n" for char in text):
        raise ValidationError({field: "This holds characters that are not text."})
    return text


def live(case: Case) -> Case:
    """The locked case. Raises IllegalMove once it is decided."""
    row = locked(case)
    if row.state not in LIVE:
        raise IllegalMove(f"case {row.public_id} is {row.state}")
    return row


def assign_case(*, case: Case, by: Officer, at: datetime) -> Case:
    """Take the case. Raises NotAnOfficer, IllegalMove."""
    require(by, WORK)
    with transaction.atomic():
        row = live(case)
        row.assignee, row.assignee_label = by.public_id, by.get_username()
        row.save(update_fields=["assignee", "assignee_label"])
        if row.state in (CaseState.OPEN, CaseState.ESCALATED):
            move(row, CaseState.ASSIGNED, table=MOVES)
        note(row, EventKind.ASSIGNED, at=at, **signed(by))
    return row


def note_case(*, case: Case, by: Officer, text: str, at: datetime) -> CaseEvent:
    """Write a note that only staff read, also once it is decided. Raises as the other verbs."""
    require(by, WORK)
    return note(case, EventKind.NOTE, at=at, text=words(text), **signed(by))


def request_information(*, case: Case, by: Officer, text: str, at: datetime) -> CaseEvent:
    """Ask the party, which reads the text as it is. Raises NotAnOfficer, IllegalMove.

    The text must never say which fact decided, or what to change to pass.
    """
    require(by, WORK)
    text = words(text)
    with transaction.atomic():
        row = live(case)
        if row.state != CaseState.WAITING:
            move(row, CaseState.WAITING, table=MOVES)
        return note(row, EventKind.REQUESTED, at=at, text=text, **signed(by))


def escalate_case(*, case: Case, by: Officer, text: str, at: datetime) -> Case:
    """Hand it to who has more say, with the reason. Raises NotAnOfficer, IllegalMove."""
    require(by, WORK)
    text = words(text)
    with transaction.atomic():
        row = live(case)
        move(row, CaseState.ESCALATED, table=MOVES)
        note(row, EventKind.ESCALATED, at=at, text=text, **signed(by))
    return row


def close_case(*, case: Case, by: Officer, text: str, at: datetime) -> Case:
    """File a decided case away. Raises NotAnOfficer, IllegalMove."""
    require(by, WORK)
    text = words(text)
    with transaction.atomic():
        row = locked(case)
        move(row, CaseState.CLOSED, table=MOVES)
        note(row, EventKind.CLOSED, at=at, text=text, **signed(by))
    return row


def pass_deadlines(*, at: datetime) -> None:
    """Escalate every live case whose deadline has passed; once each."""
    due = Case.objects.live().filter(deadline__lte=at, deadline_passed_at=None)
    sweep(due.order_by("deadline", "pk"), lambda case: _pass_deadline(case, at))


def _pass_deadline(case: Case, at: datetime) -> None:
    with transaction.atomic():
        row = live(case)
        if row.deadline_passed_at is not None or row.deadline > at:
            return
        row.deadline_passed_at = at
        row.save(update_fields=["deadline_passed_at"])
        note(row, EventKind.DEADLINE_PASSED, at=at, detail={"deadline": row.deadline.isoformat()})
        # a proposed verdict stays proposed: what it lacks is a signature
        if CaseState.ESCALATED in MOVES[row.state]:
            move(row, CaseState.ESCALATED, table=MOVES)
            note(row, EventKind.ESCALATED, at=at, text="The deadline has passed.")
