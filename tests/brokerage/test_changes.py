"""Longer, shorter, given up: exact money, the calendar, and refusals that move nothing."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction

from compliance import services as compliance
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Lease, Reservation, WindowChange
from marketplace.catalog import services as catalog
from marketplace.catalog.states import MachineState
from marketplace.core.idempotency import KeyReused
from marketplace.core.models import AuditEvent
from marketplace.core.states import IllegalMove, LostRace
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Kind
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
PRICE = 2_400_000
START = NOON + 48 * HOUR
#: half of the next 24 hours, a tenth of the week after
STEPS = [[24, 5000], [192, 1000]]


@pytest.fixture
def offer(market):
    schedule = catalog.publish_schedule(code="test", title="Test", steps=STEPS, since=NOON, at=NOON)
    return make.offer(gpus=2, schedule=schedule)


@pytest.fixture
def row(harbour, offer):
    """Two GPUs for 4 hours from START."""
    make.funded(harbour, 100 * PRICE)
    return make.reservation(harbour, offer, gpus=2, start=START, hours=4)


def wallet(renter):
    return ledger.balance(account=brokerage.wallet_account(renter=renter, currency="USD"))


def earned(of):
    kinds = (Kind.PROVIDER_PENDING, of.machine.site.operator.public_id), (Kind.PLATFORM_FEE, None)
    return [
        ledger.net_micro(account=ledger.account(kind=kind, owner=owner, currency="USD"))
        for kind, owner in kinds
    ]


def everything(row):
    """All that a refusal must leave alone."""
    row = Reservation.objects.get(pk=row.pk)
    leases = Lease.objects.order_by("pk").values_list("pk", "during", "state")
    balance = wallet(row.renter)
    money = balance.posted, balance.held, row.hold.amount
    parts = row.assignments.values_list("generation")
    return row.state, row.during, list(leases), money, list(parts), WindowChange.objects.count()


def extend(row, hours, *, key="k", at=NOON):
    until = row.during.upper + hours * HOUR
    return brokerage.extend(reservation=row, until=until, key=key, by=None, at=at)


def shorten(row, hours, *, key="k", at=NOON, **facts):
    until = row.during.upper - hours * HOUR
    return brokerage.shorten(reservation=row, until=until, key=key, by=None, at=at, **facts)


def again(row):
    return Reservation.objects.select_related("hold", "renter__party").get(pk=row.pk)


def test_longer_on_the_same_gpus_at_the_same_price(row, harbour):
    before = row.decision_id
    catalog.list_offer(
        machine=row.offer.machine, chip=row.offer.chip, price_micro_per_gpu_hour=1, at=NOON
    )
    change = extend(row, 2)
    row = again(row)
    assert row.during.upper == START + 6 * HOUR == change.until
    assert {lease.during for lease in Lease.objects.all()} == {row.during}
    assert row.hold.amount == row.hold.placed == 2 * 6 * PRICE
    assert wallet(harbour).held == 2 * 6 * PRICE
    assert (change.fee_micro, change.decision_id) == (0, row.decision_id)
    assert row.decision_id != before
    assert row.assignments.get().generation == 2
    assert brokerage.illegal() == []
    assert AuditEvent.objects.filter(verb="extended").count() == 1


def test_the_same_key_changes_once(row, harbour):
    first = extend(row, 2)
    at = everything(row)
    same = brokerage.extend(reservation=again(row), until=first.until, key="k", by=None, at=NOON)
    assert same.pk == first.pk
    assert everything(row) == at
    with pytest.raises(KeyReused):
        extend(again(row), 3)
    with pytest.raises(KeyReused):
        shorten(again(row), 1)


def test_what_is_booked_by_others_is_in_the_way(row, offer):
    other = make.organisation("Other")
    make.funded(other)
    make.reservation(other, offer, start=START + 5 * HOUR)
    at = everything(row)
    with pytest.raises(brokerage.WindowTaken):
        extend(row, 2)
    assert everything(row) == at
    assert extend(row, 1).until == START + 5 * HOUR


def test_an_extension_is_screened_for_the_whole_window(row, harbour):
    harbour.party.country = ""
    harbour.party.save()
    at = everything(row)
    with pytest.raises(brokerage.NotCleared):
        extend(again(row), 2)
    assert everything(row) == at


def test_an_extension_that_cannot_be_paid_changes_nothing(harbour, offer):
    make.funded(harbour, 8 * PRICE)
    row = make.reservation(harbour, offer, gpus=2, start=START, hours=4)
    at = everything(row)
    with pytest.raises(ledger.InsufficientFunds):
        extend(row, 1)
    assert everything(row) == at


@pytest.mark.parametrize(
    ("terms", "hours", "said"),
    [
        ({"max_window_s": 5 * 3600}, 2, "at most 5 hours"),
        ({"horizon_days": 3}, 24, "within 3 days"),
        ({}, 0, "later than it is"),
        ({}, -1, "later than it is"),
    ],
)
def test_an_extension_keeps_to_the_terms_it_was_booked_under(terms, hours, said, market, harbour):
    make.funded(harbour)
    row = make.reservation(harbour, make.offer(**terms), start=START, hours=4)
    at = everything(row)
    with pytest.raises(brokerage.BadAsk, match=said):
        extend(row, hours)
    assert everything(row) == at


def test_a_window_that_is_over_is_not_made_longer(row):
    make.started(row, at=START)
    with pytest.raises(brokerage.BadAsk, match="is over"):
        extend(again(row), 1, at=START + 4 * HOUR)


def test_an_extension_that_was_faster_than_the_end_stands(row):
    make.started(row, at=START)
    stale, end = again(row), row.during.upper
    make.fresh_list(at=end - HOUR)
    extend(again(row), 1, at=end - timedelta(seconds=1))
    brokerage.end_due(reservation=stale, at=end)
    assert again(row).state == "active"
    brokerage.end_due(reservation=again(row), at=end + HOUR)
    assert again(row).state == "ended"


def test_shorter_gives_time_and_money_back_less_the_fee(row, harbour, offer):
    other = make.organisation("Other")
    make.funded(other)
    change = shorten(row, 2)
    # 50 h ahead: a tenth of two hours of two GPUs
    assert change.fee_micro == 2 * 2 * PRICE // 10 == 960_000
    row = again(row)
    assert row.during.upper == START + 2 * HOUR
    assert row.hold.amount == row.hold.placed == 2 * 2 * PRICE
    assert wallet(harbour).posted == 100 * PRICE - 960_000
    assert wallet(harbour).held == 4 * PRICE
    assert earned(offer) == [816_000, 144_000]
    assert brokerage.illegal() == []
    assert ledger.verify() == []
    sold_on = make.reservation(other, offer, gpus=2, start=START + 2 * HOUR, hours=2)
    assert sold_on.state == "confirmed"
    assert brokerage.sold_twice() == []


def test_a_running_one_is_shortened_at_the_price_of_the_next_hours(row, harbour, offer):
    make.started(row, at=START)
    change = shorten(again(row), 1, at=START + HOUR)
    assert change.fee_micro == 2 * PRICE // 2
    assert again(row).hold.amount == 2 * 3 * PRICE
    assert brokerage.illegal() == []


def test_a_fee_above_what_was_shown_is_not_taken(row):
    at = everything(row)
    with pytest.raises(brokerage.FeeChanged) as refused:
        shorten(row, 2, agreed_fee_micro=959_999)
    assert refused.value.fee_micro == 960_000
    assert everything(row) == at
    with pytest.raises(brokerage.FeeChanged):
        brokerage.cancel(reservation=row, by=None, at=NOON, agreed_fee_micro=0)
    assert everything(row) == at
    shorten(row, 2, agreed_fee_micro=960_000)


@pytest.mark.parametrize(
    ("hours", "at", "said"),
    [
        (0, NOON, "sooner than it is"),
        (4, NOON, "at least 300 s"),
        (2, START + 2 * HOUR, "must lie ahead"),
    ],
)
def test_what_is_no_shorter_window_is_refused(hours, at, said, row):
    before = everything(row)
    with pytest.raises(brokerage.BadAsk, match=said):
        shorten(row, hours, at=at)
    assert everything(row) == before


def test_a_minimum_that_is_billed_is_not_given_up(row, settings):
    settings.MINIMUM_BILLED_SECONDS = 3 * 3600
    with pytest.raises(brokerage.BadAsk, match="10800 s after the start"):
        shorten(row, 2)


def test_cancelling_costs_what_was_shown(row, harbour, offer):
    shown = brokerage.consequence(reservation=row, until=START, at=NOON)
    # all of it lies 48 to 52 hours ahead: a tenth
    assert (shown.fee_micro, shown.back_micro) == (1_920_000, 8 * PRICE - 1_920_000)
    brokerage.cancel(reservation=row, by=None, at=NOON, key="c", agreed_fee_micro=1_920_000)
    row = again(row)
    assert (row.state, row.hold.amount) == ("cancelled", 0)
    assert wallet(harbour).posted == 100 * PRICE - 1_920_000
    assert wallet(harbour).held == 0
    assert earned(offer) == [1_632_000, 288_000]
    assert brokerage.illegal() == []
    brokerage.cancel(reservation=row, by=None, at=NOON, key="c")
    with pytest.raises(IllegalMove):
        brokerage.cancel(reservation=row, by=None, at=NOON, key="d")
    assert wallet(harbour).posted == 100 * PRICE - 1_920_000


@pytest.mark.parametrize(
    ("before", "shares"), [(12, 8 * 5000), (22, 2 * (2 * 5000 + 2 * 1000)), (192, 0)]
)
def test_the_later_it_is_cancelled_the_more_it_costs(before, shares, row, harbour):
    at = START - before * HOUR
    brokerage.cancel(reservation=row, by=None, at=at)
    assert wallet(harbour).posted == 100 * PRICE - PRICE * shares // 10_000


def test_what_is_only_held_is_cancelled_for_nothing(harbour, offer):
    make.funded(harbour, 8 * PRICE)
    row = make.reservation(harbour, offer, start=NOON + HOUR, auto_confirm=False)
    brokerage.cancel(reservation=row, by=None, at=NOON)
    assert wallet(harbour).available == 8 * PRICE
    assert not WindowChange.objects.exists()


@pytest.mark.parametrize("failure", ["down", "late"])
def test_where_the_provider_fails_it_costs_nothing(failure, row, harbour):
    at = START + HOUR
    if failure == "down":
        machine = row.offer.machine
        machine.state, at = MachineState.OFFLINE, START - HOUR
        machine.save()
    brokerage.cancel(reservation=row, by=None, at=at)
    assert wallet(harbour).available == 100 * PRICE


def test_stopping_costs_the_rest_by_the_schedule(row, harbour, offer):
    make.started(row, at=START)
    brokerage.stop(reservation=again(row), by=None, at=START + HOUR, key="s")
    fee = 2 * 3 * PRICE // 2
    row = again(row)
    assert (row.state, row.hold.amount) == ("ended", 8 * PRICE - fee)
    assert sum(earned(offer)) == fee
    assert brokerage.illegal() == []
    brokerage.stop(reservation=row, by=None, at=START + HOUR, key="s")
    assert sum(earned(offer)) == fee


def test_time_billed_as_a_minimum_is_not_paid_twice(row, settings, offer):
    settings.MINIMUM_BILLED_SECONDS = 3 * 3600
    make.started(row, at=START)
    brokerage.stop(reservation=again(row), by=None, at=START + HOUR)
    assert sum(earned(offer)) == 2 * PRICE // 2


def test_a_settled_one_is_neither_longer_nor_shorter(row):
    brokerage.cancel(reservation=row, by=None, at=NOON)
    for change in (extend, shorten):
        with pytest.raises(IllegalMove):
            change(row, 1)
    with pytest.raises(IllegalMove):
        brokerage.consequence(reservation=row, until=START, at=NOON)


def test_one_that_changed_since_it_was_read_is_not_changed_blindly(row):
    stale = again(row)
    extend(row, 1)
    at = everything(row)
    with pytest.raises(LostRace):
        extend(stale, 2, key="other")
    assert everything(row) == at


@pytest.mark.parametrize("runs", [False, True])
def test_what_was_made_longer_since_it_was_read_is_given_up_whole(runs, row, harbour):
    at = START if runs else NOON
    if runs:
        make.started(row, at=START)
    stale = again(row)
    make.fresh_list(at=at)
    extend(again(row), 2, at=at)
    verb = brokerage.stop if runs else brokerage.cancel
    verb(reservation=stale, by=None, at=at)
    # all six hours: a tenth when they lie ahead, half of them from the start on
    fee = 2 * 6 * PRICE // (2 if runs else 10)
    held = 0 if not runs else 2 * 6 * PRICE - fee
    assert (wallet(harbour).posted, wallet(harbour).held) == (100 * PRICE - fee, held)
    assert brokerage.illegal() == []


def test_the_database_moves_no_window_without_a_change_on_record(row):
    longer = (row.during.lower, row.during.upper + HOUR)
    earlier = (row.during.lower - HOUR, row.during.upper)
    for window in (longer, earlier):
        with pytest.raises(ProgrammingError), transaction.atomic():
            Reservation.objects.filter(pk=row.pk).update(during=window)


def test_changes_are_evidence(row):
    change = extend(row, 1)
    at_once()
    for act in (lambda: WindowChange.objects.update(fee_micro=1), change.delete):
        with pytest.raises(ProgrammingError, match="its rows are evidence"), transaction.atomic():
            act()
    whole = pytest.raises(ProgrammingError, match="its rows are evidence")
    with whole, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE brokerage_windowchange CASCADE")


def test_a_licence_is_drawn_for_the_longer_window(market, harbour):
    licence = make.licence(harbour.party, gpu_hours=5)
    make.funded(harbour, 100 * PRICE)
    offer = make.offer(machine=make.machine(country="VN"))
    row = make.reservation(harbour, offer, start=START, hours=2)
    extend(row, 2)
    at_once()
    assert compliance.drawn_gpu_us(licence=licence) == 4 * HOUR // timedelta(microseconds=1)
    at = everything(row)
    with pytest.raises(brokerage.NotCleared):
        extend(again(row), 2, key="k2")
    assert everything(row) == at
    assert compliance.drawn_gpu_us(licence=licence) == 4 * HOUR // timedelta(microseconds=1)
    brokerage.cancel(reservation=again(row), by=None, at=NOON)
    at_once()
    assert compliance.drawn_gpu_us(licence=licence) == 0


def at_once():
    """Let the database judge what it would judge at the commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
