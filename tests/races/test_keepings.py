"""Workspaces asked for, given up, expired and resumed at one instant; controls without guards."""

from datetime import timedelta

import pytest
from django.db import connection

from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Keeping, Reservation
from marketplace.brokerage.services import asking, keeping, kept
from marketplace.core.states import IllegalMove, LostRace
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Hold
from tests import make
from tests.make import HOUR, NOON
from tests.race import all_have_called, together

pytestmark = pytest.mark.django_db(transaction=True)
KEEP = 100
MOST = 50 * KEEP * 24
END = NOON + HOUR
UNTIL = END + 24 * HOUR


@pytest.fixture
def offer(market):
    return make.offer(gpus=2, keep_micro_per_gib_hour=KEEP)


@pytest.fixture
def row(offer, harbour):
    make.funded(harbour)
    made = make.reservation(harbour, offer)
    make.keeping(made)
    return made


@pytest.fixture
def workspace(row):
    """What is kept until UNTIL."""
    return make.kept(row, at=END)


def held():
    rows = Hold.objects.filter(key__startswith="keeping:", amount__gt=0)
    return sorted(rows.values_list("amount", flat=True))


def keep(row, key):
    seen = Reservation.objects.select_related("renter__party", "offer").get(pk=row.pk)
    facts = {"reservation": seen, "hours": 24, "by": None, "at": NOON}
    return lambda: brokerage.keep(key=key, **facts)


def give_up(at):
    seen = Keeping.objects.get()
    return lambda: brokerage.give_up_keeping(keeping=seen, by=None, at=at)


@pytest.fixture
def plain(offer, harbour):
    """What runs, and whose workspace nobody wants kept yet."""
    make.funded(harbour)
    made = make.reservation(harbour, offer)
    part = made.assignments.get()
    report = make.observation(part, "running", started_at=NOON, workspace_bytes=make.GIB << 30)
    brokerage.observe(machine=part.machine, reports=[report], at=NOON)
    return made


def test_asked_for_eight_times_at_once_it_is_kept_once(plain):
    outcome = together(*[keep(plain, f"k{number}") for number in range(8)])
    made = [one for one in outcome if isinstance(one, Keeping)]
    assert len(made) == 1, outcome
    assert all(isinstance(one, brokerage.CannotKeep) for one in outcome if one not in made)
    assert held() == [MOST]


def test_one_key_sent_eight_times_at_once_is_one_wish(plain):
    outcome = together(*[keep(plain, "once") for _ in range(8)])
    assert {getattr(one, "pk", one) for one in outcome} == {Keeping.objects.get().pk}
    assert held() == [MOST]


def test_control_without_lock_and_constraint_two_are_held_for(plain, monkeypatch):
    """If this holds once, the races above prove nothing."""
    guard = next(one for one in Keeping._meta.constraints if one.name == "keeping_once")
    with connection.schema_editor() as editor:
        editor.remove_constraint(Keeping, guard)
    try:
        monkeypatch.setattr(keeping, "_require_first", all_have_called(keeping._require_first, 2))
        monkeypatch.setattr(Reservation.objects, "select_for_update", unlocked)
        together(keep(plain, "one"), keep(plain, "two"))
        assert held() == [MOST, MOST]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("DELETE FROM brokerage_keeping")
            cursor.execute("SET session_replication_role = origin")
        with connection.schema_editor() as editor:
            editor.add_constraint(Keeping, guard)


def unlocked(**facts):
    return Reservation.objects.all()


def resume(offer, harbour, key="r", start=END):
    ask = make.ask(offer, start=start, resumes=Keeping.objects.get())
    return lambda: brokerage.request(renter=harbour, by=None, ask=ask, key=key, at=END)


@pytest.mark.parametrize("turn", range(4))
def test_it_is_deleted_or_promised_to_a_rental_never_both(turn, workspace, offer, harbour):
    calls = [resume(offer, harbour), give_up(END)]
    outcome = together(*(calls if turn % 2 else calls[::-1]))
    workspace.refresh_from_db()
    promised = Reservation.objects.filter(resumes=workspace).exists()
    assert promised == (workspace.state == "kept"), outcome
    [error] = [one for one in outcome if isinstance(one, Exception)]
    assert isinstance(error, IllegalMove if promised else brokerage.BadAsk)
    assert held() == ([MOST] if promised else [])


