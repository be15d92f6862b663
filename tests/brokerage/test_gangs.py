"""GPUs across machines of one site: all of them or none, from the booking to the end."""

from datetime import timedelta

import pytest

from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Lease, Reservation
from marketplace.brokerage.placement import Together
from marketplace.ledger import services as ledger
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
SITE, FABRIC, MACHINE = Together.SITE, Together.FABRIC, Together.MACHINE


@pytest.fixture
def offers(market):
    """Three machines of two GPUs in one site on the same terms, two of them on one fabric."""
    first = make.offer(gpus=2)
    site = first.machine.site
    return [
        first,
        *(make.offer(machine=make.machine(gpus=2, site=site, fabric="ib0")) for _ in range(2)),
    ]


@pytest.fixture
def renter(harbour):
    make.funded(harbour)
    return harbour


def wallet(renter):
    return ledger.balance(account=brokerage.wallet_account(renter=renter, currency="USD"))


def used(row):
    """How many GPUs of which machine."""
    parts = row.assignments.order_by("machine").prefetch_related("leases")
    return {part.machine_id: part.leases.count() for part in parts}


def free(offer, together):
    return brokerage.free_together(
        offer=offer, start=NOON, end=NOON + HOUR, together=Together(together)
    )


def broker_one_by_one(row):
    brokerage.broker(reservation=row, at=NOON)


def broker_in_a_batch(row):
    assert brokerage.broker_open(at=NOON) == 1


both = pytest.mark.parametrize("take", [broker_one_by_one, broker_in_a_batch])


def ask(renter, offer, key="k", **facts):
    return brokerage.request(renter=renter, by=None, ask=make.ask(offer, **facts), key=key, at=NOON)


@both
def test_a_gang_spans_machines_and_costs_the_same_per_gpu(take, renter, offers):
    row = ask(renter, offers[0], gpus=5, together=SITE)
    take(row)
    row.refresh_from_db()
    assert row.state == "confirmed"
    assert sorted(used(row).values()) == [1, 2, 2]
    assert set(Lease.objects.values_list("state", flat=True)) == {"confirmed"}
    assert wallet(renter).held == 5 * 2_400_000


@both
def test_a_gang_on_one_fabric_leaves_the_machine_that_is_not_on_it(take, renter, offers):
    row = ask(renter, offers[0], gpus=4, together=FABRIC)
    take(row)
    assert used(row) == {offers[1].machine_id: 2, offers[2].machine_id: 2}


@both
def test_an_equal_machine_does_where_the_renter_said_so(take, renter, offers):
    make.reservation(renter, offers[0], gpus=1)
    row = ask(renter, offers[0], gpus=2, together=MACHINE)
    take(row)
    [[machine, count]] = used(row).items()
    assert (machine != offers[0].machine_id, count) == (True, 2)


def test_what_is_free_together_is_counted(renter, offers):
    counts = {how: free(offers[0], how) for how in Together}
    assert counts == {"offer": 2, "machine": 2, "fabric": 4, "site": 6}
    make.reservation(renter, offers[1], gpus=1)
    counts = {how: free(offers[0], how) for how in Together}
    assert counts == {"offer": 2, "machine": 2, "fabric": 3, "site": 5}


@pytest.mark.parametrize(
    "facts", [{"price_micro": 2_400_001}, {"currency": "EUR"}, {"state": "withdrawn"}]
)
def test_other_terms_are_no_equal(facts, renter, market):
    first = make.offer(gpus=2)
    make.offer(machine=make.machine(gpus=2, site=first.machine.site), **facts)
    assert free(first, SITE) == 2


@pytest.mark.parametrize("facts", [{"simulated": True}, {"state": "offline"}])
def test_other_machines_are_no_equal(facts, market):
    first = make.offer(gpus=2)
    make.offer(machine=make.machine(gpus=2, site=first.machine.site, **facts))
    make.offer(gpus=2)
    assert free(first, SITE) == 2


def test_a_gang_too_large_is_refused_at_once_and_nothing_moves(renter, offers):
    with pytest.raises(brokerage.NotEnoughGpus) as refused:
        ask(renter, offers[0], gpus=7, together=SITE)
    assert refused.value.free == 6
    assert not Reservation.objects.exists()


@both
def test_a_gang_that_no_longer_fits_takes_nothing(take, renter, offers):
    row = ask(renter, offers[0], gpus=6, together=SITE)
    make.reservation(renter, offers[2], gpus=1)
    held = wallet(renter).held
    take(row)
    row.refresh_from_db()
    assert (row.state, used(row), wallet(renter).held) == ("refused", {}, held)


def test_the_same_key_with_another_together_is_another_request(renter, offers):
    ask(renter, offers[0], together=SITE)
    with pytest.raises(Exception, match="key"):
        ask(renter, offers[0], together=FABRIC)


def report(part, state, at, **facts):
    said = make.observation(part, state, **facts)
    brokerage.observe(machine=part.machine, reports=[said], at=at)


def test_a_gang_whose_machine_cannot_start_ends_as_a_whole(renter, offers):
    row = make.reservation(renter, offers[0], gpus=4, together=FABRIC)
    one, other = row.assignments.order_by("pk")
    report(one, "running", NOON, started_at=NOON)
    later = NOON + timedelta(minutes=1)
    report(other, "failed", later, detail="no such image")
    row.refresh_from_db()
    assert (row.state, row.ended_at) == ("ended", later)
    assert row.reason == "one of its machines could not start it: no such image"
    states = Lease.objects.order_by("assignment", "pk").values_list("state", flat=True)
    assert list(states) == ["ended", "ended", "released", "released"]
    assert not brokerage.wanted(row.assignments.get(pk=one.pk))


def test_a_gang_ends_when_its_last_machine_does(renter, offers):
    row = make.reservation(renter, offers[0], gpus=4, together=FABRIC)
    parts = list(row.assignments.order_by("pk"))
    for part in parts:
        report(part, "running", NOON, started_at=NOON)
    ends = [NOON + timedelta(minutes=10), NOON + timedelta(minutes=20)]
    for part, end in zip(parts, ends, strict=True):
        row.refresh_from_db()
        assert row.state == "active"
        report(part, "stopped", end, stopped_at=end, exit_code=0)
    row.refresh_from_db()
    assert (row.state, row.ended_at) == ("ended", ends[1])


def test_cancelling_gives_every_machine_back(renter, offers):
    row = make.reservation(renter, offers[0], gpus=6, together=SITE, start=NOON + HOUR)
    brokerage.cancel(reservation=row, by=None, at=NOON)
    assert set(Lease.objects.values_list("state", flat=True)) == {"released"}
    assert wallet(renter).held == 0
