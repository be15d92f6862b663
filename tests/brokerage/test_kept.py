"""What becomes of a workspace that is to outlive its rental: kept, counted, lost, expired, told."""

from datetime import timedelta

import pytest

from compliance import services as compliance
from marketplace.brokerage import services as brokerage
from marketplace.brokerage import tasks
from marketplace.brokerage.models import Keeping
from marketplace.brokerage.services import kept as keepings
from marketplace.catalog.states import MachineState
from marketplace.core.models import AuditEvent
from marketplace.ledger import services as ledger
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
PRICE, KEEP = 2_400_000, 100
MOST = 50 * KEEP * 24
FUNDS = 100_000_000
END = NOON + HOUR
MINUTE = timedelta(minutes=1)


@pytest.fixture
def row(market, harbour):
    """An hour on one GPU, which runs, and whose workspace is to be kept for a day."""
    make.funded(harbour)
    made = make.reservation(harbour, make.offer(keep_micro_per_gib_hour=KEEP))
    make.keeping(made)
    return made


@pytest.fixture
def machine(row):
    return row.offer.machine


def keeping():
    return Keeping.objects.get()


def state():
    one = keeping()
    return one.state, one.outcome


def wallet(renter):
    balance = ledger.balance(account=brokerage.wallet_account(renter=renter, currency="USD"))
    return balance.posted, balance.held


def say(row, state="stopped", *, at=END, **facts):
    """Let the machine say something of the rental."""
    part = row.assignments.get()
    times = {"stopped_at": at} if state == "stopped" else {"started_at": NOON}
    report = make.observation(part, state, **{**times, **facts})
    brokerage.observe(machine=part.machine, reports=[report], at=at)
    row.refresh_from_db()


def told(machine, at):
    known = brokerage.desired(machine=machine, at=at)
    return [(one.keep_until, brokerage.wanted(one)) for one in known]


def fall(machine, state):
    machine.state = state
    machine.save(update_fields=["state"])


def end_stopped(row):
    brokerage.stop(reservation=row, by=None, at=END - MINUTE)


def end_over(row):
    brokerage.end_due(reservation=row, at=END)


def end_interrupted(row):
    fault = {"fit": False, "health": "failed", "fault": "xid-79", "fault_since": END - MINUTE}
    row.offer.machine.gpus.update(**fault)
    brokerage.interrupt(reservation=row, at=END - MINUTE)


def end_workload(row):
    """The report that it is over says itself that it is kept."""


@pytest.mark.parametrize("over", [end_stopped, end_over, end_interrupted, end_workload])
def test_however_the_rental_ends_it_is_kept_from_when_its_machine_says_so(over, row, harbour):
    over(row)
    assert state() == ("wanted", "")
    say(row, kept=True, at=END + MINUTE)
    assert row.state == "ended"
    one = keeping()
    assert (one.state, one.kept_from, one.looked_at) == ("kept", END + MINUTE, END + MINUTE)
    assert (one.until, one.answered_ms) == (END + MINUTE + 24 * HOUR, 0)
    assert wallet(harbour) == (FUNDS, PRICE + MOST)
    assert brokerage.illegal() == []
    say(row, kept=True, at=END + 2 * MINUTE)  # said again it is as it was
    assert keeping().kept_from == END + MINUTE
    assert row.assignments.get().generation == one.assignment.generation


def test_what_is_said_while_it_runs_begins_nothing(row):
    say(row, "running", kept=True, at=NOON + MINUTE)
    assert (state(), row.state) == (("wanted", ""), "active")
    for kept in (True, False):
        keepings.hear(kept={row.assignments.get().pk: kept}, at=NOON + MINUTE)
        assert state() == ("wanted", "")


@pytest.mark.parametrize("last", ["stopped", "failed"])
def test_what_stopped_and_is_not_kept_never_was(last, row, harbour):
    say(row, last)
    assert state() == ("dropped", "")
    assert keeping().ended_at == END
    assert wallet(harbour) == (FUNDS, PRICE)


def test_what_its_machine_does_not_have_any_more_is_lost_and_costs_nothing(row, harbour):
    make.kept(row, at=END)
    make.looked_at(END, END + 2 * HOUR)
    assert keeping().answered_ms == 7_200_000
    say(row, kept=False, at=END + 2 * HOUR)
    one = keeping()
    assert (one.state, one.outcome, one.due_micro) == ("ended", "lost", 0)
    assert wallet(harbour) == (FUNDS, PRICE)
    assert AuditEvent.objects.get(verb="ended").detail == {"outcome": "lost"}