@pytest.fixture
def unguarded():
    """The database does not look whose workspace a rental goes on with."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE brokerage_reservation DISABLE TRIGGER resumes_own")
    yield
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE brokerage_reservation ENABLE TRIGGER resumes_own")


def test_control_without_lock_and_trigger_it_is_deleted_and_promised(
    workspace, offer, harbour, unguarded, monkeypatch
):
    """If this refuses one of them, the race above proves nothing."""
    both = all_have_called(lambda: None, 2)

    def seen(keeping):
        answer = waiting_for(keeping)
        found = answer.exists()
        both()
        return Reservation.objects.all() if found else Reservation.objects.none()

    waiting_for = keeping.waiting_for
    monkeypatch.setattr(keeping, "waiting_for", seen)
    monkeypatch.setattr(asking, "claim", lambda one: both())
    together(resume(offer, harbour), give_up(END))
    workspace.refresh_from_db()
    assert workspace.state == "ended"
    assert Reservation.objects.filter(resumes=workspace).exists()


@pytest.mark.parametrize("turn", range(2))
def test_without_the_services_lock_the_database_refuses_one_of_them(
    turn, workspace, offer, harbour, monkeypatch
):
    monkeypatch.setattr(asking, "claim", lambda one: None)
    calls = [resume(offer, harbour), give_up(END)]
    together(*(calls if turn else calls[::-1]))
    workspace.refresh_from_db()
    promised = Reservation.objects.filter(resumes=workspace).exists()
    assert promised == (workspace.state == "kept")


def test_two_rentals_at_once_do_not_go_on_with_one(workspace, offer, harbour):
    outcome = together(*[resume(offer, harbour, f"r{number}") for number in range(4)])
    made = [one for one in outcome if isinstance(one, Reservation)]
    assert len(made) == 1, outcome
    assert all(isinstance(one, brokerage.BadAsk) for one in outcome if one not in made)
    assert Reservation.objects.get(resumes=workspace) == made[0]


def test_one_key_sent_four_times_at_once_goes_on_with_it_once(workspace, offer, harbour):
    outcome = together(*[resume(offer, harbour, "once") for _ in range(4)])
    assert {getattr(one, "pk", one) for one in outcome} == {
        Reservation.objects.get(resumes=workspace).pk
    }


def expire(at=UNTIL):
    seen = Keeping.objects.select_related("reservation__renter__party").get()
    return lambda: brokerage.end_keeping(keeping=seen, at=at)


def begin(row, at=UNTIL):
    part = row.assignments.get()
    report = make.observation(part, "running", started_at=at)
    return lambda: brokerage.observe(machine=part.machine, reports=[report], at=at)


@pytest.mark.parametrize("turn", range(4))
def test_what_begins_as_it_would_expire_is_resumed_and_charged_once(
    turn, workspace, offer, harbour
):
    booked = make.reservation(harbour, offer, start=UNTIL, at=END, resumes=workspace)
    make.looked_at(END, UNTIL)
    calls = [begin(booked), expire(), begin(booked), expire()]
    outcome = together(*calls[turn:], *calls[:turn])
    assert all(one is None or isinstance(one, (LostRace, IllegalMove)) for one in outcome), outcome
    workspace.refresh_from_db()
    booked.refresh_from_db()
    assert (booked.state, workspace.outcome, workspace.due_micro) == ("active", "resumed", MOST)
    assert held() == []
    assert brokerage.wallet_account(renter=harbour, currency="USD").debits.count() == 2
    assert ledger.verify() == []


def test_control_without_a_look_for_the_rental_it_expires(workspace, offer, harbour, monkeypatch):
    """If this waits, the race above proves nothing."""
    make.reservation(harbour, offer, start=UNTIL, at=END, resumes=workspace)
    monkeypatch.setattr(kept, "waiting_for", lambda one: Reservation.objects.none())
    expire()()
    workspace.refresh_from_db()
    assert workspace.outcome == "expired"


@pytest.mark.parametrize("turn", range(2))
def test_of_all_that_would_end_it_at_once_one_does(turn, workspace, harbour):
    make.looked_at(END, UNTIL)
    calls = [give_up(UNTIL), expire()] * 3
    together(*(calls if turn else calls[::-1]))
    workspace.refresh_from_db()
    assert (workspace.state, workspace.due_micro) == ("ended", MOST)
    wallet = brokerage.wallet_account(renter=harbour, currency="USD")
    assert ledger.balance(account=wallet).posted == 100_000_000 - MOST
    assert held() == []


@pytest.mark.parametrize("turn", range(2))
def test_it_is_kept_or_given_up_before_and_holds_what_it_is(turn, row, harbour):
    """The machine's first word of it, and its renter's last, at once."""
    part = row.assignments.get()
    report = make.observation(part, "stopped", stopped_at=END, kept=True)
    said = lambda: brokerage.observe(machine=part.machine, reports=[report], at=END)  # noqa: E731
    calls = [said, give_up(END)]
    outcome = together(*(calls if turn else calls[::-1]))
    assert outcome == [None, None]
    one = Keeping.objects.get()
    assert (one.state, one.outcome) in [("dropped", ""), ("ended", "deleted")]
    assert (held(), one.due_micro) == ([], 0)


def test_eight_sweeps_at_once_count_the_time_once(workspace):
    at = END + timedelta(minutes=5)
    outcome = together(*[lambda: brokerage.tally_keepings(at=at)] * 8)
    assert sorted(outcome) == [0] * 7 + [1]
    workspace.refresh_from_db()
    assert (workspace.answered_ms, workspace.looked_at) == (300_000, at)
