"""Sixteen workers and many mixed requests on 64 GPUs; and single overlaps of every kind."""

import itertools
import os
import random
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Count, DateTimeField, F, Func

from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Lease, MachineFailure, Reservation, WindowChange
from marketplace.brokerage.placement import Together
from marketplace.brokerage.services import batching, brokering
from marketplace.brokerage.states import LIVE, PAID, SET_ASIDE
from marketplace.catalog.models import Machine
from marketplace.catalog.states import MachineState
from marketplace.core.states import IllegalMove, LostRace
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Hold
from tests import make
from tests.make import HOUR, NOON
from tests.race import together

pytestmark = pytest.mark.django_db(transaction=True)
GUARD = next(c for c in Lease._meta.constraints if c.name == "lease_gpu_sold_once")
WORKERS, RENTERS = 16, 20
#: a thousand in `make soak`
REQUESTS = int(os.environ.get("RACE_REQUESTS", "300"))
FLOOR = 800_000
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
    """Eight machines of eight GPUs on the same terms, four on a fabric; all of them take bids."""
    first = make.offer(gpus=8, spot_floor_micro=FLOOR)
    of = first.machine.site
    fabrics = ["", "", "", "ib0", "ib0", "ib0", "ib0"]
    machines = [make.machine(gpus=8, site=of, fabric=fabric) for fabric in fabrics]
    return [first] + [make.offer(machine=one, spot_floor_micro=FLOOR) for one in machines]


def on_bids(offers, renters):
    """Half of all GPUs run on the lowest bids, for longer than anybody asks for."""
    for renter, offer in zip(renters, offers, strict=False):
        facts = {"gpus": 4, "hours": 48, "spot_bid_micro": FLOOR, "key": "spot"}
        make.started(make.reservation(renter, offer, **facts))


def mixed(offers, renters, dice):
    """Crossing gangs of every kind, in windows that cross, some only held, some on a bid."""
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
        if number % 8 == 7:
            facts |= {"together": Together.OFFER, "gpus": dice.choice((1, 2)), "start": NOON}
            facts |= {"auto_confirm": True, "spot_bid_micro": FLOOR + dice.randrange(10) * 100_000}
        rows.append(requested(dice.choice(renters), dice.choice(offers), f"k{number}", **facts))
    return rows


_keys = itertools.count(1)
REFUSED = (
    IllegalMove,
    LostRace,
    brokerage.BadAsk,
    brokerage.NotEnoughGpus,
    brokerage.TooManyPins,
    brokerage.WindowTaken,
)


def act(row, dice):
    """What renters, nodes and the clock do to a reservation, at random."""
    first = dice.random() < 0.5
    if row.state == "held" and first:
        brokerage.confirm(reservation=row, at=NOON)
    elif row.state in ("held", "pinned"):
        brokerage.expire(reservation=row, at=NOON + HOUR)
    elif row.state in ("confirmed", "active") and dice.random() < 0.6:
        move_end(row, dice)
    elif row.state == "confirmed" and first:
        start(row)
    elif row.state == "active":
        # at its first moment: others go on booking at NOON, and time does not run backwards
        brokerage.stop(reservation=row, by=None, at=row.during.lower)
    else:  # refused by the table of moves once it is over
        brokerage.cancel(reservation=row, by=None, at=NOON)


def start(row):
    begin = row.during.lower
    for part in row.assignments.wanted():
        report = make.observation(part, "running", started_at=begin)
        brokerage.observe(machine=part.machine, reports=[report], at=begin)


def move_end(row, dice):
    """Longer or shorter by up to two hours."""
    facts = {"reservation": row, "key": f"m{next(_keys)}", "by": None, "at": NOON}
    steps = dice.randint(1, 4) * HOUR / 2
    if dice.random() < 0.5:
        brokerage.extend(until=row.during.upper + steps, **facts)
    else:
        brokerage.shorten(until=row.during.upper - steps, **facts)