@pytest.mark.parametrize("ahead", [0, 2])
def test_what_its_machine_wiped_in_time_expired_and_is_paid_for(ahead, row, harbour):
    """Before the sweep comes by, and by a clock that may be ahead."""
    make.kept(row, at=END)
    wiped = END + 24 * HOUR - ahead * MINUTE
    make.looked_at(END, wiped)
    say(row, kept=False, at=wiped)
    due = MOST * (1440 - ahead) // 1440
    one = keeping()
    assert (one.state, one.outcome, one.due_micro) == ("ended", "expired", due)
    assert wallet(harbour) == (FUNDS - due, PRICE)


def test_what_it_wiped_before_is_lost(row, harbour):
    make.kept(row, at=END)
    early = END + 24 * HOUR - 2 * MINUTE - timedelta(seconds=1)
    make.looked_at(END, early)
    say(row, kept=False, at=early)
    assert (state(), wallet(harbour)) == (("ended", "lost"), (FUNDS, PRICE))


def test_an_agent_that_says_nothing_of_it_has_lost_nothing(row, machine):
    make.kept(row, at=END)
    brokerage.observe(machine=machine, reports=[], at=END + MINUTE)
    say(row, "running", at=END + MINUTE)  # a late one
    assert state() == ("kept", "")


def test_another_machine_cannot_speak_for_it(row):
    make.kept(row, at=END)
    part = row.assignments.get()
    report = make.observation(part, "stopped")
    brokerage.observe(machine=make.machine(), reports=[report], at=END)
    assert state() == ("kept", "")


def test_only_time_in_which_its_machine_answered_counts(row, machine):
    make.kept(row, at=END)
    make.looked_at(END, END + HOUR)
    fall(machine, MachineState.OFFLINE)
    make.looked_at(END + HOUR, END + 2 * HOUR)
    one = keeping()
    assert (one.answered_ms, one.looked_at) == (3_600_000, END + 2 * HOUR)
    fall(machine, MachineState.ONLINE)
    make.looked_at(END + 2 * HOUR, END + 2 * HOUR + timedelta(milliseconds=1))
    assert keeping().answered_ms == 3_600_001


def test_time_in_which_nobody_looked_is_paid_for_up_to_ten_minutes(row):
    make.kept(row, at=END)
    assert brokerage.tally_keepings(at=END + 10 * MINUTE) == 1
    assert keeping().answered_ms == 600_000
    assert brokerage.tally_keepings(at=END + 10 * MINUTE) == 0
    assert brokerage.tally_keepings(at=END + 5 * MINUTE) == 0
    assert brokerage.tally_keepings(at=END + 9 * HOUR) == 1
    one = keeping()
    assert (one.answered_ms, one.looked_at) == (1_200_000, END + 9 * HOUR)


def test_what_is_wanted_or_over_does_not_count(row):
    assert brokerage.tally_keepings(at=NOON + MINUTE) == 0
    make.kept(row, at=END)
    brokerage.give_up_keeping(keeping=keeping(), by=None, at=END)
    assert brokerage.tally_keepings(at=END + MINUTE) == 0
    assert keeping().answered_ms == 0


def sweep(at):
    for one in brokerage.keepings_to_end(at=at):
        brokerage.end_keeping(keeping=one, at=at)


def test_it_expires_and_costs_all_that_was_agreed_and_no_more(row, harbour):
    make.kept(row, at=END)
    until = END + 24 * HOUR
    make.looked_at(END, until - MINUTE)
    sweep(until - MINUTE)
    assert state() == ("kept", "")
    sweep(until + 5 * MINUTE)
    one = keeping()
    assert (one.state, one.outcome, one.ended_at) == ("ended", "expired", until + 5 * MINUTE)
    assert (one.looked_at, one.answered_ms, one.due_micro) == (until, 86_400_000, MOST)
    assert one.hold.amount == 0
    assert wallet(harbour) == (FUNDS - MOST, PRICE)


