"""What goes wrong on fleets: no lease is lost or doubled, and billed seconds are exact."""

import random

import pytest

from agents.node import usage
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Lease, Reservation
from marketplace.metering import services as metering
from marketplace.metering.models import Segment
from tests import make
from tests.make import NOON

from .world import SECOND

pytestmark = pytest.mark.django_db
#: leases run in [BEGIN, END), in seconds after NOON; all is over at LATE
BEGIN, END, LATE = 30, 930, 1090
WHOLE = END - BEGIN


@pytest.fixture
def lab(turning, harbour):
    """Two nodes of two GPUs, each GPU leased for the same fifteen minutes."""
    make.funded(harbour, 100_000_000)
    for _ in range(2):
        offer = make.offer(gpus=2)
        turning.add_for(offer)
        book(harbour, offer)
    return turning


def book(renter, offer):
    begin, end = NOON + BEGIN * SECOND, NOON + END * SECOND
    make.reservation(renter, offer, gpus=2, start=begin, end=end)


def billed(lab):
    """Billed seconds of each node's two leases, in the order of nodes, once all is over."""
    lab.run(LATE)
    found = []
    for row in Reservation.objects.order_by("pk"):
        if row.state == "active":
            brokerage.end_due(reservation=row, at=lab.now())
        metering.seal(reservation=row, at=lab.now())
        rows = Lease.objects.filter(assignment__reservation=row).order_by("pk")
        found.append([metering.covered_ms(lease=lease) / 1000 for lease in rows])
    return found


def assert_each_ran_once(lab):
    """One container for each lease, gone after its end, and no usage in two places."""
    for node in lab.nodes:
        assert node.engine.containers == {}, "nothing is left"
        [container] = node.engine.removed.values()
        assert container.starts == 1
    assert set(Lease.objects.values_list("state", flat=True)) == {"ended"}
    for part in {lease.assignment for lease in Lease.objects.all()}:
        segments = Segment.objects.filter(assignment=part).order_by("start")
        assert list(segments.filter(forked=True)) == []
        assert [each.quarantine for each in segments if each.quarantine] == []
        assert segments.filter(final=True).count() == 1


def all_whole(lab):
    return billed(lab) == [[WHOLE, WHOLE]] * 2


def test_control_nothing_goes_wrong(lab):
    assert all_whole(lab)
    assert_each_ran_once(lab)
    refused = {status for node in lab.nodes for _, status in node.wire.posts if status != 200}
    assert refused == set()


