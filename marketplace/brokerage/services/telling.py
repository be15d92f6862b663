"""What renters are told of their bookings and of their places in line, as the API says it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django.db.models import Prefetch

from marketplace.brokerage.models import Keeping, Notice, Reservation, Waiting
from marketplace.brokerage.states import State
from marketplace.catalog.models import Offer
from marketplace.catalog.pricing import window_micro
from marketplace.core.moments import iso
from marketplace.notices import services as notices

#: states whose reaching is told of
REACHED: Final = {
    State.CONFIRMED: "reservation.confirmed",
    State.ACTIVE: "reservation.started",
    State.ENDED: "reservation.ended",
    State.FAILED: "reservation.failed",
    State.REFUSED: "reservation.refused",
    State.EXPIRED: "reservation.expired",
    State.CANCELLED: "reservation.cancelled",
}
#: what the page of a booking says, as it is told
NOTICED: Final = {
    Notice.Kind.STARTS: "reservation.starting",
    Notice.Kind.ENDS: "reservation.ending",
    Notice.Kind.REPLACED: "reservation.machine_replaced",
    Notice.Kind.UNREACHABLE: "reservation.machine_unreachable",
    Notice.Kind.LOST: "reservation.machine_lost",
    Notice.Kind.SERVED: "waitlist.served",
    Notice.Kind.EVICTED: "reservation.evicted",
    Notice.Kind.PAYMENT_DUE: "reservation.payment_due",
    Notice.Kind.NOT_ROLLED: "reservation.not_rolled",
    Notice.Kind.KEPT: "workspace.kept",
    Notice.Kind.WIPES: "workspace.ending",
    Notice.Kind.KEPT_NO_MORE: "workspace.ended",
}
#: of these the keeping is told as well
OF_KEEPING: Final = (Notice.Kind.KEPT, Notice.Kind.WIPES, Notice.Kind.KEPT_NO_MORE)
#: why nothing of a workspace is left that was to be kept
NOT_KEPT: Final = "it was not kept when its rental ended"


def tell_reached(*, rows: Iterable[int], at: datetime) -> None:
    """Tell what these reservations (by primary key) have become, in two statements for all.

    For the transaction that moved them; each state is told once.
    """
    events = [
        notices.Event(
            kind=REACHED[State(row.state)],
            organisation=row.renter_id,
            key=str(row.public_id),
            facts=facts_of(row),
            person=row.requested_by_id,
        )
        for row in _read(rows)
        if row.state in REACHED and not _waits_again(row)
    ]
    notices.record(events=events, at=at)


def tell_noticed(*, noticed: Iterable[Notice], at: datetime) -> None:
    """Tell what was just noted of bookings; what was told before is not told again."""
    told = list(noticed)
    rows = {row.pk: row for row in _read(one.reservation_id for one in told)}
    events = [
        notices.Event(
            kind=NOTICED[Notice.Kind(one.kind)],
            organisation=rows[one.reservation_id].renter_id,
            key=f"{rows[one.reservation_id].public_id}:{one.about.isoformat()}:{one.lead_s}",
            facts={
                **facts_of(rows[one.reservation_id]),
                "about": _moment(one.about),
                **_besides(one, rows[one.reservation_id]),
            },
            person=rows[one.reservation_id].requested_by_id,
        )
        for one in told
    ]
    notices.record(events=events, at=at)


def _besides(notice: Notice, row: Reservation) -> dict[str, Any]:
    """Why it is told, in words, where the state does not say it; and of what."""
    if notice.kind == Notice.Kind.NOT_ROLLED:
        return {"why": row.get_roll_refused_display()}
    keeping = row.keepings.order_by("pk").last() if notice.kind in OF_KEEPING else None
    if keeping is None:
        return {}
    why = keeping.get_outcome_display() or NOT_KEPT
    told = {"keeping": facts_of_keeping(keeping, row)}
    return told | {"why": why} if notice.kind == Notice.Kind.KEPT_NO_MORE else told


def facts_of_keeping(keeping: Keeping, row: Reservation) -> dict[str, Any]:
    """A keeping as the API shows it."""
    return {
        "id": str(keeping.public_id),
        "reservation": str(row.public_id),
        "state": keeping.state,
        "outcome": keeping.outcome,
        "hours": keeping.hours,
        "gib": keeping.gib,
        "price_micro_per_gib_hour": keeping.price_micro_per_gib_hour,
        "currency": keeping.currency,
        "most_micro": keeping.most_micro,
        "so_far_micro": keeping.so_far_micro,
        "kept_from": _moment(keeping.kept_from),
        "until": _moment(keeping.until),
        "answered_ms": keeping.answered_ms,
        "ended_at": _moment(keeping.ended_at),
        "created_at": _moment(keeping.created_at),
    }


def tell_waiting(*, rows: Iterable[int], kind: str, at: datetime) -> None:
    """Tell that these requests in line (by primary key) are in line again, or lapsed."""
    waiting = Waiting.objects.filter(pk__in=list(rows)).select_related("chip").order_by("pk")
    events = [
        notices.Event(
            kind=kind,
            organisation=row.renter_id,
            key=f"{row.public_id}:{row.tries}",
            facts={
                "id": str(row.public_id),
                "state": row.state,
                "reason": row.reason,
                "chip": row.chip.name,
                "gpu_count": row.gpu_count,
            },
            person=row.requested_by_id,
        )
        for row in waiting
    ]
    notices.record(events=events, at=at)


def facts_of(row: Reservation) -> dict[str, Any]:
    """The reservation as the API shows it, without its terms and never its workload."""
    length = row.during.upper - row.during.lower
    return {
        "id": str(row.public_id),
        "state": row.state,
        "reason": row.reason,
        "offer": str(row.offer.public_id),
        "chip": row.offer.chip.name,
        "country": row.offer.machine.site.country,
        "gpu_count": row.gpu_count,
        "together": row.together,
        "start": _moment(row.during.lower),
        "end": _moment(row.during.upper),
        "auto_confirm": row.auto_confirm,
        "if_lost": row.if_lost,
        "price_micro_per_gpu_hour": row.price_micro_per_gpu_hour,
        "cost_micro": window_micro(row.price_micro_per_gpu_hour, row.gpu_count, length),
        "currency": row.currency,
        "due_micro": row.due_micro,
        "pay_by": _moment(row.pay_by),
        "interruptible": row.interruptible,
        "evict_at": _moment(row.evict_at),
        "rolling": row.rolling,
        "rolls_on": row.rolls_on,
        "roll_refused": row.roll_refused,
        "resumes": str(row.resumes.public_id) if row.resumes else None,
        "hold_expires_at": _moment(row.hold_expires_at),
        "ended_at": _moment(row.ended_at),
        "created_at": _moment(row.created_at),
    }


def _waits_again(row: Reservation) -> bool:
    """It was made for a request in line, of which is told what becomes of that."""
    return row.state == State.REFUSED and hasattr(row, "waited")


def _read(rows: Iterable[int]) -> Iterable[Reservation]:
    """As they stand now, in this transaction."""
    keys = list(rows)
    if not keys:
        return []
    # many name few offers, which are read once
    offers = Prefetch("offer", Offer.objects.select_related("chip", "machine__site"))
    found = Reservation.objects.filter(pk__in=keys).select_related("waited", "resumes")
    return found.prefetch_related(offers).order_by("pk")


def _moment(when: datetime | None) -> str | None:
    return iso(when) if when else None