def test_the_sweeps_do_both(row, monkeypatch):
    make.kept(row, at=END)
    monkeypatch.setattr(tasks, "now", lambda: END + MINUTE)
    tasks.tally_keepings()
    tasks.end_keepings()
    assert (state(), keeping().answered_ms) == (("kept", ""), 60_000)
    monkeypatch.setattr(tasks, "now", lambda: END + 24 * HOUR)
    tasks.end_keepings()
    assert (state(), keeping().due_micro) == (("ended", "expired"), 50 * KEEP * 660 // 3600)


def report(machine, *reports, at):
    brokerage.keep_report(machine=machine, reports=reports, at=at)


def test_what_an_answering_machine_says_nothing_of_for_an_hour_is_dropped(row, machine, harbour):
    end_over(row)
    report(machine, at=END + HOUR - MINUTE)
    sweep(END + HOUR)
    assert state() == ("wanted", "")  # it was heard before the hour was over
    report(machine, at=END + HOUR)
    sweep(END + HOUR - MINUTE)
    assert state() == ("wanted", "")
    sweep(END + HOUR)
    assert state() == ("dropped", "")
    assert wallet(harbour) == (FUNDS, PRICE)


def test_what_a_machine_still_names_or_does_not_answer_about_waits(row, machine, harbour):
    end_over(row)
    named = make.observation(row.assignments.get(), "running")
    report(machine, named, at=END + HOUR)
    sweep(END + 2 * HOUR)
    report(machine, at=END + 2 * HOUR)
    fall(machine, MachineState.OFFLINE)
    sweep(END + 24 * HOUR - MINUTE)
    assert (state(), wallet(harbour)) == (("wanted", ""), (FUNDS, PRICE + MOST))
    sweep(END + 24 * HOUR)  # by then its machine has wiped it, cut off or not
    assert (state(), wallet(harbour)) == (("dropped", ""), (FUNDS, PRICE))


def test_of_what_runs_the_sweep_drops_nothing(row, machine):
    report(machine, at=END + 48 * HOUR)
    sweep(END + 48 * HOUR)
    assert state() == ("wanted", "")


def deny(renter, at):
    compliance.amend_party(party=renter.party, by="t", at=at, hq_country="KP")
    assert compliance.screen(party=renter.party, question=None, at=at).outcome == "deny"


def test_whom_screening_refuses_for_good_nothing_is_kept(row, harbour):
    make.kept(row, at=END)
    make.looked_at(END, END + HOUR)
    deny(harbour, END + HOUR)
    sweep(END + HOUR)
    one = keeping()
    assert (one.state, one.outcome, one.due_micro) == ("ended", "refused", 50 * KEEP)
    assert wallet(harbour) == (FUNDS - 50 * KEEP, PRICE)


def test_nor_what_is_over_and_not_kept_yet(row, harbour):
    end_over(row)
    deny(harbour, END)
    sweep(END)
    assert (state(), wallet(harbour)) == (("dropped", ""), (FUNDS, PRICE))


def test_a_refusal_of_one_order_wipes_nothing(row, harbour):
    """The newest decision is a refusal, of the order and not of the renter."""
    make.kept(row, at=END)
    make.decision(harbour.party, at=END, outcome="deny")
    assert compliance.is_denied(party=harbour.party)
    sweep(END)
    assert state() == ("kept", "")
    assert not compliance.is_denied(party=harbour.party)


def test_a_rental_that_enforcement_ends_keeps_nothing(row, harbour):
    deny(harbour, NOON + MINUTE)
    brokerage.enforce(reservation=row, at=NOON + MINUTE)
    row.refresh_from_db()
    assert (row.state, state()) == ("ended", ("dropped", ""))
    assert wallet(harbour) == (FUNDS, PRICE)


def test_if_it_cannot_be_dropped_enforcement_ends_nothing(row, harbour, monkeypatch):
    deny(harbour, NOON + MINUTE)

    def fails(**facts):
        raise OSError("no")

    monkeypatch.setattr(keepings.ledger, "release_hold", fails)
    with pytest.raises(OSError, match="no"):
        brokerage.enforce(reservation=row, at=NOON + MINUTE)
    row.refresh_from_db()
    assert (row.state, state()) == ("active", ("wanted", ""))


def test_a_node_is_told_until_when_to_keep_it_and_then_no_more(row, machine):
    day = 24 * HOUR
    assert told(machine, NOON) == [(END + day, True)]
    end_stopped(row)
    assert told(machine, END) == [(END + day, False)]
    make.kept(row, at=END + MINUTE)
    assert row.assignments.get().observed == "stopped"
    late = END + 23 * HOUR
    assert told(machine, late) == [(END + MINUTE + day, False)]
    brokerage.give_up_keeping(keeping=keeping(), by=None, at=late)
    assert told(machine, late) == []


def test_given_up_while_it_runs_a_node_is_told_to_wipe_it(row, machine):
    brokerage.give_up_keeping(keeping=keeping(), by=None, at=NOON)
    assert told(machine, NOON) == [(None, True)]


def test_without_a_wish_nothing_is_kept(market, harbour):
    make.funded(harbour)
    made = make.reservation(harbour, make.offer(keep_micro_per_gib_hour=KEEP))
    make.started(made)
    assert told(made.offer.machine, NOON) == [(None, True)]
    say(made, kept=True)
    assert told(made.offer.machine, END) == []


def test_what_is_kept_is_told_whatever_became_of_the_rental(row, machine):
    make.kept(row, at=END)
    brokerage.settled(reservation=row, at=END)
    assert told(machine, END + 3 * 24 * HOUR) == [(END + 24 * HOUR, False)]
