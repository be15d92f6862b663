"""A renter has a workspace outlive its rental: refused, held, given up, and never changed."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction

from compliance import services as compliance
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Assignment, Keeping
from marketplace.brokerage.placement import Together
from marketplace.brokerage.services import keeping
from marketplace.catalog import services as catalog
from marketplace.config import app_role
from marketplace.core.idempotency import KeyReused
from marketplace.core.models import AuditEvent
from marketplace.core.states import IllegalMove
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Hold, Transaction
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
PRICE, KEEP = 2_400_000, 100
#: of 50 GiB for 24 hours
MOST = 50 * KEEP * 24
FUNDS = 100_000_000


@pytest.fixture
def offer(market):
    return make.offer(keep_micro_per_gib_hour=KEEP)


@pytest.fixture
def row(offer, harbour):
    """One GPU for an hour, which runs, and whose workspace has 50 GiB."""
    make.funded(harbour)
    made = make.reservation(harbour, offer)
    runs(made)
    return made


def runs(row, size=make.GIB << 30):
    part = row.assignments.get()
    report = make.observation(part, "running", started_at=NOON, workspace_bytes=size)
    brokerage.observe(machine=part.machine, reports=[report], at=NOON)
    row.refresh_from_db()
    return row


def wallet(renter):
    balance = ledger.balance(account=brokerage.wallet_account(renter=renter, currency="USD"))
    return balance.posted, balance.held


def keep(row, hours=24, *, by=None, key="k", at=NOON):
    return brokerage.keep(reservation=row, hours=hours, by=by, key=key, at=at)


def test_all_that_it_may_cost_is_held_at_once(row, harbour, alice):
    assert brokerage.most_micro(reservation=row, hours=24) == MOST
    made = keep(row, by=alice)
    made.refresh_from_db()
    assert (made.state, made.hours, made.gib, made.most_micro) == ("wanted", 24, 50, MOST)
    assert (made.price_micro_per_gib_hour, made.fee_bps, made.currency) == (KEEP, 1500, "USD")
    assert (made.assignment, made.wanted_by) == (row.assignments.get(), alice)
    assert (made.hold.key, made.hold.amount) == (f"keeping:{made.public_id}", MOST)
    assert wallet(harbour) == (FUNDS, PRICE + MOST)
    assert made.assignment.generation == 2
    act = AuditEvent.objects.get(verb="asked to keep")
    assert (act.actor_label, act.detail) == ("alice@example.test", {"hours": "24"})


def test_the_same_key_asks_once_and_with_other_hours_is_refused(row, harbour):
    made = keep(row)
    assert keep(row).pk == made.pk
    with pytest.raises(KeyReused):
        keep(row, 25)
    assert Keeping.objects.count() == 1
    assert wallet(harbour) == (FUNDS, PRICE + MOST)
    assert Assignment.objects.get().generation == 2


def test_one_rental_has_one_unless_that_was_given_up(row, harbour):
    first = keep(row)
    with pytest.raises(brokerage.CannotKeep, match="it is kept already"):
        keep(row, 25, key="other")
    assert wallet(harbour) == (FUNDS, PRICE + MOST)
    brokerage.give_up_keeping(keeping=first, by=None, at=NOON)
    assert wallet(harbour) == (FUNDS, PRICE)
    second = keep(row, 48, key="other")
    assert (second.hours, wallet(harbour)) == (48, (FUNDS, PRICE + 2 * MOST))


@pytest.mark.parametrize(("size", "gib"), [(1, 1), (1 << 30, 1), ((1 << 30) + 1, 2)])
def test_a_part_of_a_gib_counts_as_one(size, gib, offer, harbour):
    make.funded(harbour)
    made = runs(make.reservation(harbour, offer), size)
    assert brokerage.most_micro(reservation=made, hours=10) == gib * KEEP * 10


@pytest.mark.parametrize("hours", [1, 720])
def test_it_is_kept_for_an_hour_to_thirty_days(hours, row, harbour):
    assert keep(row, hours).hold.amount == 50 * KEEP * hours


@pytest.mark.parametrize("hours", [-1, 0, 721])
def test_other_times_are_refused(hours, row, harbour):
    for ask in (keep, lambda row, hours: brokerage.most_micro(reservation=row, hours=hours)):
        with pytest.raises(brokerage.BadAsk, match="must be from 1 to 720") as refused:
            ask(row, hours)
        assert refused.value.field == "hours"
    untouched(harbour)


def untouched(renter, held=PRICE):
    assert not Keeping.objects.exists()
    assert wallet(renter) == (FUNDS, held)
    assert {part.generation for part in Assignment.objects.all()} == {1}
    assert not AuditEvent.objects.filter(verb="asked to keep").exists()


def test_an_offer_without_a_price_keeps_nothing(harbour, market):
    make.funded(harbour)
    made = runs(make.reservation(harbour, make.offer()))
    for ask in (keep, lambda row: brokerage.most_micro(reservation=row, hours=1)):
        with pytest.raises(brokerage.CannotKeep, match="its provider keeps no workspaces"):
            ask(made)
    untouched(harbour)


def test_what_has_not_begun_or_is_over_keeps_nothing(harbour, offer):
    make.funded(harbour)
    made = make.reservation(harbour, offer)
    for ask in (keep, lambda row: brokerage.most_micro(reservation=row, hours=1)):
        with pytest.raises(IllegalMove, match="does not run"):
            ask(made)
    untouched(harbour)
    runs(made)
    with pytest.raises(IllegalMove, match="does not run"):
        keep(made, at=NOON + HOUR)  # the window is over, and no sweep has seen it yet
    untouched(harbour)
    brokerage.end_due(reservation=made, at=NOON + HOUR)
    made.refresh_from_db()
    for at in (NOON, NOON + HOUR):
        with pytest.raises(IllegalMove, match="does not run"):
            keep(made, at=at)
    assert not Keeping.objects.exists()


def test_a_rental_that_ended_since_it_was_read_keeps_nothing(row, harbour):
    stale = type(row).objects.get(pk=row.pk)
    brokerage.stop(reservation=row, by=None, at=NOON + HOUR / 2)
    with pytest.raises(IllegalMove, match="does not run"):
        keep(stale, at=NOON + HOUR / 2)
    assert not Keeping.objects.exists()
    assert wallet(harbour) == (FUNDS, PRICE)


def test_what_runs_on_two_machines_is_not_kept(harbour, offer):
    make.funded(harbour)
    make.offer(machine=make.machine(site=offer.machine.site), keep_micro_per_gib_hour=KEEP)
    made = make.reservation(harbour, offer, gpus=2, together=Together.SITE)
    for part in made.assignments.all():
        report = make.observation(part, "running", started_at=NOON, workspace_bytes=1)
        brokerage.observe(machine=part.machine, reports=[report], at=NOON)
    made.refresh_from_db()
    assert made.state == "active"
    with pytest.raises(brokerage.CannotKeep, match="it runs on 2 machines"):
        keep(made)
    untouched(harbour, 2 * PRICE)


def test_what_no_machine_said_the_size_of_is_not_kept(harbour, offer):
    make.funded(harbour)
    made = runs(make.reservation(harbour, offer), None)
    with pytest.raises(brokerage.CannotKeep, match="not said yet how large"):
        keep(made)
    runs(made, 0)
    with pytest.raises(brokerage.CannotKeep, match="not said yet how large"):
        keep(made)
    untouched(harbour)


def test_what_is_larger_than_any_disk_is_not_kept(harbour, offer):
    make.funded(harbour)
    made = runs(make.reservation(harbour, offer), (32_768 << 30) + 1)
    with pytest.raises(brokerage.CannotKeep, match="larger than 32768 GiB"):
        keep(made)
    untouched(harbour)


def test_the_size_is_said_once_so_that_what_was_shown_is_what_is_held(row):
    runs(row, 99 << 30)
    part = row.assignments.get()
    assert part.workspace_bytes == make.GIB << 30
    assert brokerage.most_micro(reservation=row, hours=24) == MOST


def test_the_size_may_come_after_the_start(harbour, offer):
    make.funded(harbour)
    made = runs(make.reservation(harbour, offer), None)
    runs(made, 7 << 30)
    assert keep(made).gib == 7


def test_a_wallet_that_does_not_cover_it_or_is_frozen_holds_nothing(harbour, offer):
    make.funded(harbour, PRICE + MOST - 1)
    made = runs(make.reservation(harbour, offer))
    with pytest.raises(ledger.InsufficientFunds):
        keep(made)
    account = make.funded(harbour, 1)
    ledger.freeze(key="f", account=account, reason="disputed", at=NOON)
    with pytest.raises(ledger.WalletFrozen):
        keep(made)
    assert not Keeping.objects.exists()
    assert wallet(harbour) == (PRICE + MOST, PRICE)
    ledger.lift(key="f", at=NOON)
    assert keep(made).state == "wanted"
    assert wallet(harbour) == (PRICE + MOST, PRICE + MOST)


def test_whom_screening_refuses_now_nothing_is_kept(row, harbour):
    compliance.amend_party(party=harbour.party, by="t", at=NOON, hq_country="KP")
    with pytest.raises(brokerage.NotCleared, match="not available to your organisation"):
        keep(row)
    untouched(harbour)


def test_while_no_list_is_fresh_nothing_new_is_kept(harbour, offer):
    make.funded(harbour)
    made = make.reservation(harbour, offer, hours=26)
    runs(made)
    with pytest.raises(brokerage.NotClearedNow, match="try again later"):
        keep(made, at=NOON + 25 * HOUR)
    untouched(harbour, 26 * PRICE)


def test_given_up_while_it_runs_it_costs_nothing_and_its_node_hears_of_it(row, harbour, alice):
    made = keep(row)
    brokerage.give_up_keeping(keeping=made, by=alice, at=NOON + HOUR / 2)
    made.refresh_from_db()
    assert (made.state, made.ended_at, made.due_micro) == ("dropped", NOON + HOUR / 2, 0)
    assert (made.hold.amount, wallet(harbour)) == (0, (FUNDS, PRICE))
    assert row.assignments.get().generation == 3
    assert AuditEvent.objects.get(verb="dropped").actor_label == "alice@example.test"
    with pytest.raises(IllegalMove):
        brokerage.give_up_keeping(keeping=made, by=alice, at=NOON + HOUR / 2)


def test_deleted_it_is_paid_for_until_then_in_one_posting(row, harbour, alice):
    made = keep(row)
    make.kept(row, at=NOON + HOUR)
    end = NOON + 3 * HOUR + timedelta(milliseconds=1)
    make.looked_at(NOON + HOUR, end)
    brokerage.give_up_keeping(keeping=made, by=alice, at=end)
    made.refresh_from_db()
    due = 50 * KEEP * 7_200_001 // 3_600_000
    assert (made.state, made.outcome, made.ended_at) == ("ended", "deleted", end)
    assert (made.answered_ms, made.due_micro) == (7_200_001, due)
    assert (made.hold.amount, wallet(harbour)) == (0, (FUNDS - due, PRICE))
    theirs = due * 85 // 100
    operator = row.offer.machine.site.operator.public_id
    assert ledger.totals(currency="USD", owner=operator) == {"provider_pending": theirs}
    assert ledger.totals(currency="USD")["platform_fee"] == due - theirs
    booked = Transaction.objects.get(key=f"keeping:{made.public_id}")
    assert (booked.kind, booked.event_at) == ("workspace_kept", end)
    assert AuditEvent.objects.get(verb="ended").detail == {"outcome": "deleted"}
    assert ledger.verify() == []
    with pytest.raises(IllegalMove):
        brokerage.give_up_keeping(keeping=made, by=alice, at=end)


def test_what_is_over_before_any_time_counted_costs_nothing(row, harbour):
    made = keep(row)
    make.kept(row, at=NOON + HOUR)
    brokerage.give_up_keeping(keeping=made, by=None, at=NOON + HOUR)
    made.refresh_from_db()
    assert (made.state, made.outcome, made.due_micro) == ("ended", "deleted", 0)
    assert wallet(harbour) == (FUNDS, PRICE)


TERMS = {
    "hours": 25,
    "gib": 51,
    "price_micro_per_gib_hour": 99,
    "fee_bps": 0,
    "currency": "EUR",
    "wanted_by": None,
    "idempotency_key": "other",
    "request_sha256": b"other",
    "created_at": NOON - HOUR,
}


@pytest.mark.parametrize("term", TERMS)
def test_what_was_agreed_is_agreed_once(term, row, alice):
    keep(row, by=alice)
    with pytest.raises(ProgrammingError, match="is agreed once"), transaction.atomic():
        Keeping.objects.update(**{term: TERMS[term]})


def test_it_stays_of_its_rental_and_its_hold(row, harbour):
    made = keep(row)
    other = make.bare_reservation(harbour, row.offer, state="refused", hold=None)
    part = Assignment.objects.create(reservation=other, machine=row.offer.machine)
    changes = ({"reservation": other}, {"assignment": part}, {"hold": other_hold(harbour)})
    for change in changes:
        with pytest.raises(ProgrammingError, match="is agreed once"), transaction.atomic():
            Keeping.objects.filter(pk=made.pk).update(**change)


def other_hold(renter):
    return ledger.place_hold(key="other", account=make.funded(renter), amount=1)


def test_once_kept_its_times_stay_and_time_only_passes(row):
    keep(row)
    made = make.kept(row, at=NOON + HOUR)
    rows = Keeping.objects.filter(pk=made.pk)
    for change in (
        {"until": NOON + 26 * HOUR},
        {"kept_from": NOON + HOUR / 2},
    ):
        with pytest.raises(ProgrammingError, match="is agreed once"), transaction.atomic():
            rows.update(**change)
    make.looked_at(NOON + HOUR, NOON + 2 * HOUR)
    for change in (
        {"looked_at": NOON + HOUR, "answered_ms": 0},
        {"answered_ms": 3_600_001},
        {"answered_ms": 3_599_999},
        {"looked_at": NOON + 2 * HOUR + timedelta(milliseconds=1), "answered_ms": 3_600_002},
    ):
        with (
            pytest.raises(IntegrityError, match="while time passes"),
            transaction.atomic(),
        ):
            rows.update(**change)
    rows.update(looked_at=NOON + 2 * HOUR + timedelta(milliseconds=1), answered_ms=3_600_001)


@pytest.mark.parametrize("over", ["dropped", "ended"])
def test_what_is_over_is_evidence(over, row):
    made = keep(row)
    if over == "ended":
        make.kept(row, at=NOON + HOUR)
    brokerage.give_up_keeping(keeping=made, by=None, at=NOON + HOUR)
    made.refresh_from_db()
    assert made.state == over
    with pytest.raises(ProgrammingError, match="is forbidden: its rows are"), transaction.atomic():
        Keeping.objects.update(due_micro=0)


def test_no_row_goes_away(row):
    made = keep(row)
    run("SET CONSTRAINTS ALL IMMEDIATE")
    for act in (made.delete, lambda: run("TRUNCATE brokerage_keeping CASCADE")):
        with pytest.raises(DatabaseError, match="is forbidden: its rows are"), transaction.atomic():
            act()
    assert app_role.tables()["brokerage_keeping"] == ["SELECT", "INSERT", "UPDATE"]


def run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_without_the_services_look_the_database_keeps_one(row, harbour, monkeypatch):
    keep(row)
    monkeypatch.setattr(keeping, "_require_first", lambda row: None)
    with pytest.raises(IntegrityError, match="keeping_once"), transaction.atomic():
        keep(row, key="other")
    assert Hold.objects.filter(key__startswith="keeping:", amount__gt=0).count() == 1


@pytest.mark.parametrize("price", [0, -1, 100_001])
def test_an_offers_price_is_within_bounds(price, market):
    machine = make.machine()
    with pytest.raises(IntegrityError, match="offer_keep_price"), transaction.atomic():
        list_offer(machine, price)
    assert not machine.offers.exists()


@pytest.mark.parametrize("price", [None, 1, 100_000])
def test_an_offer_names_its_price_or_keeps_nothing(price, market):
    made = list_offer(make.machine(), price)
    made.refresh_from_db()
    assert made.keep_micro_per_gib_hour == price


def list_offer(machine, price):
    return catalog.list_offer(
        machine=machine,
        chip=make.chip(),
        price_micro_per_gpu_hour=PRICE,
        at=NOON,
        terms=catalog.WindowTerms(keep_micro_per_gib_hour=price),
    )


def test_a_machine_that_keeps_at_another_price_is_not_its_equal(offer, harbour):
    site = offer.machine.site
    make.offer(machine=make.machine(site=site), keep_micro_per_gib_hour=KEEP + 1)
    make.offer(machine=make.machine(site=site))
    facts = {"offer": offer, "start": NOON, "end": NOON + HOUR}
    assert brokerage.free_together(together=Together.SITE, **facts) == 1
    make.offer(machine=make.machine(site=site), keep_micro_per_gib_hour=KEEP)
    assert brokerage.free_together(together=Together.SITE, **facts) == 2
