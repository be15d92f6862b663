"""A licence is drawn on with the GPUs, gives room back with them, and ends what rests on it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from compliance import services as compliance
from compliance.models import LicenceDraw, LicenceReturn
from marketplace.brokerage import services as brokerage
from marketplace.brokerage import tasks
from marketplace.brokerage.models import Assignment, Lease, Reservation
from marketplace.brokerage.states import MOVES, State
from marketplace.core.states import move
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Hold
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
HOUR_US = 3_600_000_000
FUNDS = 100_000_000
MIDNIGHT = datetime(2026, 11, 25, tzinfo=UTC)
TICK = timedelta(microseconds=1)


@pytest.fixture
def offer(market):
    """Four H100s in Vietnam, for which rule P042 requires a licence."""
    return make.offer(machine=make.machine(gpus=4, country="VN"))


@pytest.fixture
def renter(harbour):
    make.funded(harbour, FUNDS)
    return harbour


@pytest.fixture
def licence(market, renter):
    return make.licence(renter.party, gpu_hours=8)


def available(renter):
    return ledger.balance(account=brokerage.wallet_account(renter=renter, currency="USD")).available


def drawn(licence):
    return compliance.drawn_gpu_us(licence=licence)


@pytest.fixture(autouse=True)
def _committed(db):
    yield
    commit()


def again(row):
    return Reservation.objects.get(pk=row.pk)


def revoke(licence, at=NOON):
    compliance.revoke_licence(
        licence=licence, reason="Withdrawn.", actor=make.SECOND, actor_label="ben", at=at
    )


def nothing_moved(renter):
    return (
        not Lease.objects.exists()
        and not Assignment.objects.exists()
        and not Hold.objects.exists()
        and not LicenceDraw.objects.exists()
        and available(renter) == FUNDS
    )


def test_without_a_licence_it_is_under_review_and_nothing_moves(renter, offer):
    made = make.reservation(renter, offer)
    assert (made.state, made.reason) == ("refused", "under review")
    assert made.decision.outcome == "licence_required"
    assert nothing_moved(renter)


def test_what_is_booked_is_drawn(renter, offer, licence):
    made = make.reservation(renter, offer, gpus=2, hours=3)
    assert (made.state, made.decision.outcome) == ("confirmed", "allow_licence")
    draw = LicenceDraw.objects.get()
    assert (draw.rental, draw.gpus, draw.gpu_us) == (made.public_id, 2, 6 * HOUR_US)
    assert (draw.during, draw.decision) == (made.during, made.decision)


def test_where_none_is_needed_none_is_drawn(renter, licence):
    made = make.reservation(renter, make.offer())
    assert (made.state, made.decision.outcome) == ("confirmed", "allow")
    assert not LicenceDraw.objects.exists()


def test_too_little_left_is_under_review_and_nothing_moves(renter, offer, licence):
    made = make.reservation(renter, offer, gpus=3, hours=3)
    assert (made.state, made.reason) == ("refused", "under review")
    assert nothing_moved(renter)


def test_too_little_left_since_it_was_cleared_moves_nothing(renter, offer, licence):
    """Cleared with enough left; another booking draws it before the GPUs are set aside."""
    late = brokerage.request(renter=renter, by=None, ask=make.ask(offer, gpus=2), key="k", at=NOON)
    decision = brokerage.brokering.screen(late, NOON)
    assert decision.outcome == "allow_licence"
    move(late, State.CLEARED, table=MOVES, decision=decision)
    first = make.reservation(renter, offer, gpus=2, hours=4)
    before = available(renter)
    brokerage.broker(reservation=late, at=NOON)
    late = again(late)
    assert (late.state, late.reason) == ("refused", "under review")
    assert late.decision.outcome == "licence_required"
    assert Lease.objects.filter(assignment__reservation=late).count() == 0
    assert set(LicenceDraw.objects.values_list("rental", flat=True)) == {first.public_id}
    assert (Hold.objects.count(), available(renter)) == (1, before)


def test_a_wallet_that_does_not_pay_draws_nothing(offer, market):
    poor = make.organisation("Poor")
    make.funded(poor, 2_400_000)
    licence = make.licence(poor.party)
    rows = [
        brokerage.request(renter=poor, by=None, ask=make.ask(offer), key=str(key), at=NOON)
        for key in range(2)
    ]
    for row in rows:
        brokerage.broker(reservation=row, at=NOON)
    assert [again(row).state for row in rows] == ["confirmed", "refused"]
    assert drawn(licence) == HOUR_US


def test_a_cancelled_booking_gives_all_back(renter, alice, offer, licence):
    made = make.reservation(renter, offer, start=NOON + HOUR)
    brokerage.cancel(reservation=made, by=alice, at=NOON)
    assert (drawn(licence), LicenceReturn.objects.get().gpu_us) == (0, HOUR_US)


def test_a_hold_nobody_confirms_gives_all_back(renter, offer, licence):
    made = make.reservation(renter, offer, auto_confirm=False)
    assert drawn(licence) == HOUR_US
    brokerage.expire(reservation=made, at=NOON + timedelta(minutes=10))
    assert drawn(licence) == 0


def test_what_never_started_gives_all_back(renter, offer, licence):
    made = make.reservation(renter, offer)
    brokerage.end_due(reservation=made, at=NOON + HOUR)
    assert (again(made).state, drawn(licence)) == ("failed", 0)


def test_one_that_is_stopped_early_gives_the_rest_back(renter, alice, offer, licence):
    made = make.reservation(renter, offer, gpus=2, hours=4)
    make.started(made)
    brokerage.stop(reservation=made, by=alice, at=NOON + HOUR)
    assert drawn(licence) == 2 * HOUR_US
    assert make.reservation(renter, offer, gpus=2, hours=3, start=NOON + HOUR, at=NOON + HOUR)
    assert drawn(licence) == 8 * HOUR_US


def test_one_whose_workload_ends_gives_the_rest_back(renter, offer, licence):
    made = make.reservation(renter, offer, hours=4)
    assignment = make.started(made)
    stopped = make.observation(assignment, "stopped", stopped_at=NOON + HOUR, exit_code=0)
    brokerage.observe(machine=assignment.machine, reports=[stopped], at=NOON + HOUR)
    assert (again(made).state, drawn(licence)) == ("ended", HOUR_US)


def test_one_that_runs_to_its_end_has_used_it_all(renter, offer, licence):
    made = make.reservation(renter, offer, hours=4)
    make.started(made)
    brokerage.end_due(reservation=made, at=NOON + 4 * HOUR)
    assert (drawn(licence), LicenceReturn.objects.count()) == (4 * HOUR_US, 0)


def test_a_revoked_licence_ends_what_runs_and_what_is_booked(renter, offer, licence, monkeypatch):
    runs = make.reservation(renter, offer, hours=2)
    booked = make.reservation(renter, offer, start=NOON + HOUR)
    make.started(runs)
    monkeypatch.setattr(tasks, "now", lambda: NOON + HOUR / 2)
    tasks.enforce_clearance()
    assert [again(row).state for row in (runs, booked)] == ["active", "confirmed"]
    revoke(licence, NOON + HOUR / 2)
    tasks.enforce_clearance()
    runs, booked = again(runs), again(booked)
    assert (runs.state, runs.ended_at) == ("ended", NOON + HOUR / 2)
    assert booked.state == "cancelled"
    assert {runs.decision.outcome, booked.decision.outcome} == {"licence_required"}
    assert runs.reason == "not available to your organisation"
    assert drawn(licence) == HOUR_US // 2


@pytest.mark.parametrize(("moment", "state"), [(MIDNIGHT - TICK, "active"), (MIDNIGHT, "ended")])
def test_what_runs_ends_with_its_licence_to_the_microsecond(renter, offer, moment, state):
    licence = make.licence(renter.party, valid_to=date(2026, 11, 24))
    made = make.reservation(renter, offer, hours=12)
    make.started(made)
    brokerage.enforce(reservation=again(made), at=moment)
    made = again(made)
    assert (made.state, drawn(licence)) == (state, 12 * HOUR_US)
    assert (
        made.decision.outcome
        == {
            "active": "allow_licence",
            "ended": "licence_required",
        }[state]
    )


def test_a_window_never_outlasts_its_licence(renter, offer):
    make.licence(renter.party, valid_to=date(2026, 11, 24))
    made = make.reservation(renter, offer, start=NOON + TICK, hours=12)
    assert (made.state, made.reason) == ("refused", "under review")
    assert nothing_moved(renter)


def test_a_licence_that_takes_over_is_drawn_from_then_on(renter, offer, licence):
    made = make.reservation(renter, offer, hours=4)
    make.started(made)
    revoke(licence, NOON + HOUR)
    other = make.licence(renter.party)
    brokerage.enforce(reservation=again(made), at=NOON + HOUR)
    made = again(made)
    assert (made.state, made.decision.licence) == ("active", other)
    assert (drawn(licence), drawn(other)) == (HOUR_US, 3 * HOUR_US)
    brokerage.stop(reservation=made, by=None, at=NOON + 2 * HOUR)
    assert (drawn(licence), drawn(other)) == (HOUR_US, HOUR_US)


def test_a_licence_that_comes_to_be_needed_is_drawn_from_then_on(renter, licence):
    made = make.reservation(renter, make.offer(), hours=4)
    make.started(made)
    assert drawn(licence) == 0
    site = made.offer.machine.site
    site.country = "VN"
    site.save()
    brokerage.enforce(reservation=again(made), at=NOON + HOUR)
    assert (again(made).state, drawn(licence)) == ("active", 3 * HOUR_US)
    site.country = "MY"
    site.save()
    brokerage.enforce(reservation=again(made), at=NOON + 2 * HOUR)
    assert (again(made).decision.outcome, drawn(licence)) == ("allow", HOUR_US)


def test_screening_anew_under_the_same_licence_draws_nothing_more(renter, offer, market):
    licence = make.licence(renter.party, gpu_hours=30)
    made = make.reservation(renter, offer, hours=30)
    make.started(made)
    make.fresh_list(at=NOON + 20 * HOUR)
    old = made.decision
    brokerage.enforce(reservation=again(made), at=NOON + 25 * HOUR)
    made = again(made)
    assert (made.state, made.decision.outcome) == ("active", "allow_licence")
    assert made.decision != old
    assert (LicenceDraw.objects.count(), drawn(licence)) == (1, 30 * HOUR_US)


def test_nothing_is_held_under_a_licence_that_is_not_drawn(renter, offer, licence):
    window = make.ask(offer)
    row = make.bare_reservation(renter, offer, state="cleared")
    decision = make.decision(
        renter.party, outcome="allow_licence", licence=licence, **make.about(offer, row.during)
    )
    Reservation.objects.update(decision=decision)
    row.refresh_from_db()
    told = "its decision names a licence of which too little is drawn for it"
    with pytest.raises(IntegrityError, match=told), transaction.atomic():
        move(row, State.HELD, table=MOVES, booked_at=NOON)
    draw = {"decision": decision, "rental": row.public_id, "gpus": 1, "at": NOON}
    compliance.draw(start=window.start, end=window.end, **draw)
    move(row, State.HELD, table=MOVES, booked_at=NOON)
    assert again(row).state == "held"


def commit():
    """What the database looks at when a transaction is committed, looked at now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_nothing_live_loses_its_draw(renter, alice, offer, licence):
    made = make.reservation(renter, offer)

    def put_back():
        compliance.put_back(rental=made.public_id, until=NOON, at=NOON)
        commit()

    told = f"reservation {made.public_id} still rests on the licence"
    with pytest.raises(IntegrityError, match=told), transaction.atomic():
        put_back()
    assert drawn(licence) == HOUR_US
    brokerage.cancel(reservation=made, by=alice, at=NOON)
    commit()
    assert drawn(licence) == 0


