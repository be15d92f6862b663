"""Chaos between us and Stripe: whatever dies, is lost or comes twice, each payment counts once."""

import itertools
import random
import time
from collections import Counter
from datetime import timedelta

import pytest

from marketplace.billing import services, stripe
from marketplace.billing.models import StripeCommand, StripeEvent, TopUp
from marketplace.billing.services import top_ups
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Transaction
from tests import make
from tests.billing import stand_in
from tests.make import NOON
from tests.race import together

pytestmark = pytest.mark.django_db(transaction=True)
TOP_UPS, WALLETS, SENDERS, POSTMEN = 30, 5, 4, 2
#: time here runs in steps: each look at the clock is this much later
STEP = timedelta(seconds=10)
LAST = NOON + timedelta(hours=22)


class Crash(Exception):
    """A worker dies here."""


class Chaos:
    """A clock, a die, and two verbs that fail where the die says so."""

    def __init__(self, fake, seed):
        self.fake = fake
        self.die = random.Random(seed)  # noqa: S311
        self.steps = itertools.count()
        self.deadline = time.monotonic() + 10
        self.seen = Counter()
        self.create, self.apply = stripe.create_payment, top_ups.apply

    def now(self):
        return min(NOON + next(self.steps) * STEP, LAST)

    def maybe_crash(self, where, odds=0.15):
        if self.die.random() < odds:
            self.seen[where] += 1
            raise Crash(where)

    def create_payment(self, **call):
        self.maybe_crash("before the call")
        made = self.create(**call)
        self.maybe_crash("after the call")
        return made

    def apply_payment(self, *facts):
        self.apply(*facts)
        self.maybe_crash("before commit")

    def over(self):
        unfinished = StripeCommand.objects.filter(state__in=["pending", "sending"])
        return time.monotonic() > self.deadline or not unfinished.exists()

    def send(self):
        """A sender: takes what is due, dies often, and is started again."""
        while not self.over():
            at = self.now()
            due = list(StripeCommand.objects.due(at=at))
            if not due:
                time.sleep(0.01)
                continue
            if self.die.random() < 0.25:
                self.fake.faults.append(self.die.choice(["drop", "409", "429", "500"]))
            self.attempt(services.send_command, command=self.die.choice(due), at=at)

    def carry(self):
        """A postman: brings events shuffled and repeatedly, and has some of them handled."""
        while not self.over():
            events = list(self.fake.events)
            for event in self.die.sample(events, min(5, len(events))):
                for _ in range(self.die.choice([1, 1, 3])):
                    stand_in.deliver(event, NOON)
            for row in StripeEvent.objects.filter(handled_at=None).order_by("?")[:3]:
                self.attempt(services.handle_event, event=row, at=NOON)

    def attempt(self, verb, **facts):
        try:
            verb(**facts)
        except (Crash, stripe.Unavailable) as reason:
            self.seen[type(reason).__name__] += 1


def asked(seed):
    """Thirty top-ups of odd amounts over five wallets; returns what each wallet should get."""
    die, owed = random.Random(seed), Counter()  # noqa: S311
    renters = [make.organisation(f"Renter {place}") for place in range(WALLETS)]
    for place in range(TOP_UPS):
        renter, micro = die.choice(renters), die.randint(100, 20_000) * 10_000
        stand_in.ask(renter, micro=micro, key=str(place))
        owed[renter] += micro
    return owed


def calm(fake):
    """Everything works again: each command and each event gets another chance."""
    fake.faults.clear()
    for command in StripeCommand.objects.due(at=LAST):
        services.send_command(command=command, at=LAST)
    for event in fake.events:
        stand_in.deliver(event, NOON)
    for row in StripeEvent.objects.filter(handled_at=None):
        services.handle_event(event=row, at=LAST)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_thirty_top_ups_are_thirty_payments_and_thirty_postings(fake, monkeypatch, seed):
    owed = asked(seed)
    chaos = Chaos(fake, seed)
    with monkeypatch.context() as patch:
        patch.setattr(stripe, "create_payment", chaos.create_payment)
        patch.setattr(top_ups, "apply", chaos.apply_payment)
        outcome = together(*[chaos.send] * SENDERS, *[chaos.carry] * POSTMEN)
    assert outcome == [None] * (SENDERS + POSTMEN)
    calm(fake)

    intents = stand_in.intents(fake)
    assert len(intents) == TOP_UPS
    keys = Transaction.objects.values_list("key", flat=True)
    assert sorted(keys) == sorted(f"stripe:pi:{intent['id']}" for intent in intents)
    assert {renter: services.wallet(organisation=renter).posted for renter in owed} == dict(owed)
    assert set(TopUp.objects.values_list("state", flat=True)) == {"succeeded"}
    assert set(StripeCommand.objects.values_list("state", flat=True)) == {"done"}
    assert ledger.verify() == []
    assert fake.complaints == []
    for where in ("before the call", "after the call", "before commit"):
        assert chaos.seen[where] > 0
