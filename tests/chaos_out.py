"""The same storm with money going out: each payout is one transfer and one posting."""

import time

from marketplace.billing.fake_stripe.resources import balance
from marketplace.billing.models import Payout, PayoutAccount
from marketplace.billing.services import payouts
from marketplace.billing.services.payouts import composing, settling
from marketplace.billing.stripe import transfers
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Kind
from tests import make
from tests.billing import earning
from tests.chaos import Chaos
from tests.make import NOON

CENTS = 3_000
EARNED = CENTS * 10_000
FLOAT = 10**8


class ChaosWithPayouts(Chaos):
    """Providers get 30 dollars each while cards are charged and refunds made."""

    calls = ((transfers, "create_transfer"),)
    writes = ((settling, "apply"),)

    def __init__(self, fake, seed: int, *, out: int, **facts) -> None:
        super().__init__(fake, seed, more=(self._pay_out,), **facts)
        make.fresh_list(at=NOON)
        self._float()
        self.providers = [self._provider(number) for number in range(out)]

    def _float(self) -> None:
        """Money of ours at Stripe: refunds leave at once, and what cards paid comes days later.

        It came from our bank, as the reconciliation finds.
        """
        balance.book(self.fake, "topup", FLOAT, source={"id": "tu_float", "currency": "usd"})

    def _provider(self, number: int):
        """Earned 30.00 and so many micro-units, which our bank sends to Stripe in time."""
        made = make.organisation(f"Provider {number}", can_provide=True, can_rent=False)
        payable = earning.Books.of(provider=made.public_id, currency="USD").available
        house = ledger.account(kind=Kind.PLATFORM_FEE, currency="USD")
        entries = [ledger.Entry(house, payable, EARNED + number)]
        ledger.post(key=f"earned:{number}", kind="test", entries=entries, at=NOON)
        earning.stripe_account(self.fake, made, CENTS)
        return made

    def _pay_out(self) -> None:
        if Payout.objects.count() >= len(self.providers):
            time.sleep(0.05)  # the clock goes on with each look at it
            return
        account = self.die.choice(list(PayoutAccount.objects.select_related("organisation__party")))
        composing.compose(account=account, currency="USD", at=NOON)

    def _over(self) -> bool:
        waiting = Payout.objects.count() < len(self.providers)
        return super()._over() and not (waiting and self._has_time())

    def _has_time(self) -> bool:
        return time.monotonic() < self.deadline

    def _calm(self) -> None:
        self.fake.faults.clear()
        payouts.pay_out(at=NOON)
        super()._calm()

    def _more_keys(self) -> list[str]:
        return [f"stripe:tr:{one['id']}" for one in self.fake.all("transfer")]

    def check(self) -> dict[str, int]:
        sent = self.fake.all("transfer")
        assert sorted(one["amount"] for one in sent) == [CENTS] * len(self.providers)
        assert len({one["transfer_group"] for one in sent}) == len(sent)
        paid = Payout.objects.filter(state="paid", amount_micro=EARNED)
        assert paid.count() == len(sent) == Payout.objects.count()
        for number, one in enumerate(self.providers):
            assert earning.books(one)[1:] == (number, 0, 0)
        return {"payouts": len(sent), **super().check()}
