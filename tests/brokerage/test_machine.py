"""A machine that does to a small market whatever renters, providers, nodes and the clock may do.

After every step the invariants are asked of the database itself.
"""

import itertools
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Lease, Reservation, WindowChange
from marketplace.brokerage.states import PAID, SET_ASIDE
from marketplace.catalog import services as catalog
from marketplace.core.states import IllegalMove, LostRace
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Hold
from tests import make
from tests.make import NOON

pytestmark = pytest.mark.django_db
STEP = timedelta(minutes=15)
FUNDS = 60 * 2_400_000
#: what a verb may say instead of doing anything
REFUSED = (
    IllegalMove,
    LostRace,
    brokerage.BadAsk,
    brokerage.FeeChanged,
    brokerage.HoldExpired,
    brokerage.NotEnoughGpus,
    brokerage.TooManyPins,
    brokerage.WindowTaken,
    ledger.InsufficientFunds,
)
RUN = {"command": ["sleep", "60"]}
SCHEDULE = [[1, 10_000], [3, 3000]]
#: what may be tried on a reservation in a state; not all of it is allowed
VERBS = {
    "pinned": ["confirm", "cancel", "extend"],
    "held": ["confirm", "cancel", "shorten"],
    "confirmed": ["extend", "shorten", "cancel", "start", "start"],
    "active": ["extend", "shorten", "stop", "cancel"],
}
_keys = itertools.count(1)
#: how often each verb was carried out, over all examples: one that never was proves nothing
done: Counter[str] = Counter()
refused: Counter[str] = Counter()

starts, lengths = st.sampled_from([0, 1, 2, 4, 8, 16]), st.integers(2, 12)


