"""A workspace outlives its rental: a real agent with real files, and the real marketplace."""

import pytest

from agents.gateway.services import following
from agents.node.process import WORK, ProcessRuntime
from compliance import services as compliance
from compliance.models import ChipModel
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Keeping, Reservation
from marketplace.catalog.models import Offer
from tests import make
from tests.agents.gateway.signed import H100
from tests.make import HOUR

from .world import SECOND

pytestmark = pytest.mark.django_db
PRICE, KEEP = 2_400_000, 7_200
WRITES = ["sh", "-c", "echo ours > $HOME/file; exec sleep 1000"]
READS = ["sh", "-c", "cp $HOME/file $HOME/seen; exec sleep 1000"]


@pytest.fixture
def lab(turning, harbour):
    make.funded(harbour, 100_000_000)
    chip = compliance.chip_for(nvml_name=H100)
    offer = make.offer(keep_micro_per_gib_hour=KEEP, chip=chip)
    # two that claim the same name are none
    ChipModel.objects.exclude(pk=chip.pk).filter(nvml_names__contains=[H100]).update(nvml_names=[])
    turning.add_for(offer, runs=ProcessRuntime)
    for second in range(0, 20_000, 10):
        turning.at(second, lambda: sweep(turning.now()))
    turning.run(1)
    return turning


def sweep(at):
    """What the clocks of the marketplace do."""
    for row in Reservation.objects.filter(state="active", during__endswith__lte=at):
        brokerage.end_due(reservation=row, at=at)
    brokerage.tally_keepings(at=at)
    for row in brokerage.keepings_to_end(at=at).select_related("reservation__renter__party"):
        brokerage.end_keeping(keeping=row, at=at)
    following.follow(at=at)


def run(lab, seconds):
    lab.run(lab.seconds + seconds)


def begin(lab, renter, command, **facts):
    """A rental of ten minutes from now on, once it runs."""
    offer, at = Offer.objects.get(), lab.now()
    workload = {"command": command, "environment": {}}
    window = {"start": at, "end": at + 600 * SECOND}
    row = make.reservation(renter, offer, at=at, workload=workload, **window, **facts)
    run(lab, 120)
    row.refresh_from_db()
    assert row.state == "active", row.reason
    return row


def folder(lab, row):
    [node] = lab.nodes
    return node.folder / "leases" / str(row.assignments.get().public_id) / WORK


def test_it_is_kept_and_another_rental_goes_on_with_it(lab, harbour):
    first = begin(lab, harbour, WRITES)
    brokerage.keep(reservation=first, hours=2, by=None, key="one", at=lab.now())
    run(lab, 900)
    kept = Keeping.objects.get()
    assert (kept.state, kept.gib) == ("kept", 1)
    assert (folder(lab, first) / "file").read_text() == "ours\n"
    second = begin(lab, harbour, READS, resumes=kept)
    run(lab, 60)
    kept.refresh_from_db()
    assert (kept.state, kept.outcome) == ("ended", "resumed")
    assert kept.due_micro == KEEP * kept.answered_ms // 3_600_000 > 0
    assert kept.answered_ms == round((kept.ended_at - kept.kept_from).total_seconds() * 1000)
    assert (folder(lab, second) / "seen").read_text() == "ours\n"
    assert not folder(lab, first).exists()
    run(lab, 900)
    assert not folder(lab, second).exists(), "it may be kept again, and was not"


def test_it_is_wiped_when_its_time_is_over_also_while_the_marketplace_is_away(lab, harbour):
    row = begin(lab, harbour, WRITES)
    brokerage.keep(reservation=row, hours=1, by=None, key="one", at=lab.now())
    run(lab, 900)
    kept = Keeping.objects.get()
    assert folder(lab, row).exists()
    [node] = lab.nodes
    node.wire.down = True
    lab.run(int((kept.until - make.NOON).total_seconds()) - 5)
    assert folder(lab, row).exists()
    run(lab, 30)
    assert not folder(lab, row).exists()
    kept.refresh_from_db()
    assert (kept.state, kept.outcome) == ("ended", "expired")
    assert kept.until - kept.kept_from == HOUR


def test_what_its_renter_deletes_is_wiped_at_the_next_beat(lab, harbour, alice):
    row = begin(lab, harbour, WRITES)
    brokerage.keep(reservation=row, hours=1, by=None, key="one", at=lab.now())
    run(lab, 900)
    assert folder(lab, row).exists()
    brokerage.give_up_keeping(keeping=Keeping.objects.get(), by=alice, at=lab.now())
    run(lab, 90)
    assert not folder(lab, row).exists()


def test_control_what_nobody_asked_to_keep_is_wiped_at_the_end(lab, harbour):
    row = begin(lab, harbour, WRITES)
    assert folder(lab, row).exists()
    run(lab, 900)
    assert not folder(lab, row).exists()
