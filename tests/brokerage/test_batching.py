"""A batch comes to what its requests would have come to one by one."""

from datetime import timedelta

import pytest
from django.db import transaction

from compliance.models import Decision, LicenceDraw
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Lease, Reservation
from marketplace.brokerage.placement import Together
from marketplace.brokerage.services import batching, planning
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Hold
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db


def requested(renter, offer, key="", **facts):
    return brokerage.request(
        renter=renter,
        by=None,
        ask=make.ask(offer, **facts),
        key=key or f"{Reservation.objects.count()}",
        at=NOON,
    )


def told():
    rows = Reservation.objects.order_by("pk")
    return list(rows.values_list("state", "reason", "decision__outcome"))


def world(market):
    """Every outcome at once: booked, held, refused by a list, by a rule, by money, by time."""
    listed = market.source.entries.filter(kind="organisation").first().names.first().name
    offer, small = make.offer(gpus=2), make.offer(gpus=1)
    licensed = make.offer(machine=make.machine(country="VN"))
    rich, poor = make.organisation("Rich"), make.organisation("Poor")
    bad = make.organisation("Bad", party=make.party(listed))
    for one in (rich, bad):
        make.funded(one)
    make.funded(poor, 2_400_000)
    make.licence(rich.party, gpu_hours=1)
    for row in (
        (rich, offer),
        (rich, offer, {"auto_confirm": False}),
        (bad, small),
        (poor, small),
        (poor, small, {"start": NOON + 2 * HOUR}),
        (rich, small),
        (rich, licensed),
        (rich, licensed, {"start": NOON + HOUR}),
        (poor, licensed),
    ):
        requested(*row[:2], **(row[2] if len(row) > 2 else {}))


def outcome():
    leases = Lease.objects.order_by("gpu", "during")
    return {
        "told": told(),
        "leases": list(leases.values_list("gpu__index", "during", "state")),
        "holds": list(Hold.objects.order_by("pk").values_list("placed", "amount")),
        "drawn": list(LicenceDraw.objects.values_list("gpus", "gpu_us")),
        "booked": list(Reservation.objects.order_by("pk").values_list("booked_at", flat=True)),
        "expires": list(
            Reservation.objects.order_by("pk").values_list("hold_expires_at", flat=True)
        ),
        "decisions": Decision.objects.values("party", "during").distinct().count(),
    }


def test_a_batch_comes_to_the_same_as_one_by_one(market):
    found = []
    for together in (True, False):
        point = transaction.savepoint()
        world(market)
        if together:
            assert brokerage.broker_open(at=NOON) == 9
        else:
            for row in Reservation.objects.order_by("pk"):
                brokerage.broker(reservation=row, at=NOON)
        found.append(outcome())
        transaction.savepoint_rollback(point)
    assert found[0] == found[1]
    states = [state for state, _, _ in found[0]["told"]]
    assert states == [
        "confirmed",
        "held",
        "refused",
        "confirmed",
        "refused",
        "refused",
        "confirmed",
        "refused",
        "refused",
    ]