@pytest.mark.fault(14)
def test_the_marketplace_is_down_for_ten_minutes(lab):
    def set_down(down):
        for node in lab.nodes:
            node.wire.down = down

    lab.at(150, lambda: set_down(True))
    lab.at(749, lambda: stored.append(Segment.objects.count()))
    lab.at(750, lambda: set_down(False))
    stored = []
    assert all_whole(lab)
    assert stored == [2 * (120 - BEGIN) // 30], "until the last beat before it"
    assert_each_ran_once(lab)


def test_it_is_down_when_leases_begin_and_end(lab):
    """Told ahead of it, a node starts and stops on time by itself."""

    def set_down(down):
        for node in lab.nodes:
            node.wire.down = down

    lab.at(20, lambda: set_down(True))
    lab.at(END - 1, lambda: running.extend(len(node.engine.containers) for node in lab.nodes))
    lab.at(END + 2, lambda: ended.extend(still_running(lab)))
    lab.at(END + 60, lambda: set_down(False))
    running, ended = [], []
    # observed to run only after the window: the server has the node's word for when it began
    lab.run(LATE)
    assert running == [1, 1]
    assert ended == []


def still_running(lab):
    return [
        each.sighting.assignment
        for node in lab.nodes
        for each in node.engine.containers.values()
        if each.sighting.exit_code is None
    ]


def test_an_agent_is_killed_in_the_middle_and_comes_back_soon(lab):
    node = lab.nodes[0]
    lab.at(400, node.kill)
    lab.at(445, node.start)
    assert all_whole(lab)
    assert_each_ran_once(lab)


def test_an_agent_is_killed_and_stays_away_too_long(lab):
    """Ninety seconds without a look are a gap: what nobody verified is not billed."""
    node = lab.nodes[0]
    lab.at(400, node.kill)
    lab.at(700, node.start)
    # the last slice before it ended at 390, the first look after it was at 700
    lost = 700 - 390
    assert billed(lab) == [[WHOLE - lost] * 2, [WHOLE] * 2]
    assert_each_ran_once(lab)


def test_an_agent_is_killed_and_its_lease_ends_while_it_is_away(lab):
    node = lab.nodes[0]
    lab.at(400, node.kill)
    lab.at(END + 100, node.start)
    assert billed(lab) == [[390 - BEGIN] * 2, [WHOLE] * 2]
    assert set(Lease.objects.values_list("state", flat=True)) == {"ended"}


def test_the_engine_is_restarted(lab):
    """What runs goes on and is watched through the kernel; containers/test_leases.py has the same
    with a real engine.
    """
    node = lab.nodes[0]

    def restart(down):
        node.engine.down = down

    lab.at(500, lambda: restart(True))
    lab.at(520, lambda: restart(False))
    assert all_whole(lab)
    assert_each_ran_once(lab)


@pytest.mark.parametrize("hours", [1, -1])
@pytest.mark.fault(11)
def test_a_clock_is_stepped_by_an_hour(lab, hours):
    node = lab.nodes[0]

    def step():
        node.wall_ahead = hours * 3600

    lab.at(500, step)
    # a new start reads that clock
    lab.at(600, node.kill)
    lab.at(610, node.start)
    assert all_whole(lab)
    assert_each_ran_once(lab)


@pytest.mark.fault(11)
def test_a_clock_is_an_hour_wrong_from_the_start(lab):
    """The node learns the marketplace's time from the refusal of its first request."""
    node = lab.nodes[0]
    node.kill()
    node.wall_ahead = 3600
    node.start()
    assert all_whole(lab)
    assert_each_ran_once(lab)
    assert [status for _, status in node.wire.posts].count(401) == 1


def test_uploads_come_twice_and_shuffled(lab, monkeypatch):
    """Answers are lost, so everything comes again; and each time in another order."""
    chance = random.Random(4)  # noqa: S311  repeatable, not secret
    monkeypatch.setattr(usage, "BATCH", 5)
    for node in lab.nodes:
        node.wire.lossy = 0.4

    def shuffled(original):
        def unsent(*, limit):
            found = original(limit=1000)
            if found is None:
                return None
            boot, segments = found
            return boot, chance.sample(segments, min(limit, len(segments)))

        return unsent

    for node in lab.nodes:
        spool = node.agent.spool
        spool.unsent = shuffled(spool.unsent)
    lab.at(END + 30, lambda: [setattr(node.wire, "lossy", 0.0) for node in lab.nodes])
    assert all_whole(lab)
    assert_each_ran_once(lab)
    sent = sum(path.endswith("usage") for node in lab.nodes for path, _ in node.wire.posts)
    rows = Segment.objects.count()
    assert rows == 2 * (WHOLE // 30 + 1), "each once, and the last one of no length"
    assert sent * 5 > 2 * rows, "the control: much came more than once"


def test_a_disk_is_full_for_a_while(lab):
    node = lab.nodes[0]
    lab.at(500, node.fill_disk)
    lab.at(800, node.free_disk)
    assert all_whole(lab)
    assert_each_ran_once(lab)


def test_a_disk_is_full_when_the_lease_ends(lab):
    node = lab.nodes[0]
    lab.at(END - 40, node.fill_disk)
    lab.at(END + 2, lambda: ended.extend(still_running(lab)))
    lab.at(END + 60, node.free_disk)
    ended = []
    assert all_whole(lab)
    assert ended == [], "a full disk delays notes, never a stop"
    assert_each_ran_once(lab)


def test_gpus_are_taken_from_a_running_lease(lab):
    """Billed to the last look that found them."""
    node = lab.nodes[0]

    def detach():
        node.engine.attached = False

    lab.at(500, detach)
    assert billed(lab) == [[499 - BEGIN] * 2, [WHOLE] * 2]
    assert Reservation.objects.order_by("pk")[0].reason.startswith("the workload ended")


def test_everything_at_once(lab):
    one, two = lab.nodes
    lab.at(200, lambda: setattr(one.wire, "down", True))
    lab.at(300, one.kill)
    lab.at(350, one.start)
    lab.at(400, two.fill_disk)
    lab.at(420, lambda: setattr(two, "wall_ahead", -3600))
    lab.at(500, two.free_disk)
    lab.at(600, lambda: setattr(one.wire, "down", False))
    lab.at(610, two.kill)
    lab.at(640, two.start)
    lab.at(640, lambda: setattr(two.wire, "lossy", 0.5))
    lab.at(END + 30, lambda: setattr(two.wire, "lossy", 0.0))
    assert all_whole(lab)
    assert_each_ran_once(lab)
