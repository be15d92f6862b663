"""New terms for a reservation: offered by its provider and accepted, or corrected by staff."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from marketplace.accounts.models import User
from marketplace.accounts.trail import trail
from marketplace.billing import rating
from marketplace.billing.models import RateSegment, TermsOffer
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Lease, Reservation
from marketplace.brokerage.states import State
from marketplace.catalog.pricing import due_micro, milliseconds

from . import statements
from .charging import charge
from .opening import open_rates
from .ordering import in_order
from .standing import rated

MAX_REASON = 300
BOOKED = (State.CONFIRMED, State.ACTIVE)
#: 1,000,000 an hour: above it a price is a slip of the hand, and sums stay within 64 bits
MAX_PRICE = 10**12


class BadTerms(ValueError):
    """Terms that cannot be offered, accepted or corrected like this; the text says why."""


def offer_terms(
    *, reservation: Reservation, price_micro: int, since: datetime, by: User, at: datetime
) -> TermsOffer:
    """Offer the renter another price per GPU-hour from `since` on. Raises BadTerms.

    Nothing changes until it is accepted, and it lapses at `since`.
    """
    _require_price(price_micro)
    if since <= at:
        raise BadTerms("new terms begin in the future; what has passed is not priced anew")
    with transaction.atomic():
        row = _locked(reservation)
        _require_booked(row)
        if not row.during.lower <= since < row.during.upper:
            raise BadTerms("the time lies outside the reservation")
        offer = TermsOffer.objects.create(
            reservation=row,
            price_micro_per_gpu_hour=price_micro,
            since=since,
            offered_by=by,
            offered_at=at,
            created_at=at,
        )
        trail(verb="offered terms", subject=offer, by=by, at=at)
    return offer


def accept_terms(*, offer: TermsOffer, by: User, at: datetime) -> RateSegment:
    """Let an offered price hold from the moment it names; accepted twice is accepted once.

    The hold is replaced by one that covers the dearest course under the new terms. Raises BadTerms
    and InsufficientFunds; then the terms stay as they were.
    """
    with transaction.atomic():
        row = _locked(offer.reservation)
        known = RateSegment.objects.filter(offer=offer).first()
        if known:
            return known
        _require_booked(row)
        if at >= offer.since:
            raise BadTerms("the offer has lapsed; ask the provider for another one")
        made = _follow(
            row,
            price_micro=offer.price_micro_per_gpu_hour,
            since=offer.since,
            reason="offered and accepted",
            by=by,
            at=at,
            offer=offer,
        )
        cover(row, at)
        trail(verb="accepted terms", subject=offer, by=by, at=at)
    return made


def correct_terms(
    *,
    reservation: Reservation,
    price_micro: int,
    since: datetime,
    reason: str,
    by: User,
    at: datetime,
) -> RateSegment:
    """Lower the price from `since` on, also in the past: the difference is given back at once.

    A higher price takes the renter's acceptance. Raises BadTerms.
    """
    with transaction.atomic():
        row = _locked(reservation)
        require_correction(reservation=row, price_micro=price_micro, since=since, reason=reason)
        at = in_order(reservation=row, at=at)
        made = _follow(
            row, price_micro=price_micro, since=since, reason=reason.strip(), by=by, at=at
        )
        charge(reservation=row, at=at)
        if row.state == State.SETTLED:
            statements.record(reservation=row, at=at)
        trail(verb="corrected terms", subject=made, by=by, at=at, reason=reason.strip())
    return made


def require_correction(
    *, reservation: Reservation, price_micro: int, since: datetime, reason: str
) -> None:
    """Raises BadTerms when correct_terms would."""
    _require_price(price_micro)
    if not 0 < len(reason.strip()) <= MAX_REASON:
        raise BadTerms(f"give the reason in 1 to {MAX_REASON} characters; it is kept for ever")
    if reservation.state not in (*BOOKED, State.ENDED, State.SETTLED):
        raise BadTerms(f"a reservation that is {reservation.state} has no terms to correct")
    if since >= reservation.during.upper:
        raise BadTerms("the time lies outside the reservation")
    agreed = (rate.list_micro_per_gpu_hour for rate in reservation.rates.all())
    least = min(agreed, default=reservation.price_micro_per_gpu_hour)
    if price_micro >= least:
        raise BadTerms(f"a correction is below every price agreed so far, the least is {least}")


def _require_price(price_micro: int) -> None:
    if not 0 < price_micro <= MAX_PRICE:
        raise BadTerms(f"a price lies between 1 and {MAX_PRICE} micro-units per GPU-hour")


def _require_booked(row: Reservation) -> None:
    if row.state not in BOOKED:
        raise BadTerms(f"a reservation that is {row.state} takes no new terms")


def _locked(of: Reservation) -> Reservation:
    rows = Reservation.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("renter").get(pk=of.pk)  # a joined hold would be that of before


def _open(row: Reservation, at: datetime) -> None:
    open_rates(leases=_leases(row), at=at)


def _leases(row: Reservation) -> list[int]:
    leases = Lease.objects.filter(assignment__reservation=row)
    return list(leases.values_list("pk", flat=True))


def _follow(
    row: Reservation,
    *,
    price_micro: int,
    since: datetime,
    reason: str,
    by: User,
    at: datetime,
    offer: TermsOffer | None = None,
) -> RateSegment:
    """The next version: another price, the same discount, fee and minimum."""
    _open(row, at)
    last = row.rates.get(version=row.rates.aggregate(last=Max("version"))["last"])
    return RateSegment.objects.create(
        reservation=row,
        version=last.version + 1,
        since=max(since, row.during.lower),
        list_micro_per_gpu_hour=price_micro,
        discount_bps=last.discount_bps,
        price_micro_per_gpu_hour=rating.discounted(
            price_micro=price_micro, discount_bps=last.discount_bps
        ),
        fee_bps=last.fee_bps,
        currency=last.currency,
        minimum_ms=last.minimum_ms,
        offer=offer,
        reason=reason,
        opened_by=by,
        opened_at=at,
        created_at=at,
    )


def cover(row: Reservation, at: datetime) -> None:
    """Hold what may still be due, if that is more than is held now."""
    lacking = lacking_micro(row, at)
    if lacking > 0:
        brokerage.hold_more(reservation=row, lacking_micro=lacking)


def lacking_micro(row: Reservation, at: datetime) -> int:
    """What may still be due and is not held, in micro-units; charges what is due by now."""
    charge(reservation=row, at=at)
    assert row.hold is not None  # noqa: S101  the database's constraint says so
    row.hold.refresh_from_db()
    return _most_micro(row) - _charged_micro(row) - row.hold.amount - row.due_micro


def _most_micro(row: Reservation) -> int:
    """What every GPU for the whole window costs, each stretch at its rate."""
    rates = list(row.rates.order_by("version"))
    most = 0
    for place, rate in enumerate(rates):
        until = min((later.since for later in rates[place + 1 :]), default=row.during.upper)
        stretch = milliseconds(max(until, rate.since) - rate.since)
        most += row.gpu_count * due_micro(rate.price_micro_per_gpu_hour, stretch)
    return most


def _charged_micro(row: Reservation) -> int:
    return sum(one.at.charged_micro for one in rated(leases=_leases(row)))
