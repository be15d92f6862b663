"""Chaos between us and Stripe: workers die, answers are lost, webhooks come twice and shuffled.

Used by a small test and by `bench/chaos.py`, which runs it at length. `more` takes other verbs that
should be in the same storm: each is called again and again by a thread of its own until it is over.
"""

import contextlib
import itertools
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from unittest import mock

from django.db.models import F, Sum

from marketplace.billing import services, stripe
from marketplace.billing.models import CreditLot, Refund, StripeCommand, StripeEvent, TopUp
from marketplace.billing.services import refunds, top_ups
from marketplace.ledger.models import Transaction
from tests import make
from tests.billing import stand_in
from tests.make import NOON
from tests.race import together

#: time here runs in steps: each look at the clock is this much later
STEP = timedelta(seconds=10)
LAST = NOON + timedelta(hours=22)
PLACES = ("before the call", "after the call", "before commit")
FAULTS = ("drop", "409", "429", "500", "slow")


class Crash(Exception):
    """A worker dies here."""


class Chaos:
    """A clock, a die, and verbs that fail where the die says so."""

    #: module and name of what else may crash: calls to Stripe, and writes of their answers
    calls: tuple[tuple[Any, str], ...] = ()
    writes: tuple[tuple[Any, str], ...] = ()

    def __init__(
        self,
        fake,
        seed: int,
        *,
        payments: int,
        back: int,
        wallets: int = 5,
        senders: int = 4,
        postmen: int = 2,
        seconds: float = 15,
        more: tuple[Callable[[], None], ...] = (),
    ) -> None:
        self.fake, self.seed = fake, seed
        self.payments, self.back = payments, back
        self.senders, self.postmen, self.more = senders, postmen, more
        self.seconds = seconds
        self.die = random.Random(seed)  # noqa: S311
        self.steps = itertools.count()
        self.seen: Counter[str] = Counter()
        self.renters = [make.organisation(f"Renter {place}") for place in range(wallets)]
        self.owed = self._ask()

    def _ask(self) -> Counter:
        """Top-ups of odd amounts over all wallets; returns what each should get."""
        owed: Counter = Counter()
        for place in range(self.payments):
            renter, micro = self.die.choice(self.renters), self.die.randint(100, 20_000) * 10_000
            stand_in.ask(renter, micro=micro, key=str(place))
            owed[renter] += micro
        return owed

    def run(self) -> None:
        """The storm, and the calm after it."""
        self.deadline = time.monotonic() + self.seconds
        with self._breaking():
            outcome = together(
                *[self._send] * self.senders,
                *[self._carry] * self.postmen,
                self._ask_back,
                *[lambda verb=verb: self._repeat(verb) for verb in self.more],
                seconds=self.seconds + 60,
            )
        assert outcome == [None] * len(outcome), outcome
        self._calm()

    @contextlib.contextmanager
    def _breaking(self) -> Iterator[None]:
        calls = ((stripe, "create_payment"), (stripe, "create_refund"), *self.calls)
        writes = ((top_ups, "apply"), (refunds, "apply"), *self.writes)
        with contextlib.ExitStack() as stack:
            for module, name in calls:
                broken = self._around(getattr(module, name), PLACES[:2])
                stack.enter_context(mock.patch.object(module, name, broken))
            for module, name in writes:
                broken = self._around(getattr(module, name), ("", PLACES[2]))
                stack.enter_context(mock.patch.object(module, name, broken))
            yield

    def _around(self, verb: Callable, places: tuple[str, ...]) -> Callable:
        def broken(*facts, **more):
            self._maybe_crash(places[0])
            made = verb(*facts, **more)
            self._maybe_crash(places[1])
            return made

        return broken

    def _maybe_crash(self, where: str, odds: float = 0.15) -> None:
        if where and self.die.random() < odds:
            self.seen[where] += 1
            raise Crash(where)

    def _now(self):
        return min(NOON + next(self.steps) * STEP, LAST)

    def _over(self) -> bool:
        if time.monotonic() > self.deadline:
            return True
        unfinished = StripeCommand.objects.filter(state__in=["pending", "sending"])
        return Refund.objects.count() >= self.back and not unfinished.exists()

    def _send(self) -> None:
        """A sender: takes what is due, dies often, and is started again."""
        while not self._over():
            at = self._now()
            due = list(StripeCommand.objects.due(at=at))
            if not due:
                time.sleep(0.01)
                continue
            if self.die.random() < 0.25:
                self.seen["fault"] += 1
                self.fake.faults.append(self.die.choice(FAULTS))
            self._attempt(services.send_command, command=self.die.choice(due), at=at)

    def _carry(self) -> None:
        """A postman: brings events shuffled and repeatedly, and has some of them handled."""
        while not self._over():
            events = list(self.fake.events)
            for event in self.die.sample(events, min(5, len(events))):
                for _ in range(self.die.choice([1, 1, 3])):
                    stand_in.deliver(event, NOON)
            for row in StripeEvent.objects.filter(handled_at=None).order_by("?")[:3]:
                self._attempt(services.handle_event, event=row, at=NOON)

    def _ask_back(self) -> None:
        """Refunds of parts of lots, some of them more than is left."""
        while not self._over():
            count = Refund.objects.count()
            lots = list(CreditLot.objects.filter(amount_micro__gt=F("gone_micro")))
            if count >= self.back or not lots:
                time.sleep(0.02)
                continue
            lot = self.die.choice(lots)
            micro = self.die.randint(1, lot.amount_micro // 10_000) * 10_000
            self._attempt(
                services.refund,
                lot=lot,
                amount_micro=micro,
                reason="chaos",
                by=None,
                key=f"{count}:{self.die.random()}",
                at=NOON,
            )

    def _repeat(self, verb: Callable[[], None]) -> None:
        while not self._over():
            self._attempt(verb)

    def _attempt(self, verb: Callable, **facts) -> None:
        try:
            verb(**facts)
        except (Crash, stripe.Unavailable, services.BadRefund) as reason:
            self.seen[type(reason).__name__] += 1

    def _calm(self) -> None:
        """Everything works again: each command and each event gets another chance."""
        self.fake.faults.clear()
        for command in StripeCommand.objects.due(at=LAST):
            services.send_command(command=command, at=LAST)
        for event in list(self.fake.events):
            stand_in.deliver(event, NOON)
        for row in StripeEvent.objects.filter(handled_at=None):
            services.handle_event(event=row, at=LAST)

    def _more_keys(self) -> list[str]:
        """Of what else is in the storm, the postings that must be there."""
        return []

    def check(self) -> dict[str, int]:
        """One effect for each intent, every wallet exact, no complaint; returns figures."""
        fake = self.fake
        intents, there = stand_in.intents(fake), fake.all("refund")
        assert len(intents) == self.payments == TopUp.objects.filter(state="succeeded").count()
        assert (
            len(there) == Refund.objects.count() == Refund.objects.filter(state="succeeded").count()
        )
        keys = Transaction.objects.filter(key__startswith="stripe:").values_list("key", flat=True)
        wanted = [f"stripe:pi:{one['id']}" for one in intents]
        wanted += [f"stripe:re:{one['id']}" for one in there]
        assert sorted(keys) == sorted([*wanted, *self._more_keys()])
        back = dict(Refund.objects.values_list("lot__organisation").annotate(Sum("amount_micro")))
        for renter in self.renters:
            wallet = services.wallet(organisation=renter)
            assert (wallet.posted, wallet.held) == (self.owed[renter] - back.get(renter.pk, 0), 0)
            left = sum(lot.remaining_micro for lot in renter.credit_lots.all())
            assert left == wallet.posted
        assert set(StripeCommand.objects.values_list("state", flat=True)) == {"done"}
        stand_in.assert_books_hold()
        assert fake.complaints == []
        late = NOON + timedelta(hours=23)
        fake.clock = late.timestamp
        found = services.reconcile(at=late)
        assert found.findings_count == 0, list(found.findings.all())
        return {
            "payments": len(intents),
            "refunds": len(there),
            "crashes": self.seen["Crash"],
            "faults": self.seen["fault"],
            "calls": len(fake.calls),
            "events": len(fake.events),
        }
