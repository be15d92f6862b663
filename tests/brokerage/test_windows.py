"""What a provider asks of windows: length, notice, horizon, and cleaning between leases."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Lease, Reservation
from marketplace.brokerage.services.windows import words
from marketplace.brokerage.states import State
from marketplace.brokerage.taken import with_free
from marketplace.catalog.models import Offer
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("terms", "facts", "field", "said"),
    [
        ({"min_window_s": 7200}, {"hours": 1}, "end", "at least 2 hours after the start"),
        ({"max_window_s": 5400}, {"hours": 2}, "end", "at most 90 minutes after the start"),
        ({"notice_s": 86_400}, {}, "start", "at least 1 day from now"),
        ({"horizon_days": 3}, {"start": NOON + 72 * HOUR}, "end", "within 3 days"),
    ],
)
def test_a_window_outside_the_providers_terms_is_refused(
    terms, facts, field, said, market, harbour
):
    make.funded(harbour)
    offer = make.offer(**terms)
    with pytest.raises(brokerage.BadAsk, match=said) as refused:
        make.reservation(harbour, offer, **facts)
    assert refused.value.field == field
    assert not Reservation.objects.exists()


def test_a_window_on_the_edge_of_every_term_is_booked(market, harbour):
    make.funded(harbour)
    offer = make.offer(
        min_window_s=3600, max_window_s=3600, notice_s=86_400, horizon_days=2, cleaning_s=60
    )
    row = make.reservation(harbour, offer, start=NOON + 24 * HOUR)
    assert row.state == State.CONFIRMED


@pytest.mark.parametrize(("gap", "state"), [(29, "refused"), (30, "confirmed")])
@pytest.mark.parametrize("first", [True, False], ids=["after", "before"])
def test_between_leases_a_gpu_is_left_to_be_cleaned(gap, state, first, market, harbour):
    make.funded(harbour)
    offer = make.offer(cleaning_s=1800)
    starts = [NOON + 2 * HOUR, NOON + 3 * HOUR + timedelta(minutes=gap)]
    order = starts if first else starts[::-1]
    assert make.reservation(harbour, offer, start=order[0]).state == "confirmed"
    window = {"start": order[1], "end": order[1] + HOUR}
    free = int(state == "confirmed")
    assert len(brokerage.free_gpus(offer=offer, **window)) == free
    assert brokerage.offers(**window).get(pk=offer.pk).free == free
    assert with_free(Offer.objects.listed(), **window).get(pk=offer.pk).free == free
    if free:
        assert make.reservation(harbour, offer, start=order[1]).state == "confirmed"
    else:
        with pytest.raises(brokerage.NotEnoughGpus):
            make.reservation(harbour, offer, start=order[1])
    assert Lease.objects.count() == 1 + free


def test_the_database_keeps_the_cleaning_free(market, harbour):
    make.funded(harbour)
    row = make.reservation(harbour, make.offer(cleaning_s=60))
    lease = row.assignments.get().leases.get()
    other = make.bare_reservation(harbour, row.offer)
    part = other.assignments.create(machine=row.offer.machine)
    end = NOON + HOUR
    facts = {"assignment": part, "gpu": lease.gpu}
    with pytest.raises(IntegrityError, match="lease_gpu_sold_once"), transaction.atomic():
        Lease.objects.create(**facts, during=(end + timedelta(seconds=59), end + HOUR))
    Lease.objects.create(**facts, during=(end + timedelta(seconds=60), end + HOUR))


def test_the_calendar_shows_the_cleaning_as_taken(market, harbour):
    make.funded(harbour)
    offer = make.offer(cleaning_s=60)
    make.reservation(harbour, offer, start=NOON + 2 * HOUR)
    table = brokerage.timetable(offers=[offer], start=NOON, hours=5)[offer.pk]
    assert table.free == (1, 0, 0, 0, 1)


def test_equals_of_a_gang_have_the_same_terms(market, harbour):
    make.funded(harbour)
    offer = make.offer(gpus=1)
    make.offer(machine=make.machine(gpus=1, site=offer.machine.site), cleaning_s=60)
    window = {"start": NOON, "end": NOON + HOUR}
    assert brokerage.free_together(offer=offer, together="site", **window) == 1
    make.offer(machine=make.machine(gpus=1, site=offer.machine.site))
    assert brokerage.free_together(offer=offer, together="site", **window) == 2


def test_an_offer_does_not_change(market):
    offer = make.offer()
    for change in ({"price_micro_per_gpu_hour": 1}, {"cleaning_s": 1}, {"notice_s": 1}):
        with pytest.raises(ProgrammingError, match="an offer is frozen"), transaction.atomic():
            Offer.objects.filter(pk=offer.pk).update(**change)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(86_400, "1 day"), (5400, "90 minutes"), (7200, "2 hours"), (61, "61 seconds")],
)
def test_lengths_are_said_in_words(seconds, said):
    assert words(timedelta(seconds=seconds)) == said
