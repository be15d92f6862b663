"""What has happened to a reservation, how it stands, and what comes next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from marketplace.brokerage.models import Assignment, Reservation
from marketplace.brokerage.states import OPEN, SHORT, State
from marketplace.web.words import RESERVATION

GONE_WRONG = (State.REFUSED, State.EXPIRED, State.CANCELLED, State.FAILED)


@dataclass(frozen=True, slots=True)
class Step:
    """`lead` is the word before the moment, such as "since"; `icon` one of the sprite."""

    word: str
    at: datetime | None = None
    lead: str = ""
    icon: str = "ok"
    now: bool = False

    @property
    def todo(self) -> bool:
        return self.icon == "ring"


def timeline(row: Reservation, parts: Sequence[Assignment]) -> list[Step]:
    """From being asked for to being billed; where it went wrong, to that."""
    if row.state in GONE_WRONG:
        words = RESERVATION[row.state]
        done = [step for step in _way(row, parts) if step.icon == "ok" and step.at]
        return [*done, Step(str(words.word), row.ended_at, icon=words.icon, now=True)]
    return list(_way(row, parts))


def _way(row: Reservation, parts: Sequence[Assignment]) -> Iterator[Step]:
    yield Step(_("Reserved"), row.created_at)
    yield _screened(row)
    yield _booked(row, parts)
    yield _running(row, parts)
    over = row.state in (State.ENDED, State.SETTLED)
    yield Step(_("Ended"), row.ended_at) if over else _ends(row)
    if row.state == State.SETTLED:
        yield Step(_("Billed"), icon="ok", now=True)
    else:
        yield Step(_("Billed"), icon="half" if over else "ring", now=over)


def _ends(row: Reservation) -> Step:
    if row.rolls_on and not row.roll_refused:
        return Step(_("Runs on, paid"), row.during.upper, _("until"), icon="ring")
    return Step(_("Ends"), row.during.upper, icon="ring")


def _screened(row: Reservation) -> Step:
    if row.state in OPEN:
        return Step(_("Screening"), icon="half", now=True)
    return Step(_("Screened"), row.decision.decided_at if row.decision else None)


def _booked(row: Reservation, parts: Sequence[Assignment]) -> Step:
    if row.state in OPEN:
        return Step(_("Booked"), icon="ring")
    if row.state in SHORT:
        return Step(
            str(RESERVATION[row.state].word), row.hold_expires_at, _("until"), "half", now=True
        )
    word = _("Held") if row.state == State.EXPIRED else _("Booked")
    return Step(word, row.booked_at, now=row.state == State.CONFIRMED and not _is_on_its_way(parts))


def _running(row: Reservation, parts: Sequence[Assignment]) -> Step:
    begun = min((part.started_at for part in parts if part.started_at), default=None)
    if row.state == State.ACTIVE:
        return Step(_("Running"), begun, _("since"), "run", now=True)
    if row.state in (State.ENDED, State.SETTLED):
        return Step(_("Ran"), begun, _("from"))
    if row.state == State.PAYMENT_DUE:
        return Step(str(RESERVATION[row.state].word), row.pay_by, _("until"), "warn", now=True)
    if row.state == State.CONFIRMED and _is_on_its_way(parts):
        return Step(_("Getting ready"), row.during.lower, _("for"), "pull", now=True)
    return Step(_("Starts"), row.during.lower, icon="ring")


def _is_on_its_way(parts: Sequence[Assignment]) -> bool:
    return any(part.progress for part in parts)
