"""What runs until it is stopped: asked for, switched, stopped, and told why it will end."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Notice, Reservation, RollRefusal, WindowChange
from marketplace.brokerage.services.windows import first_window, roll_step
from marketplace.brokerage.states import State
from marketplace.catalog import services as catalog
from marketplace.catalog.states import MachineState
from marketplace.core.models import AuditEvent
from marketplace.core.states import IllegalMove
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Hold
from marketplace.notices import wording
from marketplace.notices.models import Notice as Told
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
PRICE = 2_400_000
MINUTE = timedelta(minutes=1)


@pytest.fixture
def row(market, harbour):
    """One GPU until it is stopped, which runs; booked for an hour so far."""
    make.funded(harbour)
    made = make.reservation(harbour, make.offer(), rolling=True)
    make.started(made)
    return made


def wallet(renter):
    balance = ledger.balance(account=brokerage.wallet_account(renter=renter, currency="USD"))
    return balance.posted, balance.held


def test_it_is_booked_for_a_first_window_whose_price_is_held(row, harbour):
    assert (row.rolling, row.rolls_on, row.roll_refused) == (True, True, "")
    assert (row.during.lower, row.during.upper) == (NOON, NOON + HOUR)
    assert wallet(harbour) == (100_000_000, PRICE)
    assert (first_window(offer=row.offer), roll_step()) == (HOUR, HOUR / 2)


@pytest.mark.parametrize(
    ("terms", "minutes"),
    [
        ({}, 60),
        ({"min_window_s": 7200}, 120),
        ({"min_window_s": 600}, 60),
        ({"max_window_s": 1800}, 30),
    ],
)
def test_the_first_window_keeps_to_the_providers_terms(terms, minutes, market, harbour):
    make.funded(harbour)
    offer, length = make.offer(**terms), minutes * MINUTE
    assert first_window(offer=offer) == length
    made = make.reservation(harbour, offer, rolling=True, end=NOON + length)
    assert (made.state, made.during.upper) == ("confirmed", NOON + length)


@pytest.mark.parametrize(
    ("facts", "field", "said"),
    [
        ({"spot_bid_micro": PRICE // 2}, "rolling", "booked outright, at the full price"),
        ({"auto_confirm": False}, "rolling", "booked outright, at the full price"),
        ({"start": NOON + 16 * MINUTE}, "start", "must be now: what runs until it is stopped"),
        ({"hours": 2}, "end", "must be 1 hour after the start for what runs until stopped"),
    ],
)
def test_what_cannot_be_booked_so_is_refused(facts, field, said, market, harbour):
    make.funded(harbour)
    spot = {"spot_floor_micro": PRICE // 4, "spot_notice_s": 120, "spot_minimum_s": 600}
    with pytest.raises(brokerage.BadAsk, match=said) as refused:
        make.reservation(harbour, make.offer(**spot), **{"rolling": True, **facts})
    assert refused.value.field == field
    assert not Reservation.objects.exists()
    assert wallet(harbour) == (100_000_000, 0)


def test_it_is_neither_quoted_nor_paid_later(market, harbour):
    make.funded(harbour)
    ask = make.ask(make.offer(), rolling=True)
    with pytest.raises(brokerage.BadAsk, match="booked outright"):
        brokerage.pin(renter=harbour, by=None, ask=ask, key="p", at=NOON)
    assert not brokerage.may_pay_at_start(ask=replace(ask, start=NOON + 9 * HOUR), at=NOON)
    later = replace(ask, pay_at_start=True)
    with pytest.raises(brokerage.BadAsk, match=r"at least 2 hours from now"):
        brokerage.request(renter=harbour, by=None, ask=later, key="d", at=NOON)
    assert not Reservation.objects.exists()


@pytest.mark.parametrize(
    ("change", "guard"),
    [
        ({"interruptible": True}, "reservation_rolling_is_plain"),
        ({"pin_slot": 1}, "reservation_rolling_is_plain"),
        ({"due_micro": 1}, "reservation_rolling_is_plain"),
        ({"auto_confirm": False}, "reservation_rolling_is_plain"),
        ({"rolling": False}, "reservation_rolls_as_asked"),
        ({"rolling": False, "rolls_on": False, "roll_refused": "money"}, "reservation_rolls_as"),
        ({"roll_refused": "whim"}, "reservation_roll_refused_known"),
    ],
)
def test_the_database_takes_no_other_kind(change, guard, market, harbour):
    facts = {"rolling": True, "rolls_on": True, **change}
    with pytest.raises(IntegrityError, match=guard), transaction.atomic():
        make.bare_reservation(harbour, make.offer(), **facts)


def test_what_it_was_asked_for_as_is_frozen(row, market):
    other = make.organisation("Other")
    make.funded(other)
    fixed = make.reservation(other, make.offer())
    for one, rolling in ((row, False), (fixed, True)):
        with pytest.raises(ProgrammingError, match="is agreed once"), transaction.atomic():
            Reservation.objects.filter(pk=one.pk).update(
                rolling=rolling, rolls_on=False, roll_refused=""
            )


def test_the_same_key_with_and_without_is_another_wish(row, harbour):
    ask = make.ask(row.offer)
    digests = {brokerage.asking.content_of(one) for one in (ask, replace(ask, rolling=True))}
    assert len(digests) == 2


def test_it_is_stopped_for_the_time_used_and_no_fee(market, harbour):
    make.funded(harbour)
    schedule = catalog.publish_schedule(
        code="test", title="Test", steps=[[24, 5000]], since=NOON, at=NOON
    )
    offers = [make.offer(schedule=schedule) for _ in range(2)]
    fixed = make.reservation(harbour, offers[0])
    rolling = make.reservation(harbour, offers[1], rolling=True)
    fees = []
    for one in (fixed, rolling):
        make.started(one)
        shown = brokerage.consequence(
            reservation=one, until=NOON + 30 * MINUTE, at=NOON + 30 * MINUTE
        )
        brokerage.stop(reservation=one, by=None, at=NOON + 30 * MINUTE, agreed_fee_micro=PRICE)
        fees.append((shown.fee_micro, WindowChange.objects.get(reservation=one).fee_micro))
    assert fees == [(PRICE // 4, PRICE // 4), (0, 0)]
    assert wallet(harbour)[0] == 100_000_000 - PRICE // 4


def test_it_costs_no_fee_switched_off_either(row, harbour):
    """How it was asked for decides: a fixed window cannot be turned into this to be rid of fees."""
    brokerage.roll_on(reservation=row, on=False, by=None, at=NOON)
    other = make.reservation(harbour, make.offer(), key="fixed")
    with pytest.raises(IllegalMove, match="is not booked until it is stopped"):
        brokerage.roll_on(reservation=other, on=True, by=None, at=NOON)
    other.refresh_from_db()
    assert not other.rolls_on


def test_switched_off_and_on_again(row, alice):
    end = NOON + HOUR
    brokerage.roll_on(reservation=row, on=False, by=alice, at=NOON)
    brokerage.roll_on(reservation=row, on=False, by=alice, at=NOON)
    assert not brokerage.due_to_roll(at=end - MINUTE).exists()
    brokerage.roll_on(reservation=row, on=True, by=alice, at=NOON)
    assert list(brokerage.due_to_roll(at=end - MINUTE)) == [row]
    verbs = AuditEvent.objects.filter(verb__startswith="let ").order_by("pk")
    assert [(event.verb, event.actor_label) for event in verbs] == [
        ("let end", alice.email),
        ("let roll on", alice.email),
    ]
    with pytest.raises(IllegalMove):
        brokerage.roll_on(reservation=row, on=False, by=alice, at=end)


@pytest.mark.parametrize(
    ("minutes", "due"), [(29, False), (30, True), (59, True), (60, False), (61, False)]
)
def test_it_is_due_from_a_step_before_its_end_until_its_end(minutes, due, row):
    assert brokerage.due_to_roll(at=NOON + minutes * MINUTE).exists() is due


def test_what_has_not_begun_is_not_moved_on(market, harbour):
    """Else a machine that never starts it would keep money and GPUs for ever."""
    make.funded(harbour)
    made = make.reservation(harbour, make.offer(), rolling=True)
    assert made.state == State.CONFIRMED
    assert not brokerage.due_to_roll(at=NOON + 50 * MINUTE).exists()
    brokerage.end_due(reservation=made, at=NOON + HOUR)
    made.refresh_from_db()
    assert (made.state, wallet(harbour)) == ("failed", (100_000_000, 0))


def test_nobody_books_it_further_ahead_by_hand(row):
    """That would keep GPUs from others for nothing."""
    for until in (NOON + HOUR + MINUTE, NOON + 48 * HOUR):
        with pytest.raises(brokerage.BadAsk, match="moves on by itself until it is stopped"):
            brokerage.extend(reservation=row, until=until, key="k", by=None, at=NOON)
    with pytest.raises(brokerage.BadAsk, match="switch that off first"):
        brokerage.shorten(
            reservation=row, until=NOON + 30 * MINUTE, key="s", by=None, at=NOON + MINUTE
        )
    assert not WindowChange.objects.exists()
    brokerage.roll_on(reservation=row, on=False, by=None, at=NOON)
    row.refresh_from_db()
    brokerage.shorten(reservation=row, until=NOON + 30 * MINUTE, key="s", by=None, at=NOON + MINUTE)


def test_it_moves_by_a_step_or_to_the_longest_its_provider_takes(row):
    assert brokerage.next_end(reservation=row) == NOON + 90 * MINUTE
    row.offer.max_window_s = 70 * 60
    assert brokerage.next_end(reservation=row) == NOON + 70 * MINUTE
    row.offer.max_window_s = 3600
    assert why(row) == RollRefusal.LONGEST


def why(row):
    with pytest.raises(brokerage.ROLL_REFUSALS) as refused:
        brokerage.next_end(reservation=row)
    return brokerage.why_not_rolled(refused.value)


def test_an_offer_that_is_no_longer_listed_binds_no_further(row):
    """A price that changes is another offer: nobody is held to the old one for ever."""
    catalog.list_offer(
        machine=row.offer.machine, chip=row.offer.chip, price_micro_per_gpu_hour=1, at=NOON
    )
    row.offer.refresh_from_db()
    assert why(row) == RollRefusal.WITHDRAWN


def test_a_machine_that_does_not_answer_is_not_paid_ahead(row):
    machine = row.offer.machine
    machine.state = MachineState.OFFLINE
    machine.save()
    assert why(row) == RollRefusal.LOST


def note(row, why=RollRefusal.MONEY, at=NOON + 30 * MINUTE):
    brokerage.note_not_rolled(reservation=row, why=why, at=at)
    row.refresh_from_db()


def told():
    return list(Told.objects.filter(kind="reservation.not_rolled").order_by("pk"))


def test_why_it_will_end_is_kept_and_told_once(row):
    note(row)
    assert row.roll_refused == "money"
    [one] = told()
    assert (one.facts["about"], one.facts["roll_refused"]) == ("2026-11-24T13:00:00Z", "money")
    words = wording.said(one.kind, one.facts)
    assert (
        words.head
        == "1 \N{MULTIPLICATION SIGN} H100 80GB: ends 24 Nov 2026, 13:00 UTC as it stands"
    )
    assert (
        "ends at 24 Nov 2026, 13:00 UTC: the wallet does not cover more time. It is" in words.more
    )
    note(row, RollRefusal.TAKEN, NOON + 31 * MINUTE)
    assert (row.roll_refused, len(told())) == ("taken", 1)
    assert Notice.objects.get(kind="not_rolled").about == NOON + HOUR


def test_what_moved_or_was_switched_off_meanwhile_is_not_noted(row):
    stale = Reservation.objects.get(pk=row.pk)
    brokerage.roll_on(reservation=row, on=False, by=None, at=NOON)
    brokerage.note_not_rolled(reservation=stale, why=RollRefusal.MONEY, at=NOON)
    brokerage.roll_on(reservation=row, on=True, by=None, at=NOON)
    until = NOON + 90 * MINUTE
    brokerage.extend(reservation=again(row), until=until, key="k", by=None, at=NOON + 30 * MINUTE)
    brokerage.note_not_rolled(reservation=stale, why=RollRefusal.MONEY, at=NOON + 30 * MINUTE)
    assert (again(row).roll_refused, told()) == ("", [])


def again(row):
    return Reservation.objects.select_related("hold", "renter__party").get(pk=row.pk)


def test_moved_on_nothing_is_refused_any_more(row):
    note(row)
    brokerage.extend(
        reservation=again(row), until=NOON + 80 * MINUTE, key="k", by=None, at=NOON + 31 * MINUTE
    )
    assert again(row).roll_refused == ""


def test_where_it_could_not_go_on_its_end_says_why(row):
    note(row)
    brokerage.end_due(reservation=again(row), at=NOON + HOUR)
    done = again(row)
    assert (done.state, done.ended_at) == ("ended", NOON + HOUR)
    assert done.reason == "the window is over: the wallet does not cover more time"
    assert brokerage.illegal() == []


def test_what_was_switched_off_ends_as_any_window(row):
    note(row)
    brokerage.roll_on(reservation=row, on=False, by=None, at=NOON + 40 * MINUTE)
    brokerage.end_due(reservation=again(row), at=NOON + HOUR)
    assert again(row).reason == "the window is over"


def reminders():
    kinds = Notice.objects.filter(kind="ends").order_by("pk")
    return list(kinds.values_list("about", "lead_s"))


def test_an_end_that_moves_on_is_not_reminded_of(row):
    for minutes in range(60):
        brokerage.remind(at=NOON + minutes * MINUTE)
    assert reminders() == []


def test_one_that_was_refused_is_reminded_of_at_last(row):
    note(row)
    for minutes in (35, 49, 50, 51):
        brokerage.remind(at=NOON + minutes * MINUTE)
    assert reminders() == [(NOON + HOUR, 600)]


def test_one_that_was_switched_off_is_reminded_of_as_ever(row):
    brokerage.roll_on(reservation=row, on=False, by=None, at=NOON)
    brokerage.remind(at=NOON + 50 * MINUTE)
    assert reminders() == [(NOON + HOUR, 600)]


def test_its_hold_is_replaced_as_often_as_it_takes(row):
    """Four days of half hours; a key that grew with each was too long after three."""
    for _ in range(199):
        brokerage.hold_more(reservation=row, lacking_micro=1)
    assert row.hold.key.endswith("#199")
    assert row.hold.amount == PRICE + 199
    assert Hold.objects.filter(amount__gt=0).count() == 1
    assert max(len(hold.key) for hold in Hold.objects.all()) < 60
