"""Pinned quotes: what was shown is what is rented, at the price that was shown."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import PINS, Lease, Reservation
from marketplace.brokerage.states import State
from marketplace.catalog import services as catalog
from marketplace.core.idempotency import KeyReused
from marketplace.core.states import IllegalMove
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Hold
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
PRICE = 2_400_000
RUN = {"command": ["sleep", "60"]}
PIN = timedelta(minutes=10)


@pytest.fixture
def offer(market):
    return make.offer(gpus=2)


def pin(renter, offer, key="p1", at=NOON, **facts):
    known = {"workload": {}, "start": NOON + HOUR}
    ask = make.ask(offer, **{**known, **facts})
    return brokerage.pin(renter=renter, by=None, ask=ask, key=key, at=at)


def available(renter):
    return ledger.balance(account=brokerage.wallet_account(renter=renter, currency="USD")).available


def test_a_quote_keeps_its_gpus_and_takes_no_money(harbour, offer):
    row = pin(harbour, offer, gpus=2)
    assert (row.state, row.hold_id) == (State.PINNED, None)
    assert row.hold_expires_at == NOON + PIN
    assert [lease.state for lease in Lease.objects.all()] == ["held", "held"]
    window = {"start": NOON + HOUR, "end": NOON + 2 * HOUR}
    assert brokerage.free_gpus(offer=offer, **window) == []
    assert brokerage.illegal() == []
    other = make.organisation("Other")
    make.funded(other)
    with pytest.raises(brokerage.NotEnoughGpus):
        make.reservation(other, offer, start=NOON + HOUR)


def test_it_is_booked_at_its_price_whatever_the_provider_asks_by_then(harbour, offer):
    make.funded(harbour, 10 * PRICE)
    row = pin(harbour, offer, gpus=2)
    dearer = catalog.list_offer(
        machine=offer.machine, chip=offer.chip, price_micro_per_gpu_hour=9 * PRICE, at=NOON
    )
    brokerage.confirm(reservation=row, workload=RUN, at=NOON + PIN / 2)
    row.refresh_from_db()
    assert (row.state, row.price_micro_per_gpu_hour) == (State.CONFIRMED, PRICE)
    assert row.hold.amount == 2 * PRICE
    assert row.workload == {"command": ["sleep", "60"], "environment": {}}
    assert available(harbour) == 8 * PRICE
    assert set(Lease.objects.values_list("state", flat=True)) == {"confirmed"}
    assert brokerage.illegal() == []
    assert dearer.price_micro_per_gpu_hour == 9 * PRICE


def test_the_price_of_a_quote_cannot_be_written_over(harbour, offer):
    row = pin(harbour, offer)
    for change in ({"price_micro_per_gpu_hour": 1}, {"fee_bps": 0}, {"gpu_count": 2}):
        frozen = pytest.raises(ProgrammingError, match="terms of a reservation are frozen")
        with frozen, transaction.atomic():
            Reservation.objects.filter(pk=row.pk).update(**change)


def test_the_same_key_is_the_same_quote(harbour, offer):
    first = pin(harbour, offer)
    assert pin(harbour, offer).pk == first.pk
    with pytest.raises(KeyReused):
        pin(harbour, offer, gpus=2)
    assert Reservation.objects.count() == 1


def test_a_quote_runs_out_and_frees_its_gpus(harbour, offer):
    row = pin(harbour, offer, gpus=2)
    due = Reservation.objects.overdue(at=NOON + PIN)
    assert list(due) == [row]
    assert not Reservation.objects.overdue(at=NOON + PIN - timedelta(seconds=1)).exists()
    with pytest.raises(brokerage.HoldExpired):
        brokerage.confirm(reservation=row, workload=RUN, at=NOON + PIN)
    brokerage.expire(reservation=row, at=NOON + PIN)
    row.refresh_from_db()
    assert (row.state, row.reason) == (State.EXPIRED, "the quote was not booked in time")
    assert brokerage.free_together(
        offer=offer, start=NOON + HOUR, end=NOON + 2 * HOUR, together="offer"
    ) == 2  # fmt: skip
    assert not Hold.objects.exists()
    assert brokerage.illegal() == []


def test_it_runs_out_with_its_window_at_the_latest(harbour, offer, settings):
    settings.PIN_MINUTES = 60
    row = pin(harbour, offer, start=NOON, end=NOON + HOUR / 2)
    assert row.hold_expires_at == NOON + HOUR / 2


def test_without_money_it_stays_pinned(harbour, offer):
    make.funded(harbour, PRICE - 1)
    row = pin(harbour, offer)
    with pytest.raises(ledger.InsufficientFunds):
        brokerage.confirm(reservation=row, workload=RUN, at=NOON)
    row.refresh_from_db()
    assert (row.state, row.workload, row.hold_id) == (State.PINNED, {}, None)
    make.funded(harbour, 1)
    brokerage.confirm(reservation=row, workload=RUN, at=NOON)
    assert available(harbour) == 0


@pytest.mark.parametrize(
    ("pinned", "given", "said"),
    [
        ({}, None, "is missing"),
        ({}, {"command": []}, "command must be"),
        (RUN, {"command": ["true"]}, "was given when"),
    ],
)
def test_what_to_run_is_said_once(pinned, given, said, harbour, offer):
    make.funded(harbour)
    row = pin(harbour, offer, workload=pinned)
    with pytest.raises(brokerage.NothingToRun, match=said):
        brokerage.confirm(reservation=row, workload=given, at=NOON)
    row.refresh_from_db()
    assert (row.state, row.hold_id) == (State.PINNED, None)


def test_a_quote_is_screened_and_a_refusal_names_its_reason(market, offer):
    unknown = make.organisation("Unknown", party=make.party("Nobody Ltd", country=""))
    row = pin(unknown, offer)
    assert row.state == State.REFUSED
    assert row.reason
    assert not Lease.objects.exists()


def test_a_policy_that_changes_between_quote_and_booking_is_heeded(harbour, offer):
    wallet = make.funded(harbour)
    row = pin(harbour, offer)
    harbour.party.country = ""
    harbour.party.save()
    with pytest.raises(brokerage.NotCleared):
        brokerage.confirm(reservation=row, workload=RUN, at=NOON + PIN / 2)
    row.refresh_from_db()
    assert row.state == State.CANCELLED
    assert row.decision.outcome != "allow"
    assert ledger.balance(account=wallet).held == 0
    assert not Lease.objects.live().exists()


def test_no_more_are_pinned_than_there_are_slots(harbour, market):
    for number in range(PINS):
        assert pin(harbour, make.offer(), key=f"p{number}").state == State.PINNED
    with pytest.raises(brokerage.TooManyPins, match="5 quotes are pinned"):
        pin(harbour, make.offer(), key="one too many")
    assert Reservation.objects.count() == PINS
    assert pin(make.organisation("Other"), make.offer()).state == State.PINNED
    first = Reservation.objects.get(idempotency_key="p0")
    brokerage.cancel(reservation=first, by=None, at=NOON)
    assert pin(harbour, make.offer(), key="again").pin_slot == first.pin_slot


def test_the_database_counts_the_slots(harbour, offer):
    row = pin(harbour, offer)
    for wrong in ({"pin_slot": PINS + 1}, {"pin_slot": None}, {"hold_expires_at": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Reservation.objects.filter(pk=row.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        make.bare_reservation(harbour, offer, state="requested", pin_slot=row.pin_slot)


def test_who_lets_quotes_go_may_pin_no_more_for_an_hour(harbour, offer, settings):
    settings.PINS_UNUSED = 2
    for number in range(2):
        row = pin(harbour, offer, key=f"p{number}")
        brokerage.cancel(reservation=row, by=None, at=NOON)
    with pytest.raises(brokerage.TooManyPins, match="let go within an hour"):
        pin(harbour, offer, key="p2")
    row = pin(harbour, offer, key="p3", at=NOON + HOUR, start=NOON + 2 * HOUR)
    assert row.state == State.PINNED


def test_a_quote_is_of_so_many_gpus_at_most(harbour, offer, settings):
    settings.PIN_GPUS = 1
    with pytest.raises(brokerage.BadAsk, match="at most 1 in a quote"):
        pin(harbour, offer, gpus=2)
    assert not Reservation.objects.exists()


def test_a_worker_that_finds_a_quote_half_done_pins_it(harbour, offer, monkeypatch):
    monkeypatch.setattr("marketplace.brokerage.services.pinning.broker", lambda **_: None)
    row = pin(harbour, offer)
    assert row.state == State.REQUESTED
    brokerage.broker_open(at=NOON)
    row.refresh_from_db()
    assert (row.state, row.hold_id) == (State.PINNED, None)


def test_a_booked_quote_is_not_booked_again(harbour, offer):
    make.funded(harbour)
    row = pin(harbour, offer, workload=RUN)
    brokerage.confirm(reservation=row, at=NOON)
    with pytest.raises(IllegalMove):
        brokerage.confirm(reservation=row, at=NOON)
    assert Hold.objects.count() == 1