def spent(times):
    """A `draw` that finds nothing left so many times, as if others had been faster."""
    real, left = compliance.draw, [None] * times

    def draw(**facts):
        if left:
            left.pop()
            raise compliance.LicenceSpent("spent")
        real(**facts)

    return draw


def test_one_that_has_room_again_by_then_is_tried_again(renter, offer, licence, monkeypatch):
    monkeypatch.setattr(compliance, "draw", spent(1))
    made = make.reservation(renter, offer)
    assert (again(made).state, nothing_moved(renter)) == ("cleared", True)
    brokerage.broker(reservation=again(made), at=NOON)
    assert (again(made).state, drawn(licence)) == ("confirmed", HOUR_US)


def moved_to_vietnam(row):
    site = row.offer.machine.site
    site.country = "VN"
    site.save()
    return again(row)


def test_what_runs_looks_again_when_others_were_faster(renter, licence, monkeypatch):
    made = make.reservation(renter, make.offer(), hours=2)
    make.started(made)
    monkeypatch.setattr(compliance, "draw", spent(1))
    brokerage.enforce(reservation=moved_to_vietnam(made), at=NOON)
    assert (again(made).decision.licence, drawn(licence)) == (licence, 2 * HOUR_US)


def test_while_others_keep_drawing_nothing_changes(renter, licence, monkeypatch):
    made = make.reservation(renter, make.offer(), hours=2)
    make.started(made)
    monkeypatch.setattr(compliance, "draw", spent(100))
    with pytest.raises(brokerage.NotCleared):
        brokerage.enforce(reservation=moved_to_vietnam(made), at=NOON)
    assert (again(made).state, again(made).decision) == ("active", made.decision)
    assert not LicenceDraw.objects.exists()


def test_a_window_that_is_over_draws_nothing_any_more(renter, licence):
    made = make.reservation(renter, make.offer())
    make.started(made)
    brokerage.enforce(reservation=moved_to_vietnam(made), at=NOON + HOUR)
    assert again(made).decision == made.decision
    assert not LicenceDraw.objects.exists()
    brokerage.end_due(reservation=again(made), at=NOON + HOUR)
    assert again(made).state == "ended"
