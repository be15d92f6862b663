"""Sixteen workers and a thousand mixed requests on 64 GPUs; and single overlaps of every kind."""

import random
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Count

from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Lease, Reservation
from marketplace.brokerage.placement import Together
from marketplace.brokerage.services import batching, brokering
from marketplace.brokerage.states import LIVE, SET_ASIDE
from marketplace.core.states import IllegalMove, LostRace
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Hold
from tests import make
from tests.make import HOUR, NOON
from tests.race import together

pytestmark = pytest.mark.django_db(transaction=True)
GUARD = next(c for c in Lease._meta.constraints if c.name == "lease_gpu_sold_once")
WORKERS, REQUESTS, RENTERS = 16, 1000, 20
BASE = (NOON + 4 * HOUR, NOON + 8 * HOUR)
OVERLAPS = {
    "left": (2, 5),
    "right": (7, 10),
    "inside": (5, 7),
    "enclosing": (2, 10),
    "identical": (4, 8),
}


@pytest.fixture
def unguarded():
    with connection.schema_editor() as editor:
        editor.remove_constraint(Lease, GUARD)
    yield
    Lease.objects.all().delete()
    with connection.schema_editor() as editor:
        editor.add_constraint(Lease, GUARD)


def requested(renter, offer, key, **facts):
    ask = make.ask(offer, **facts)
    return brokerage.request(renter=renter, by=None, ask=ask, key=key, at=NOON)


def pair(window):
    """Two open requests for the only GPU, both made while it was free."""
    offer = make.offer()
    spans = [(BASE[0], 4), (NOON + window[0] * HOUR, window[1] - window[0])]
    for place, (start, hours) in enumerate(spans):
        renter = make.organisation(f"R{place}")
        make.funded(renter)
        yield requested(renter, offer, "k", start=start, hours=hours)


def at_once(rows):
    calls = [
        lambda pk=row.pk: brokerage.broker(reservation=Reservation.objects.get(pk=pk), at=NOON)
        for row in rows
    ]
    assert together(*calls) == [None] * len(rows)


@pytest.mark.parametrize("kind", OVERLAPS)
def test_windows_that_overlap_are_booked_once(kind, market):
    at_once(list(pair(OVERLAPS[kind])))
    states = sorted(Reservation.objects.values_list("state", flat=True))
    assert states == ["confirmed", "refused"]
    assert Lease.objects.count() == Hold.objects.count() == 1


@pytest.mark.parametrize("window", [(2, 4), (8, 10)])
def test_windows_that_only_touch_are_both_booked(window, market):
    at_once(list(pair(window)))
    assert set(Reservation.objects.values_list("state", flat=True)) == {"confirmed"}


@pytest.mark.parametrize("kind", OVERLAPS)
def test_control_without_the_constraint_they_are_both_booked(kind, market, unguarded, monkeypatch):
    """If this stops overselling, the overlaps above prove nothing."""
    rows = list(pair(OVERLAPS[kind]))
    monkeypatch.setattr(brokering, "Board", blind)
    at_once(rows)
    assert set(Reservation.objects.values_list("state", flat=True)) == {"confirmed"}
    assert len(brokerage.sold_twice()) == 1


real_board = brokering.Board


def blind(asked):
    """A look from before anybody was booked."""
    board = real_board(asked)
    for one in asked:
        for host in board.hosts(one):
            host.leases.clear()
    return board


def site():
    """Eight machines of eight GPUs on the same terms, four on a fabric."""
    first = make.offer(gpus=8)
    of = first.machine.site
    fabrics = ["", "", "", "ib0", "ib0", "ib0", "ib0"]
    return [first] + [
        make.offer(machine=make.machine(gpus=8, site=of, fabric=fabric)) for fabric in fabrics
    ]


def mixed(offers, renters, dice):
    """Crossing gangs of every kind, in windows that cross, some of them only held."""
    rows = []
    for number in range(REQUESTS):
        facts = {
            "gpus": dice.choice((1, 1, 1, 2, 4, 8)),
            "together": dice.choice(list(Together)),
            "start": NOON + dice.randrange(48) * HOUR / 2,
            "hours": dice.randint(1, 6),
            "auto_confirm": dice.random() < 0.7,
        }
        if facts["together"] in ("fabric", "site"):
            facts["gpus"] *= dice.choice((1, 2, 3))
        rows.append(requested(dice.choice(renters), dice.choice(offers), f"k{number}", **facts))
    return rows


def act(row, dice):
    """What renters, nodes and the clock do to a reservation, at random."""
    first = dice.random() < 0.5
    if row.state == "held" and first:
        brokerage.confirm(reservation=row, at=NOON)
    elif row.state == "held":
        brokerage.expire(reservation=row, at=NOON + HOUR)
    elif row.state == "confirmed" and first:
        start = row.during.lower
        for part in row.assignments.all():
            report = make.observation(part, "running", started_at=start)
            brokerage.observe(machine=part.machine, reports=[report], at=start)
    elif row.state == "active":
        brokerage.stop(reservation=row, by=None, at=row.during.lower + HOUR / 2)
    else:  # refused by the table of moves once it is over
        brokerage.cancel(reservation=row, by=None, at=NOON)


def worker(rows, seed):
    """Brokers what is open, again and again, and acts on reservations in between."""
    dice = random.Random(seed)  # noqa: S311  a race repeats itself

    def run():
        for pk in dice.sample(rows, len(rows) // 8):
            brokerage.broker_open(at=NOON)
            row = Reservation.objects.select_related("renter__party", "decision").get(pk=pk)
            try:
                act(row, dice)
            except (IllegalMove, LostRace):
                continue

    return run


def held_money():
    sums = {}
    for row in Reservation.objects.filter(state__in=SET_ASIDE):
        sums[row.renter_id] = sums.get(row.renter_id, 0) + brokerage.cost_micro(row)
    return sums


def test_sixteen_workers_and_a_thousand_mixed_requests(market, monkeypatch):
    monkeypatch.setattr("marketplace.core.hints._send", lambda task, ids: None)
    monkeypatch.setattr(batching, "BATCH", 20)
    renters = [make.organisation(f"R{number}") for number in range(RENTERS)]
    for renter in renters:
        make.funded(renter, 10**9)
    rows = [row.pk for row in mixed(site(), renters, random.Random(7))]  # noqa: S311
    assert Reservation.objects.count() == REQUESTS
    outcome = together(*(worker(rows, seed) for seed in range(WORKERS)), seconds=300)
    assert outcome == [None] * WORKERS
    brokerage.broker_open(at=NOON + timedelta(minutes=5))

    assert not Reservation.objects.open().exists(), "every request is decided"
    assert brokerage.sold_twice() == []
    assert brokerage.illegal() == []
    assert ledger.verify() == []
    found = dict(Reservation.objects.values_list("state").annotate(n=Count("pk")))
    assert set(found) >= {"confirmed", "refused", "cancelled", "ended", "expired"}
    of_active = {
        renter.pk: ledger.balance(
            account=brokerage.wallet_account(renter=renter, currency="USD")
        ).held
        for renter in renters
    }
    ended = Reservation.objects.filter(state="ended")
    expected = held_money()
    for row in ended:  # nothing was charged here, so their holds stand until they are settled
        expected[row.renter_id] = expected.get(row.renter_id, 0) + brokerage.cost_micro(row)
    assert of_active == {renter.pk: expected.get(renter.pk, 0) for renter in renters}
    live = Lease.objects.filter(state__in=LIVE)
    assert live.count() == sum(
        Reservation.objects.filter(state__in=SET_ASIDE).values_list("gpu_count", flat=True)
    )
