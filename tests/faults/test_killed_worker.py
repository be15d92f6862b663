"""A worker that is killed between any two of its writes changes nothing about the final numbers."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db.models import Sum

from marketplace.billing import services as billing
from marketplace.billing import tasks as billing_tasks
from marketplace.billing.models import Charge, CostStatement
from marketplace.brokerage import services as brokerage
from marketplace.brokerage import tasks as brokerage_tasks
from marketplace.brokerage.models import Lease
from marketplace.core import hints
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Hold
from marketplace.metering import tasks as metering_tasks
from tests import make
from tests.billing import stand_in
from tests.crash import killed_after
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db(transaction=True)

#: what a worker does on its clock, in the order of a bad day: latest step first
SWEEPS = (
    billing_tasks.settle_ended,
    billing_tasks.charge_sealed,
    metering_tasks.seal_running,
    brokerage_tasks.end_due,
    brokerage_tasks.broker_open,
    billing_tasks.handle_stored_events,
    billing_tasks.send_due_commands,
)
#: a command that a killed worker had claimed is taken over after this
LATER = timedelta(minutes=4)
START, END = NOON + HOUR, NOON + 2 * HOUR
#: 2 GPUs for an hour less 90 s at $2.40, 15 % of it ours
EXPECTED = {
    "state": "settled",
    "wallet": (50_000_000 - 4_680_000, 0),
    "charged": (4_680_000, 3_978_000, 702_000),
    "invoice": 4_680_000,
    "lines": 2,
    "leases": ["ended", "ended"],
    "hold": 0,
    "totals": {
        "stripe_pending": -50_000_000,
        "wallet_paid": 45_320_000,
        "provider_pending": 3_978_000,
        "platform_fee": 702_000,
    },
    "payments": 1,
}


@pytest.fixture
def stripe(fake, monkeypatch):
    # the hints are lost too: only the sweeps are left
    monkeypatch.setattr(hints, "_send", lambda task, ids: None)
    return fake


@pytest.fixture
def clock(monkeypatch):
    clock = SimpleNamespace(at=NOON)
    for module in (billing_tasks, brokerage_tasks, metering_tasks):
        monkeypatch.setattr(module, "now", lambda: clock.at)
    return clock


def sweep():
    for task in SWEEPS:
        task()


class Rental:
    """The life of one reservation: what web and node do, with the worker's part left out."""

    def __init__(self):
        self.renter = make.organisation("Renter")
        self.offer = make.offer(gpus=2)
        self.steps = (
            (NOON, self.top_up),
            (NOON + timedelta(minutes=10), self.reserve),
            (START, self.begin),
            (START + timedelta(minutes=30), self.report_half),
            (END, self.report_rest),
            (END + timedelta(minutes=10), lambda: None),
        )

    def top_up(self):
        billing.top_up(
            organisation=self.renter,
            by=None,
            amount_micro=50_000_000,
            payment_method="pm_card_visa",
            key="top-up",
            at=NOON,
        )

    def reserve(self):
        ask = make.ask(self.offer, gpus=2, start=START)
        self.row = brokerage.request(
            renter=self.renter, by=None, ask=ask, key="rent", at=NOON + timedelta(minutes=10)
        )

    def begin(self):
        make.started(self.row, at=START)

    def report_half(self):
        self.report(START, START + timedelta(minutes=30))

    def report_rest(self):
        # the workload ended 90 s before its window did
        stop = END - timedelta(seconds=90)
        self.report(START + timedelta(minutes=30), stop, final=True)
        done = make.observation(self.assignment, "stopped", stopped_at=stop, exit_code=0)
        brokerage.observe(machine=self.offer.machine, reports=[done], at=END)

    @property
    def assignment(self):
        return self.row.assignments.get()

    def report(self, start, end, **facts):
        segment = make.segment(self.assignment, start, end, **facts)
        make.accept(machine=self.offer.machine, segments=[segment], at=end)

    def outcome(self, fake):
        self.row.refresh_from_db()
        wallet = ledger.balance(
            account=brokerage.wallet_account(renter=self.renter, currency="USD")
        )
        charges = Charge.objects.filter(lease__assignment__reservation=self.row)
        sums = charges.aggregate(a=Sum("amount_micro"), p=Sum("provider_micro"), f=Sum("fee_micro"))
        invoice = CostStatement.objects.get(reservation=self.row)
        leases = Lease.objects.filter(assignment__reservation=self.row)
        return {
            "state": self.row.state,
            "wallet": (wallet.posted, wallet.held),
            "charged": (sums["a"], sums["p"], sums["f"]),
            "invoice": invoice.total_micro,
            "lines": invoice.lines.count(),
            "leases": sorted(leases.values_list("state", flat=True)),
            "hold": Hold.objects.get(pk=self.row.hold_id).amount,
            "totals": ledger.totals(currency="USD"),
            "payments": len(stand_in.intents(fake)),
        }


def live(rental, clock, crash_after):
    """Live through the rental; in each step the worker is killed once. How often it really was."""
    kills = 0
    for at, step in rental.steps:
        clock.at = at
        step()
        kills += killed_after(crash_after, sweep) if crash_after else 0
        clock.at = at + LATER
        sweep()
        sweep()
    return kills


def test_undisturbed(market, stripe, clock):
    rental = Rental()
    assert live(rental, clock, crash_after=0) == 0
    assert rental.outcome(stripe) == EXPECTED


#: more than the longest step of the worker has
MOST_WRITES = 40


def test_killed_after_each_of_its_writes(market, stripe, clock):
    kills = []
    for writes in range(1, MOST_WRITES):
        before = ledger.totals(currency="USD")
        paid = len(stand_in.intents(stripe))
        rental = Rental()
        kills.append(live(rental, clock, crash_after=writes))
        found = rental.outcome(stripe)
        found["payments"] -= paid
        found["totals"] = {
            kind: amount - before.get(kind, 0) for kind, amount in found["totals"].items()
        }
        assert found == EXPECTED, f"killed after write {writes}"
        assert ledger.verify() == []
        if not kills[-1]:
            break
    assert kills[0] >= 4, "the worker writes in at least four of the steps"
    assert kills[-1] == 0, "raise MOST_WRITES: the longest step was not killed at its end"
