"""What runs until it is stopped is moved on while all agrees to it, and says why it is not."""

import pytest

from compliance.models import ListSource
from marketplace.billing import services, tasks
from marketplace.billing.models import RateSegment
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Lease, Reservation, WindowChange
from marketplace.brokerage.placement import Together
from marketplace.catalog import services as catalog
from marketplace.core.models import AuditEvent
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Hold
from marketplace.notices.models import Notice as Told
from tests import make
from tests.billing.use import MINUTE, minutes, report
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
PRICE = 2_400_000
HALF = HOUR / 2


@pytest.fixture
def row(market, harbour):
    return rolling(harbour)


def rolling(renter, *, micro=10 * PRICE, gpus=1, **facts):
    """GPUs until they are stopped, which run since NOON; booked until 13:00 so far."""
    make.funded(renter, micro)
    made = make.reservation(renter, make.offer(gpus=gpus, **facts), gpus=gpus, rolling=True)
    make.started(made)
    return made


def again(row):
    related = ("offer", "renter__party", "hold")
    return Reservation.objects.select_related(*related).get(pk=row.pk)


def roll(row, at):
    return services.roll(reservation=again(row), at=at)


def wallet(renter):
    balance = services.wallet(organisation=renter)
    return balance.posted, balance.held


def everything(row):
    """All that a refusal must leave alone."""
    row = again(row)
    leases = list(Lease.objects.order_by("pk").values_list("during", "state"))
    parts = list(row.assignments.values_list("generation"))
    changes = WindowChange.objects.count()
    return row.state, row.during, row.decision_id, leases, wallet(row.renter), parts, changes