class Market(RuleBasedStateMachine):
    """Three renters on two machines of two GPUs, one with cleaning and fees."""

    @initialize()
    def open(self):
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.at = NOON
        schedule = catalog.publish_schedule(
            code="machine", title="Machine", steps=SCHEDULE, since=NOON, at=NOON
        )
        plain = make.offer(gpus=2)
        self.offers = [plain, make.offer(gpus=2, cleaning_s=900, schedule=schedule)]
        self.renters = [make.organisation(f"R{number}") for number in range(3)]
        for renter in self.renters:
            make.funded(renter, FUNDS)

    def teardown(self):
        if hasattr(self, "savepoint"):
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    def ask(self, renter, offer, gpus, start, length, **facts):
        begin = self.at + start * STEP
        of = self.offers[offer]
        facts = {"workload": RUN, "end": begin + length * STEP, **facts}
        ask = make.ask(of, gpus=gpus, start=begin, **facts)
        return {"renter": self.renters[renter], "by": None, "ask": ask, "key": f"k{next(_keys)}"}

    def attempt(self, name, call):
        """Do it, or be refused; a refusal must leave the books and the calendar as they were."""
        before = self.fingerprint()
        try:
            with transaction.atomic():
                call()
        except REFUSED:
            refused[name] += 1
            assert self.fingerprint() == before, f"{name} was refused and moved something"
        else:
            done[name] += 1

    def fingerprint(self):
        leases = Lease.objects.order_by("pk").values_list("pk", "during", "state")
        holds = Hold.objects.order_by("pk").values_list("pk", "amount")
        rows = Reservation.objects.order_by("pk").values_list("pk", "state", "during", "hold")
        return list(leases), list(holds), list(rows), WindowChange.objects.count()

    @rule(
        renter=st.integers(0, 2),
        offer=st.integers(0, 1),
        gpus=st.integers(1, 2),
        start=starts,
        length=lengths,
        auto=st.booleans(),
    )
    def reserve(self, renter, offer, gpus, start, length, auto):
        asked = self.ask(renter, offer, gpus, start, length, auto_confirm=auto)

        def call():
            brokerage.broker(reservation=brokerage.request(**asked, at=self.at), at=self.at)

        self.attempt("reserve", call)

    @rule(renter=st.integers(0, 2), offer=st.integers(0, 1), start=starts, length=lengths)
    def pin(self, renter, offer, start, length):
        asked = self.ask(renter, offer, 1, start, length)
        self.attempt("pin", lambda: brokerage.pin(**asked, at=self.at))

    @rule(data=st.data())
    def act(self, data):
        """Something that is done to a reservation, as somebody read it a moment ago."""
        rows = Reservation.objects.filter(state__in=VERBS).order_by("pk")
        rows = list(rows.select_related("offer", "renter__party", "decision", "hold"))
        if rows:
            row = data.draw(st.sampled_from(rows))
            getattr(self, data.draw(st.sampled_from(VERBS[row.state])))(row, data)

    def confirm(self, row, data):
        self.attempt("confirm", lambda: brokerage.confirm(reservation=row, at=self.at))

    def moved(self, row, data):
        steps = data.draw(st.integers(-2, 8))
        return steps, {"reservation": row, "key": f"k{next(_keys)}", "by": None, "at": self.at}

    def extend(self, row, data):
        steps, facts = self.moved(row, data)
        until = row.during.upper + steps * STEP
        self.attempt("extend", lambda: brokerage.extend(until=until, **facts))

    def shorten(self, row, data):
        steps, facts = self.moved(row, data)
        until = row.during.upper - steps * STEP
        facts["agreed_fee_micro"] = data.draw(st.sampled_from([None, 0, 10**9]))
        self.attempt("shorten", lambda: brokerage.shorten(until=until, **facts))

    def cancel(self, row, data):
        self.attempt("cancel", lambda: brokerage.cancel(reservation=row, by=None, at=self.at))

    def start(self, row, data):
        self.pass_to(max(self.at, row.during.lower))
        row.refresh_from_db()
        if row.state == "confirmed":
            self.attempt("start", lambda: make.started(row, at=self.at))

    def stop(self, row, data):
        self.attempt("stop", lambda: brokerage.stop(reservation=row, by=None, at=self.at))

    @rule(steps=st.integers(1, 4))
    def tick(self, steps):
        self.pass_to(self.at + steps * STEP)
        done["tick"] += 1

    def pass_to(self, moment):
        """Time passes, and every sweep runs."""
        self.at = moment
        for row in Reservation.objects.overdue(at=self.at).select_related("hold"):
            brokerage.expire(reservation=row, at=self.at)
        for row in Reservation.objects.over(at=self.at):
            brokerage.end_due(reservation=row, at=self.at)

    @precondition(lambda self: hasattr(self, "at"))
    @invariant()
    def it_holds(self):
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        assert brokerage.sold_twice() == []
        assert brokerage.illegal() == []
        assert ledger.verify() == []
        for row in Reservation.objects.filter(state__in=PAID).select_related("hold"):
            assert row.hold.amount == row.hold.placed == brokerage.cost_micro(row), row
        for number, renter in enumerate(self.renters):
            self.money_adds_up(number, renter)
        live = Reservation.objects.filter(state__in=SET_ASIDE).aggregate(n=Sum("gpu_count"))["n"]
        assert Lease.objects.live().count() == (live or 0)

    def money_adds_up(self, number, renter):
        wallet = ledger.balance(account=brokerage.wallet_account(renter=renter, currency="USD"))
        fees = WindowChange.objects.filter(reservation__renter=renter)
        paid = fees.aggregate(paid=Sum("fee_micro"))["paid"] or 0
        holds = Hold.objects.filter(account=wallet.account).aggregate(held=Sum("amount"))["held"]
        assert (wallet.posted, wallet.held) == (FUNDS - paid, holds or 0), number


def test_whatever_is_done_nothing_is_sold_twice_and_the_money_adds_up(market, monkeypatch):
    monkeypatch.setattr("marketplace.core.hints._send", lambda task, ids: None)
    done.clear()
    run_state_machine_as_test(
        Market,
        settings=settings(
            max_examples=10,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    verbs = {"reserve", "pin", "confirm", "extend", "shorten", "cancel", "start", "stop", "tick"}
    assert set(done) == verbs, f"never carried out: {verbs - set(done)}"
    assert set(refused) & {"extend", "shorten"}