def pin(row, dice):
    """A quote for what somebody else asked for as well, booked or left to run out."""
    ask = make.ask(row.offer, start=row.during.lower, workload={"command": ["true"]})
    quote = brokerage.pin(renter=row.renter, by=None, ask=ask, key=f"p{next(_keys)}", at=NOON)
    if quote.state == "pinned" and dice.random() < 0.5:
        brokerage.confirm(reservation=quote, at=NOON)
    elif quote.state == "pinned":
        brokerage.expire(reservation=quote, at=quote.hold_expires_at)


def lose(row):
    """Its machines fall silent; others stand in for them where there are any."""
    for part in row.assignments.wanted().select_related("machine", "reservation__offer__machine"):
        Machine.objects.filter(pk=part.machine_id).update(state=MachineState.OFFLINE)
        brokerage.replace(assignment=part, at=NOON)
        Machine.objects.filter(pk=part.machine_id).update(state=MachineState.ONLINE)


def worker(rows, seed):
    """Brokers what is open, again and again, and acts on reservations in between."""
    dice = random.Random(seed)  # noqa: S311  a race repeats itself

    def run():
        for pk in dice.sample(rows, len(rows) // 8):
            brokerage.broker_open(at=NOON)
            related = ("renter__party", "decision", "hold", "offer__machine__site", "offer__chip")
            row = Reservation.objects.select_related(*related).get(pk=pk)
            try:
                if dice.random() < 0.1:
                    pin(row, dice)
                elif row.state == "confirmed" and dice.random() < 0.1:
                    lose(row)
                else:
                    act(row, dice)
            except REFUSED:
                continue

    return run


def held_money():
    sums = {}
    for row in Reservation.objects.filter(state__in=PAID):
        sums[row.renter_id] = sums.get(row.renter_id, 0) + brokerage.cost_micro(row)
    return sums


def test_sixteen_workers_and_many_mixed_requests(market, monkeypatch):
    monkeypatch.setattr("marketplace.core.hints._send", lambda task, ids: None)
    monkeypatch.setattr(batching, "BATCH", 20)
    renters = [make.organisation(f"R{number}") for number in range(RENTERS)]
    for renter in renters:
        make.funded(renter, 10**9)
    offers = site()
    rows = [row.pk for row in mixed(offers, renters, random.Random(7))]  # noqa: S311
    assert Reservation.objects.count() == REQUESTS
    on_bids(offers, renters)
    outcome = together(*(worker(rows, seed) for seed in range(WORKERS)), seconds=REQUESTS)
    assert outcome == [None] * WORKERS
    brokerage.broker_open(at=NOON + timedelta(minutes=5))
    for row in Reservation.objects.overdue(at=NOON + HOUR):
        brokerage.expire(reservation=row, at=NOON + HOUR)

    assert not Reservation.objects.open().exists(), "every request is decided"
    assert brokerage.sold_twice() == []
    assert brokerage.illegal() == []
    assert ledger.verify() == []
    found = dict(Reservation.objects.values_list("state").annotate(n=Count("pk")))
    assert set(found) >= {"confirmed", "refused", "cancelled", "ended", "expired"}
    assert not {"requested", "cleared", "pinned", "held"} & set(found), "every one is final"
    kinds = set(WindowChange.objects.values_list("kind", flat=True))
    assert kinds == {"extended", "shortened", "cancelled", "stopped", "evicted"}
    evicted = WindowChange.objects.filter(kind="evicted")
    assert not evicted.exclude(reservation__evict_at=F("until")).exists()
    ends = Func(F("during"), function="upper", output_field=DateTimeField())
    late = Lease.objects.filter(state__in=LIVE, assignment__reservation__evict_at__lt=ends)
    assert not late.exists(), "who gave way has no GPU after that"
    assert MachineFailure.objects.filter(replaced_by__isnull=False).exists()
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
