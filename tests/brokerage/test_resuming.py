"""A rental that goes on with a kept workspace: who may, where, and what becomes of the keeping."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Keeping, Reservation
from marketplace.brokerage.placement import Together
from marketplace.catalog.states import MachineState
from marketplace.core.states import IllegalMove
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
def offer(market):
    return make.offer(gpus=2, keep_micro_per_gib_hour=KEEP)


@pytest.fixture
def kept(offer, harbour):
    """What is kept for a day from END on."""
    make.funded(harbour)
    made = make.reservation(harbour, offer)
    make.keeping(made)
    return make.kept(made, at=END)


@pytest.fixture
def next_one(kept, offer, harbour):
    """A rental that goes on with it an hour later."""
    return make.reservation(harbour, offer, start=END + HOUR, at=END, resumes=kept)


def wallet(renter):
    balance = ledger.balance(account=brokerage.wallet_account(renter=renter, currency="USD"))
    return balance.posted, balance.held


def asked(renter, ask, key="r", at=END):
    return brokerage.request(renter=renter, by=None, ask=ask, key=key, at=at)


def sweep(at):
    for one in brokerage.keepings_to_end(at=at):
        brokerage.end_keeping(keeping=one, at=at)


def state(kept):
    kept.refresh_from_db()
    return kept.state, kept.outcome


def start(row, at):
    part = row.assignments.get()
    report = make.observation(part, "running", started_at=at)
    brokerage.observe(machine=part.machine, reports=[report], at=at)
    row.refresh_from_db()


@pytest.mark.parametrize("batch", [False, True])
def test_it_is_booked_where_the_workspace_lies(batch, kept, offer, harbour):
    """Also where an equal machine has more room."""
    make.offer(machine=make.machine(gpus=8, site=offer.machine.site), keep_micro_per_gib_hour=KEEP)
    row = asked(harbour, make.ask(offer, start=END, resumes=kept))
    if batch:
        assert brokerage.broker_open(at=END) == 1
    else:
        brokerage.broker(reservation=row, at=END)
    row.refresh_from_db()
    assert (row.state, row.resumes, row.together) == ("confirmed", kept, "offer")
    assert row.assignments.get().machine == kept.assignment.machine


def test_it_begins_and_the_keeping_ends_and_is_paid_until_then(next_one, kept, harbour):
    assert state(kept) == ("kept", "")
    make.looked_at(END, END + HOUR)
    start(next_one, END + HOUR)
    assert (next_one.state, state(kept)) == ("active", ("ended", "resumed"))
    assert (kept.ended_at, kept.answered_ms, kept.due_micro) == (END + HOUR, 3_600_000, 50 * KEEP)
    assert wallet(harbour) == (FUNDS - 50 * KEEP, 2 * PRICE)
    assert ledger.verify() == []


def test_one_that_came_and_went_between_two_beats_has_resumed_it(next_one, kept):
    part, at = next_one.assignments.get(), END + HOUR
    report = make.observation(part, "stopped", started_at=at, stopped_at=at, exit_code=0)
    brokerage.observe(machine=part.machine, reports=[report], at=at)
    next_one.refresh_from_db()
    assert (next_one.state, state(kept)) == ("ended", ("ended", "resumed"))


def test_what_began_is_resumed_or_did_not_begin(next_one, kept, monkeypatch):
    def fails(**facts):
        raise OSError("no")

    monkeypatch.setattr("marketplace.brokerage.services.kept.book_shared", fails)
    make.looked_at(END, END + HOUR)
    with pytest.raises(OSError, match="no"):
        start(next_one, END + HOUR)
    next_one.refresh_from_db()
    assert (next_one.state, state(kept)) == ("confirmed", ("kept", ""))


def cancelled(row):
    brokerage.cancel(reservation=row, by=None, at=END + MINUTE)


def failed(row):
    part = row.assignments.get()
    report = make.observation(part, "failed", detail="no such image")
    brokerage.observe(machine=part.machine, reports=[report], at=END + HOUR)


def not_begun(row):
    brokerage.end_due(reservation=row, at=END + 2 * HOUR)


@pytest.mark.parametrize("over", [cancelled, failed, not_begun])
def test_what_never_began_leaves_it_kept_for_another(over, next_one, kept, offer, harbour):
    over(next_one)
    next_one.refresh_from_db()
    assert next_one.state in ("cancelled", "failed")
    assert state(kept) == ("kept", "")
    again = make.reservation(harbour, offer, start=END + 3 * HOUR, at=END + HOUR, resumes=kept)
    assert again.state == "confirmed"


def test_while_one_is_booked_it_neither_expires_nor_costs_more(next_one, kept, harbour):
    cancelled(next_one)
    late = make.reservation(
        harbour, next_one.offer, start=END + 24 * HOUR, at=END + MINUTE, resumes=kept
    )
    make.looked_at(END, END + 24 * HOUR)
    sweep(END + 24 * HOUR + 5 * MINUTE)
    assert state(kept) == ("kept", "")
    machine = kept.assignment.machine
    # not of the one that goes on with it: no list is fresh any more, so it may not begin yet
    known = brokerage.desired(machine=machine, at=END + 24 * HOUR + 5 * MINUTE)
    told = {one.pk: one.keep_until for one in known}
    assert told[kept.assignment_id] == END + 25 * HOUR
    assert late.assignments.get().pk not in told
    start(late, END + 24 * HOUR + 6 * MINUTE)
    assert state(kept) == ("ended", "resumed")
    assert (kept.answered_ms, kept.due_micro) == (86_400_000, MOST)


def test_once_that_is_over_it_expires(next_one, kept):
    cancelled(next_one)
    sweep(END + 24 * HOUR)
    assert state(kept) == ("ended", "expired")


def test_what_one_is_booked_to_go_on_with_is_not_deleted(next_one, kept, harbour):
    with pytest.raises(IllegalMove, match="a rental is booked that goes on with it"):
        brokerage.give_up_keeping(keeping=kept, by=None, at=END)
    assert (state(kept), wallet(harbour)) == (("kept", ""), (FUNDS, 2 * PRICE + MOST))
    cancelled(next_one)
    brokerage.give_up_keeping(keeping=kept, by=None, at=END + MINUTE)
    assert state(kept) == ("ended", "deleted")


def test_nor_lost_while_its_machine_hands_it_over(next_one, kept):
    """The new one has it already, and has not begun."""
    machine = kept.assignment.machine
    old = make.observation(kept.assignment, "stopped", kept=False)
    new = make.observation(next_one.assignments.get(), "starting")
    brokerage.observe(machine=machine, reports=[old, new], at=END + HOUR)
    assert state(kept) == ("kept", "")
    begun = replace(new, state="running", started_at=END + HOUR)
    brokerage.observe(machine=machine, reports=[old, begun], at=END + HOUR + MINUTE)
    assert state(kept) == ("ended", "resumed")


def test_no_other_machine_stands_in(next_one, kept, offer):
    site = offer.machine.site
    make.offer(machine=make.machine(gpus=2, site=site), keep_micro_per_gib_hour=KEEP)
    machine = kept.assignment.machine
    machine.state = MachineState.OFFLINE
    machine.save(update_fields=["state"])
    [part] = brokerage.broken(at=END + HOUR)
    assert brokerage.replace(assignment=part, at=END + HOUR) is None
    assert next_one.assignments.get().machine == machine


def refused(renter, ask, field, said, at=END):
    before = (wallet(renter), Reservation.objects.count())
    with pytest.raises(brokerage.BadAsk, match=said) as error:
        asked(renter, ask, at=at)
    assert error.value.field == field
    assert (wallet(renter), Reservation.objects.count()) == before


def test_what_cannot_be_resumed_is_refused(kept, offer, harbour):
    ask = make.ask(offer, start=END, resumes=kept)
    other = make.offer(keep_micro_per_gib_hour=KEEP)
    refused(harbour, replace(ask, offer=other), "resumes", "lies on another machine")
    refused(harbour, replace(ask, together=Together.SITE), "together", "machine of the offer")
    late = END + 24 * HOUR + MINUTE
    after = replace(ask, start=late, end=late + HOUR)
    refused(harbour, after, "start", "must not be after 25 Nov 2026, 13:00")
    make.funded(stranger := make.organisation("Stranger"))
    refused(stranger, ask, "resumes", "is no workspace of yours")
    with pytest.raises(brokerage.BadAsk, match="cannot be pinned"):
        brokerage.pin(renter=harbour, by=None, ask=ask, key="p", at=END)
    assert asked(harbour, replace(ask, start=late - MINUTE, end=late + HOUR)).resumes == kept


def test_what_is_not_kept_or_promised_to_another_is_refused(kept, offer, harbour):
    ask = make.ask(offer, start=END, resumes=kept)
    first = asked(harbour, ask)
    assert asked(harbour, ask).pk == first.pk
    other = replace(ask, start=END + HOUR, end=END + 2 * HOUR)
    with pytest.raises(brokerage.BadAsk, match="another rental goes on with"):
        asked(harbour, other, key="other")
    brokerage.broker(reservation=first, at=END)
    cancelled(first)
    brokerage.give_up_keeping(keeping=kept, by=None, at=END)
    with pytest.raises(brokerage.BadAsk, match="is not kept any more"):
        asked(harbour, replace(ask, resumes=Keeping.objects.get()), key="other")
    assert Reservation.objects.filter(resumes=kept).count() == 1


def test_what_is_only_wanted_is_not_resumed(offer, harbour):
    make.funded(harbour)
    wanted = make.keeping(make.reservation(harbour, offer))
    refused(harbour, make.ask(offer, start=NOON, resumes=wanted), "resumes", "is not kept", NOON)


def test_the_workspace_counts_in_what_a_key_stands_for(kept, offer, harbour):
    plain = make.ask(offer, start=END)
    asked(harbour, plain)
    with pytest.raises(Exception, match="used before with different content"):
        asked(harbour, replace(plain, resumes=kept))


def bare(renter, offer, kept, **facts):
    with transaction.atomic():
        return make.bare_reservation(renter, offer, resumes=kept, state="refused", **facts)


def test_the_database_takes_no_other_workspace(kept, offer, harbour):
    stranger = make.organisation("Stranger")
    elsewhere = make.offer()
    for renter, of in ((stranger, offer), (harbour, elsewhere)):
        with pytest.raises(IntegrityError, match="cannot go on with this workspace"):
            bare(renter, of, kept)
    with pytest.raises(IntegrityError, match="reservation_resumes_in_place"):
        bare(harbour, offer, kept, together="site")
    bare(harbour, offer, kept)
    brokerage.give_up_keeping(keeping=kept, by=None, at=END)
    with pytest.raises(IntegrityError, match="cannot go on with this workspace"):
        bare(harbour, offer, kept)


def test_two_do_not_go_on_with_one(next_one, kept, offer, harbour):
    with pytest.raises(IntegrityError, match="reservation_resumes_alone"), transaction.atomic():
        make.bare_reservation(harbour, offer, resumes=kept)


def test_whose_workspace_it_goes_on_with_is_agreed_once(next_one, kept):
    for other in (None, kept.pk + 1):
        with pytest.raises(ProgrammingError, match="is agreed once"), transaction.atomic():
            Reservation.objects.filter(pk=next_one.pk).update(resumes=other)