def test_its_end_moves_on_by_a_step_whose_price_is_held(row, harbour):
    before = row.decision_id
    assert roll(row, NOON + HALF)
    made = again(row)
    assert made.during.upper == NOON + 3 * HALF
    assert {lease.during for lease in Lease.objects.all()} == {made.during}
    assert wallet(harbour) == (10 * PRICE, 3 * PRICE // 2)
    assert made.hold.amount == made.hold.placed == 3 * PRICE // 2
    [change] = WindowChange.objects.all()
    assert (change.kind, change.by, change.fee_micro) == ("extended", None, 0)
    assert made.decision_id == change.decision_id != before, "decided for the whole window anew"
    assert made.assignments.get().generation == 2
    assert AuditEvent.objects.filter(verb="extended").count() == 1
    assert brokerage.illegal() == []
    assert not Told.objects.filter(kind="reservation.not_rolled").exists()


def test_it_runs_and_is_charged_for_a_day_and_settled_when_it_is_stopped(row, harbour):
    at = NOON
    while at < NOON + 24 * HOUR:
        at += 10 * MINUTE
        make.fresh_list(at=at)
        if brokerage.due_to_roll(at=at).exists():
            assert roll(row, at)
            make.funded(harbour, PRICE)
        report(row, (at - NOON - 10 * MINUTE, at - NOON), at=at)
        services.charge_live(at=at)
        assert NOON <= at < again(row).during.upper <= at + HOUR
        assert again(row).hold.amount <= PRICE, "no more is held than an hour costs"
    assert WindowChange.objects.count() == 48
    spent = 24 * PRICE
    brokerage.stop(reservation=again(row), by=None, at=at)
    report(row, (at - NOON, at - NOON + MINUTE), final=True, at=at + MINUTE)
    cost = services.settle(reservation=again(row), at=at + 2 * HOUR)
    assert cost.total_micro == spent
    assert wallet(harbour) == (10 * PRICE + 48 * PRICE - spent, 0)
    assert not Hold.objects.exclude(amount=0).exists()
    assert ledger.verify() == []
    assert brokerage.illegal() == []


def test_the_sweep_moves_on_what_is_due_and_nothing_else(row, harbour, monkeypatch):
    fixed = make.reservation(harbour, make.offer())
    make.started(fixed)
    for at in (NOON + HALF - MINUTE, NOON + HALF, NOON + HALF + MINUTE):
        monkeypatch.setattr(tasks, "now", lambda at=at: at)
        tasks.roll_on()
        tasks.roll_on()
    assert again(row).during.upper == NOON + 3 * HALF
    assert again(fixed).during.upper == NOON + HOUR


def test_a_second_call_for_the_same_end_does_nothing_more(row):
    stale = again(row)
    assert roll(row, NOON + HALF)
    before = everything(row)
    assert services.roll(reservation=stale, at=NOON + HALF + MINUTE)
    assert everything(row) == before


def test_gpus_that_somebody_else_booked_end_it(row, harbour):
    other = make.organisation("Other")
    make.funded(other)
    make.reservation(other, row.offer, start=NOON + HOUR + 10 * MINUTE)
    refused(row, "taken")


def refused(row, why, at=NOON + HALF):
    """Nothing moved but the reason, told once, and each sweep tries again."""
    before = everything(row)
    for minute in range(3):
        assert not roll(row, at + minute * MINUTE)
    assert everything(row) == before
    assert again(row).roll_refused == why
    [told] = Told.objects.filter(kind="reservation.not_rolled")
    assert told.facts["roll_refused"] == why


def test_the_longest_window_of_its_provider_ends_it(market, harbour):
    made = rolling(harbour, max_window_s=80 * 60)
    assert roll(made, NOON + HALF)
    assert again(made).during.upper == NOON + 80 * MINUTE
    refused(made, "longest", NOON + HOUR)


def test_an_offer_that_was_withdrawn_ends_it(row):
    catalog.list_offer(
        machine=row.offer.machine, chip=row.offer.chip, price_micro_per_gpu_hour=1, at=NOON
    )
    refused(row, "withdrawn")


def test_who_is_no_longer_cleared_is_not_moved_on(row, harbour):
    harbour.party.country = ""
    harbour.party.save()
    refused(row, "uncleared")


def test_a_licence_that_has_no_room_ends_it(row, monkeypatch):
    def spent(**facts):
        raise brokerage.changing.compliance.LicenceSpent("spent")

    monkeypatch.setattr(brokerage.changing.compliance, "draw", spent)
    refused(row, "uncleared")


def test_a_stale_list_moves_nothing_on_until_it_is_fresh(row, settings):
    """Fails closed: no fresh list, no more time; one that comes in time, and it goes on."""
    at = NOON + HALF
    ListSource.objects.update(max_age_hours=0)
    refused(row, "stale")
    ListSource.objects.update(max_age_hours=24)
    make.fresh_list(at=at)
    assert roll(row, at + 5 * MINUTE)


def test_a_frozen_wallet_sets_nothing_more_aside(row, harbour):
    account = brokerage.wallet_account(renter=harbour, currency="USD")
    ledger.freeze(key="f", account=account, reason="dispute", at=NOON)
    refused(row, "frozen")
    ledger.lift(key="f", at=NOON)
    assert roll(row, NOON + HALF + 5 * MINUTE)


def test_without_money_it_ends_and_money_in_time_moves_it_on(market, harbour):
    made = rolling(harbour, micro=PRICE)
    refused(made, "money")
    make.funded(harbour, PRICE // 2)
    assert roll(made, NOON + HOUR - MINUTE)
    assert (again(made).roll_refused, again(made).during.upper) == ("", NOON + 3 * HALF)
    assert wallet(harbour) == (3 * PRICE // 2, 3 * PRICE // 2)


def test_all_that_ran_was_held_when_no_money_comes(market, harbour):
    made = rolling(harbour, micro=PRICE)
    for minute in range(30, 60):
        assert not roll(made, NOON + minute * MINUTE)
    brokerage.end_due(reservation=again(made), at=NOON + HOUR)
    report(made, minutes(0, 60), final=True)
    cost = services.settle(reservation=again(made), at=NOON + 2 * HOUR)
    assert (cost.total_micro, wallet(harbour)) == (PRICE, (0, 0))
    assert services.owes_micro(organisation=harbour) == 0
    assert again(made).reason == "the window is over: the wallet does not cover more time"


def test_a_part_that_has_ended_ends_the_rest(market, harbour):
    make.funded(harbour)
    site = make.machine().site
    machines = [make.machine(gpus=1, site=site) for _ in range(2)]
    offers = [make.offer(machine=machine) for machine in machines]
    made = make.reservation(harbour, offers[0], gpus=2, together=Together.SITE, rolling=True)
    for part in made.assignments.all():
        report_of = make.observation(part, "running", started_at=NOON)
        brokerage.observe(machine=part.machine, reports=[report_of], at=NOON)
    assert again(made).state == "active"
    assert roll(made, NOON + HALF)
    part = made.assignments.order_by("pk").first()
    over = make.observation(part, "stopped", started_at=NOON, stopped_at=NOON + HALF)
    brokerage.observe(machine=part.machine, reports=[over], at=NOON + HALF)
    refused(made, "part", NOON + HOUR)


def test_dearer_terms_that_were_accepted_are_held_too(row, harbour, alice):
    terms = services.offer_terms(
        reservation=row, price_micro=2 * PRICE, since=NOON + HALF, by=alice, at=NOON
    )
    services.accept_terms(offer=terms, by=alice, at=NOON)
    assert roll(row, NOON + HALF)
    # half an hour at the price of before, an hour at twice that
    assert again(row).hold.amount == PRICE // 2 + 2 * PRICE


def test_no_discount_is_given_for_a_commitment_that_there_is_none_of(market, harbour, alice):
    for kind, threshold, share in (("commitment", 2, 500), ("volume", 0, 100)):
        services.record_discount(
            kind=kind,
            organisation=None,
            threshold=threshold,
            currency="USD",
            share_bps=share,
            by=alice,
            at=NOON - HOUR,
        )
    make.funded(harbour)
    end = NOON + 3 * HOUR
    offers = [make.offer(min_window_s=3 * 3600) for _ in range(2)]
    made = [
        make.reservation(harbour, offer, end=end, rolling=until_stopped)
        for offer, until_stopped in zip(offers, (False, True), strict=True)
    ]
    for one in made:
        make.started(one)
    services.charge_leases(leases=list(Lease.objects.values_list("pk", flat=True)), at=NOON)
    rates = RateSegment.objects.order_by("reservation")
    assert list(rates.values_list("discount_bps", flat=True)) == [500, 100]


def test_an_end_that_no_sweep_moved_ends_it(row):
    """A market that stood still for half an hour books nothing behind anybody's back."""
    assert not brokerage.due_to_roll(at=NOON + HOUR).exists()
    with pytest.raises(brokerage.BadAsk, match="the window is over"):
        roll(row, NOON + HOUR)
    brokerage.end_due(reservation=again(row), at=NOON + HOUR)
    assert again(row).reason == "the window is over"