@pytest.mark.parametrize("together", [Together.OFFER, Together.SITE])
def test_a_batch_needs_no_more_statements_than_a_pair(
    market, together, django_assert_max_num_queries
):
    renter = make.organisation("Renter")
    make.funded(renter, 10**9)
    offer = make.offer(gpus=8)
    counts = []
    for size in (2, 40):
        for place in range(size):
            start = NOON + (place // 8 + 1) * HOUR * (1 if size == 2 else 3)
            requested(renter, offer, start=start + HOUR, together=together)
        with django_assert_max_num_queries(61) as counted:
            assert brokerage.broker_open(at=NOON) == size
        counts.append(len(counted.captured_queries))
    assert set(Reservation.objects.values_list("state", flat=True)) == {"confirmed"}
    # the first pair also keeps what its decisions name by hash
    assert counts[1] <= counts[0]


def test_a_batch_takes_no_more_than_it_is_told_and_all_are_brokered(market, monkeypatch):
    renter = make.organisation("Renter")
    make.funded(renter, 10**9)
    offer = make.offer(gpus=8)
    for _ in range(5):
        requested(renter, offer)
    sizes, together = [], batching._together
    monkeypatch.setattr(
        batching, "_together", lambda rows, *rest: (sizes.append(len(rows)), together(rows, *rest))
    )
    assert brokerage.broker_open(at=NOON, most=2) == 5
    assert sizes == [2, 2, 1]
    assert set(Reservation.objects.values_list("state", flat=True)) == {"confirmed"}


def test_what_another_broker_claimed_is_left_until_its_claim_runs_out(market, harbour):
    make.funded(harbour)
    row = requested(harbour, make.offer())
    claimed = Reservation.objects.filter(pk=row.pk)
    claimed.update(claimed_until=NOON + batching.CLAIM)
    assert brokerage.broker_open(at=NOON) == 0
    assert told() == [("requested", "", None)]
    assert brokerage.broker_open(at=NOON + batching.CLAIM) == 1
    assert claimed.get().state == "confirmed"


def test_a_batch_that_loses_a_gpu_is_brokered_one_by_one(market, harbour, monkeypatch):
    """While it planned, somebody took what the first had in mind; the second still gets its own."""
    make.funded(harbour)
    taken, other = make.offer(), make.offer()
    rows = [requested(harbour, offer) for offer in (taken, other)]
    thief = requested(harbour, taken, start=NOON)
    Reservation.objects.filter(pk=thief.pk).update(claimed_until=NOON + HOUR)
    look = planning.Board

    def look_then_lose(asked):
        seen = look(asked)
        brokerage.broker(reservation=Reservation.objects.get(pk=thief.pk), at=NOON)
        return seen

    monkeypatch.setattr(planning, "Board", look_then_lose)
    assert brokerage.broker_open(at=NOON) == 2
    assert [row.state for row in Reservation.objects.order_by("pk")] == [
        "refused",
        "confirmed",
        "confirmed",
    ]
    assert rows[0].pk < rows[1].pk < thief.pk
    assert (Lease.objects.count(), Hold.objects.count()) == (2, 2)
    assert ledger.verify() == []


def test_a_request_cancelled_while_the_batch_planned_is_not_booked(market, harbour, monkeypatch):
    make.funded(harbour)
    rows = [requested(harbour, make.offer()) for _ in range(2)]
    look = planning.Board

    def look_then_cancel(asked):
        brokerage.cancel(reservation=Reservation.objects.get(pk=rows[0].pk), by=None, at=NOON)
        return look(asked)

    monkeypatch.setattr(planning, "Board", look_then_cancel)
    brokerage.broker_open(at=NOON)
    assert [state for state, _, _ in told()] == ["cancelled", "confirmed"]
    assert Lease.objects.count() == 1


def test_rules_that_change_between_screening_and_placing_are_asked_again(
    market, harbour, monkeypatch
):
    make.funded(harbour)
    row = requested(harbour, make.offer())
    plan = batching._standing

    def rename_first(rows, at):
        party = harbour.party
        party.legal_name = "PELAGIC DAWN SYSTEMS LTD."
        party.save()
        return plan(rows, at)

    monkeypatch.setattr(batching, "_standing", rename_first)
    brokerage.broker_open(at=NOON)
    row.refresh_from_db()
    assert (row.state, row.decision.outcome) == ("refused", "deny")
    assert not Lease.objects.exists()


def test_a_decision_older_than_its_day_is_made_anew(market, harbour):
    make.funded(harbour)
    row = requested(harbour, make.offer(), start=NOON + timedelta(hours=40))
    old = make.decision(harbour.party, at=NOON, **make.about(row.offer, row.during))
    Reservation.objects.filter(pk=row.pk).update(state="cleared", decision=old)
    make.fresh_list(at=NOON + timedelta(hours=25))
    brokerage.broker_open(at=NOON + timedelta(hours=25))
    row.refresh_from_db()
    assert row.decision_id != old.pk
    assert row.state == "confirmed"
