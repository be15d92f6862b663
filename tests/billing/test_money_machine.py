"""Any order of top-ups, charges, fees, papers, payouts and failures: the books stay exact."""

import contextlib
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run

from marketplace.billing import services
from marketplace.billing.fake_stripe.resources import balance, transfers
from marketplace.billing.models import Charge, Maturity, Payout, PayoutLine
from marketplace.billing.services import graces, payouts
from marketplace.billing.services.standing import rated
from marketplace.billing.services.unbilled import unbilled, unbilled_fees, unbilled_keepings
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Keeping, Lease, Reservation, WindowChange
from marketplace.brokerage.states import State
from marketplace.catalog.pricing import due_micro
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Balance
from marketplace.metering import services as metering
from tests import make
from tests.billing import earning, given_up, kept, papers, records, use, whole
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
PRICE = 2_345_679
DAY = timedelta(days=1)
DRAINED = 10_000_000
#: half an hour, rounded up as a hold is
LIMIT = 1_172_840


def total(rows, name):
    return rows.aggregate(sum=Sum(name))["sum"] or 0


class Money(RuleBasedStateMachine):
    """One renter, one provider with one machine an hour; the clock only goes on."""

    fake, renter, staff = None, None, None

    def __init__(self):
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.at, self.topped, self.site = NOON + 2 * HOUR, 0, None
        self.ended = []
        make.funded(self.renter, 30_000_000)
        self.topped += 30_000_000

    def teardown(self):
        try:
            self.nothing_is_forgotten()
        finally:
            self.undo_all()

    def nothing_is_forgotten(self):
        """In the end all is on paper but less than a cent, and all that was earned is payable."""
        end = self.at + 60 * DAY
        self.issue(end)
        payouts.mature(at=end)
        assert whole.never_payable() == []
        assert whole.lost_between_ledger_and_papers(self.renter, until=end) == 0
        about = {"organisation": self.renter, "currency": "USD", "until": end}
        assert not [*unbilled_fees(**about), *unbilled_keepings(**about)]
        assert sum(max(row.amount_micro, 0) for row in unbilled(**about)) < 10_000

    def undo_all(self):
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    @rule(micro=st.integers(1, 9_999_999))
    def top_up(self, micro):
        make.funded(self.renter, micro)
        self.topped += micro

    @rule(minutes=st.integers(1, 60))
    def rent_and_charge(self, minutes):
        facts = {"site": self.site} if self.site else {}
        offer = make.offer(machine=make.machine(gpus=1, **facts), price_micro=PRICE)
        make.fresh_list(at=NOON)
        try:
            made = make.reservation(self.renter, offer)
        except ledger.InsufficientFunds:
            return  # many rentals in one story leave a wallet too small for another
        if made.state != State.CONFIRMED:
            return
        make.started(made)
        use.report(made, use.minutes(0, minutes), final=True, at=self.at)
        brokerage.stop(reservation=made, by=None, at=NOON + minutes * use.MINUTE)
        services.charge(reservation=made, at=self.at)
        if self.site is None:
            self.site = offer.machine.site
            earning.stripe_account(self.fake, self.site.operator, 100 * DRAINED)
        self.ended.append(made)

    @rule(minutes=st.integers(1, 115), poor=st.booleans())
    def rent_until_stopped(self, minutes, poor):
        """Moved on while it runs; who is poor has the first hour, and is lent half an hour once."""
        facts = {"site": self.site} if self.site else {}
        offer = make.offer(machine=make.machine(gpus=1, **facts), price_micro=PRICE)
        make.fresh_list(at=NOON)
        try:
            made = make.reservation(self.renter, offer, rolling=True)
        except ledger.InsufficientFunds:
            return
        if made.state != State.CONFIRMED:
            return
        make.started(made)
        wallet = services.wallet(organisation=self.renter)
        rest = poor and wallet.available
        kept = rest and ledger.place_hold(
            key=f"kept:{made.public_id}", account=wallet.account, amount=rest
        )
        end = self.roll_until(made, minutes)
        ran = min(NOON + minutes * use.MINUTE, end)
        use.report(made, (0 * use.MINUTE, ran - NOON), final=True, at=self.at)
        row = records.again(made)
        if ran < end:
            brokerage.stop(reservation=row, by=None, at=ran)
        else:
            brokerage.end_due(reservation=row, at=ran)
        services.charge(reservation=row, at=self.at)
        if kept:
            ledger.release_hold(hold=kept)
        if self.site is None:
            self.site = offer.machine.site
            earning.stripe_account(self.fake, self.site.operator, 100 * DRAINED)
        self.ended.append(made)

    def roll_until(self, made, minutes):
        for half in range(1, minutes // 30 + 1):
            at = NOON + half * HOUR / 2
            row = records.again(made)
            if row.during.upper <= at or not services.roll(reservation=row, at=at):
                break
        return records.again(made).during.upper

    @rule()
    def collect(self):
        services.owing.collect(organisation=self.renter, at=self.at)

    @invariant()
    def no_more_is_lent_than_the_limit(self):
        assert 0 <= services.owes_micro(organisation=self.renter) <= LIMIT

    @precondition(lambda self: self.site)
    @rule(lead=st.integers(1, 300), hours=st.integers(1, 30))
    def book_and_give_up(self, lead, hours):
        make.funded(self.renter, 300 * PRICE)
        self.topped += 300 * PRICE
        make.fresh_list(at=self.at)
        offer = given_up.offer(machine=make.machine(gpus=1, site=self.site), price_micro=PRICE)
        start = self.at + lead * HOUR
        made = make.reservation(self.renter, offer, start=start, hours=hours, at=self.at)
        assert made.state == State.CONFIRMED
        brokerage.cancel(reservation=made, by=None, at=self.at)

    @precondition(lambda self: self.ended)
    @rule(data=st.data(), ms=st.integers(1, kept.MS))
    def keep_a_workspace(self, data, ms):
        made = data.draw(st.sampled_from(self.ended))
        if not made.keepings.exists():
            with contextlib.suppress(ledger.InsufficientFunds):
                kept.ended(made, at=self.at, ms=ms)

    @rule()
    def invoice(self):
        self.issue(self.at)

    def issue(self, until):
        with contextlib.suppress(services.NothingToInvoice):
            papers.invoice(self.renter, until=until)

    @rule()
    def settle(self):
        for made in self.ended:
            row = Reservation.objects.get(pk=made.pk)
            services.settle(reservation=row, at=self.at)

    @precondition(lambda self: self.ended)
    @rule(data=st.data(), begin=st.integers(0, 59), length=st.integers(1, 30))
    def give_back(self, data, begin, length):
        made = data.draw(st.sampled_from(self.ended))
        ruling = metering.rule_outage(
            assignment=made.assignments.get(),
            start=NOON + begin * use.MINUTE,
            end=NOON + min(60, begin + length) * use.MINUTE,
            reason="No power.",
            by=self.staff,
            at=self.at,
        )
        services.rerate(ruling=ruling, at=self.at)

    @rule(days=st.integers(1, 9))
    def wait(self, days):
        self.at += days * DAY
        make.fresh_list(at=self.at)
        payouts.mature(at=self.at)

    @rule()
    def pay_out(self):
        make.fresh_list(at=self.at)
        payouts.pay_out(at=self.at)

    @rule(short=st.booleans(), fault=st.sampled_from(["", "drop", "500"]))
    def send(self, short, fault):
        for payout in Payout.objects.live():
            for command in payout.commands.filter(state="pending"):
                if short:
                    self.drain(-1)
                if fault:
                    self.fake.faults.append(fault)
                services.send_command(command=command, at=max(self.at, command.next_at))
                if short:
                    self.drain(1)

    def drain(self, sign):
        amount = sign * 10**12
        balance.book(self.fake, "adjustment", amount, source={"id": "x", "currency": "usd"})

    @rule(part=st.integers(1, 100))
    def reverse_at_stripe(self, part):
        for payout in Payout.objects.filter(state="paid"):
            made = self.fake.objects[payout.transfer_id]
            left = made["amount"] - made["amount_reversed"]
            amount = max(1, left * part // 100)
            transfers.create_reversal(self.fake, {"amount": str(amount)}, made["id"])
            earning.hear(self.fake.events[-1], self.at)
            return

    @invariant()
    def nothing_is_lost(self):
        totals = ledger.totals(currency="USD")
        assert sum(totals.values()) == 0
        assert ledger.verify() == metering.verify() == [], "cached = summed"
        assert all(row.posted - row.held >= row.floor == 0 for row in Balance.objects.all())

    @invariant()
    def charged_is_due(self):
        for row in rated(leases=Lease.objects.values_list("pk", flat=True)):
            assert row.at.charged_micro == due_micro(row.at.price_micro_per_hour, row.billed_ms)

    @invariant()
    def providers_are_owed_what_they_earned_and_were_not_paid(self):
        if self.site is None:
            return
        pending, available, transit, owed = earning.books(self.site.operator)
        fees, kept_ = WindowChange.objects.with_fee(), Keeping.objects.charged()
        besides = total(fees, "theirs_micro") + total(kept_, "theirs_micro")
        earned = total(Charge.objects.all(), "provider_micro") + besides
        rows = Payout.objects.filter(state__in=["paid", "reversed"])
        sent = sum(row.amount_micro - row.reversed_micro for row in rows)
        assert pending + available + transit + owed == earned - sent
        fresh = total(Charge.objects.filter(matured=None), "provider_micro")
        besides = (total(rows.filter(matured=None), "theirs_micro") for rows in (fees, kept_))
        assert pending == fresh + sum(besides)
        assert owed <= 0 <= available

    @invariant()
    def nothing_is_lost_between_ledger_and_papers(self):
        assert whole.lost_between_ledger_and_papers(self.renter, until=self.at + DAY) == 0

    @invariant()
    def stripe_has_what_the_books_say(self):
        sent = sum(one["amount"] - one["amount_reversed"] for one in self.mine())
        open_ = Payout.objects.live().aggregate(sum=Sum("amount_micro"))["sum"] or 0
        booked = ledger.totals(currency="USD").get("stripe_available", 0)
        # an answer that was lost is not booked yet
        assert booked <= sent * 10_000 <= booked + open_
        groups = [one["transfer_group"] for one in self.mine()]
        assert len(groups) == len(set(groups)), "one transfer a payout"

    def mine(self):
        known = {f"payout:{row.public_id}" for row in Payout.objects.all()}
        return [one for one in self.fake.all("transfer") if one["transfer_group"] in known]

    @invariant()
    def earnings_are_in_one_live_payout(self):
        held = PayoutLine.objects.filter(released_at=None).values_list("maturity", flat=True)
        assert len(held) == len(set(held)) <= Maturity.objects.count()


def test_any_story_of_money_in_and_out_leaves_exact_books(
    fake, market, harbour, sally, low_minimum, lent_half_an_hour
):
    Money.fake, Money.renter, Money.staff = fake, harbour, sally
    papers.record_seller(sally)
    papers.tax_rule(sally)
    run(Money, settings=FEW)


@pytest.fixture
def lent_half_an_hour(monkeypatch):
    """The renter has a record, by which it may owe so much."""

    def facts_of(organisation, at):
        facts = known(organisation, at)
        record = {
            "used_by_day": [LIMIT] * 30,
            "spent_micro": LIMIT,
            "paying_since": NOON - 60 * DAY,
        }
        return facts._replace(**record)

    known = graces.facts_of
    monkeypatch.setattr(graces, "facts_of", facts_of)


FEW = settings(
    max_examples=8,
    stateful_step_count=14,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def low_minimum(settings):
    settings.PAYOUT_MINIMUM_MICRO = 10_000
