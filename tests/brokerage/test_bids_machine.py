"""The machine of `test_machine`, with bids that give way and machines that others stand in for."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule, run_state_machine_as_test

from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Reservation, WindowChange
from marketplace.catalog.models import Machine
from marketplace.catalog.states import MachineState
from tests import make
from tests.brokerage.test_machine import Market, done, lengths, starts

pytestmark = pytest.mark.django_db
FLOOR = 600_000
BIDS = 2


class MarketWithBids(Market):
    """Besides: a machine that takes bids, and one that stands in for the first."""

    @initialize()
    def open(self):
        super().open()
        plain = self.offers[0]
        make.offer(machine=make.machine(gpus=2, site=plain.machine.site))
        self.offers.append(make.offer(gpus=2, cleaning_s=60, spot_floor_micro=FLOOR))

    def brokered(self, asked):
        brokerage.broker(reservation=brokerage.request(**asked, at=self.at), at=self.at)

    def place(self, renter, gpus, length, bid, begins):
        asked = self.ask(renter, BIDS, gpus, 0, length, spot_bid_micro=bid)
        self.attempt("bid", lambda: self.brokered(asked))
        row = Reservation.objects.filter(idempotency_key=asked["key"], state="confirmed").first()
        if row and begins:
            self.start(row, None)

    @rule(
        renter=st.integers(0, 2),
        gpus=st.integers(1, 2),
        length=lengths,
        bid=st.integers(1, 4).map(lambda times: times * FLOOR),
        begins=st.booleans(),
    )
    def on_a_bid(self, **facts):
        self.place(**facts)

    @rule(renter=st.integers(0, 2), gpus=st.integers(1, 2), length=lengths)
    def evict(self, renter, gpus, length):
        """The full price, now, where there may be only bids."""
        self.place(renter, 2, 12, FLOOR, begins=True)
        asked = self.ask(renter, BIDS, gpus, 0, length)
        told = WindowChange.objects.filter(kind="evicted").count()
        self.attempt("reserve", lambda: self.brokered(asked))
        done["evict"] += WindowChange.objects.filter(kind="evicted").count() > told

    @rule(renter=st.integers(0, 2), offer=st.sampled_from([0, 0, 0, BIDS]), start=starts)
    def substitute(self, renter, offer, start):
        """A machine falls silent before the start; another stands in, but for bids."""
        asked = self.ask(renter, offer, 1, start, 2)
        self.attempt("reserve", lambda: self.brokered(asked))
        rows = Reservation.objects.filter(state="confirmed", offer=self.offers[offer])
        row = rows.select_related("offer__machine").order_by("pk").last()
        if row is None:
            return
        part = row.assignments.wanted().select_related("machine").first()
        part.reservation = row
        machines = Machine.objects.filter(pk=part.machine_id)
        machines.update(state=MachineState.OFFLINE)
        made = brokerage.replace(assignment=part, at=self.at)
        machines.update(state=MachineState.ONLINE)
        assert made is None or not row.interruptible
        done["substitute"] += made is not None

    def start(self, row, data):
        self.pass_to(max(self.at, row.during.lower))
        row.refresh_from_db()
        if row.state == "confirmed":
            self.attempt("start", lambda: self.runs(row))

    def runs(self, row):
        part = row.assignments.wanted().get()
        report = make.observation(part, "running", started_at=self.at)
        brokerage.observe(machine=part.machine, reports=[report], at=self.at)

    @precondition(lambda self: hasattr(self, "at"))
    @invariant()
    def bids_had_what_they_are_owed(self):
        rows = WindowChange.objects.filter(kind="evicted").select_related("reservation__offer")
        for told in rows:
            row, offer = told.reservation, told.reservation.offer
            assert told.until >= told.at + timedelta(seconds=offer.spot_notice_s)
            begun = row.assignments.wanted().get().started_at
            if begun and begun < told.at:
                assert told.until >= begun + timedelta(seconds=offer.spot_minimum_s)
            assert row.during.upper <= told.until


def test_bids_give_way_and_nothing_is_sold_twice(market, monkeypatch):
    monkeypatch.setattr("marketplace.core.hints._send", lambda task, ids: None)
    done.clear()
    run_state_machine_as_test(
        MarketWithBids,
        settings=settings(
            max_examples=8,
            stateful_step_count=15,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    carried = {verb for verb, times in done.items() if times}
    assert {"bid", "evict", "substitute"} <= carried
