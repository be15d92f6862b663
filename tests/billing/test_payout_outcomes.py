"""What became of a payout: one transfer, one posting; or all of it payable again."""

from datetime import timedelta

import pytest

from marketplace.billing.fake_stripe.resources import accounts, balance, transfers
from marketplace.billing.fake_stripe.resources import payouts as bank
from marketplace.billing.models import BankPayout, Payout, PayoutLine, StripeCommand
from marketplace.billing.services import payouts
from marketplace.billing.services.payouts import settling
from marketplace.billing.stripe import transfers as adapter
from marketplace.core.models import AuditEvent
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Transaction
from marketplace.notices.models import Notice
from tests.billing import earning
from tests.billing.earning import DAY, EARNED, RIPE, books, earned, hear, paid_out, provider, send
from tests.make import HOUR

pytestmark = pytest.mark.django_db
#: what an account at the fake is filled with, micro-units
FLOAT = 10_000_000_000


@pytest.fixture(autouse=True)
def low_minimum(settings):
    settings.PAYOUT_MINIMUM_MICRO = 10_000


@pytest.fixture
def rental(market, harbour):
    return earned(harbour)


@pytest.fixture
def selat(rental):
    return provider(rental)


@pytest.fixture
def ready(fake, selat):
    return earning.stripe_account(fake, selat)


@pytest.fixture
def under_way(ready):
    assert paid_out(RIPE) == 1
    return Payout.objects.get()


def at_stripe(fake):
    return [(one["amount"], one["amount_reversed"]) for one in fake.all("transfer")]


def assert_paid_once(fake, payout):
    payout.refresh_from_db()
    [made] = fake.all("transfer")
    assert (payout.state, payout.transfer_id, made["amount"]) == ("paid", made["id"], 68)
    assert Transaction.objects.filter(kind="payout_paid").count() == 1
    assert books(payout.organisation) == (0, 0, 0, 0)
    assert ledger.totals(currency="USD")["stripe_available"] == EARNED
    assert ledger.verify() == []


def assert_payable_again(fake, payout):
    payout.refresh_from_db()
    assert payout.state == "returned"
    assert Notice.objects.filter(kind="payout.returned").count() == 1
    assert fake.all("transfer") == []
    assert books(payout.organisation) == (0, EARNED, 0, 0)
    assert not PayoutLine.objects.filter(released_at=None).exists()
    assert ledger.verify() == []


def test_a_payout_is_one_transfer_and_one_posting(fake, under_way, ready):
    payout = send(RIPE)
    assert_paid_once(fake, payout)
    assert (payout.settled_at, payout.failure) == (RIPE, "")
    [made] = fake.all("transfer")
    assert made["destination"] == ready.stripe_id
    assert made["metadata"] == {"payout": str(payout.public_id)}
    assert fake.connected == {(ready.stripe_id, "usd"): 68}
    told = Notice.objects.get(kind="payout.paid")
    assert (told.organisation, told.facts["amount_micro"]) == (
        payout.organisation,
        payout.amount_micro,
    )


def test_the_event_before_the_answer_pays_it_and_the_answer_changes_nothing(fake, under_way):
    fake.faults.append("drop")
    send(RIPE)
    assert hear(fake.events[-1], RIPE + HOUR) == ""
    assert_paid_once(fake, under_way)
    command = StripeCommand.objects.get()
    earning.services.send_command(command=command, at=command.next_at)
    command.refresh_from_db()
    assert command.state == "done"
    assert_paid_once(fake, under_way)


@pytest.mark.parametrize("fault", ["drop", "409", "429", "500", "broken"])
def test_a_lost_answer_is_asked_for_with_the_same_key(fake, under_way, fault):
    fake.faults.append(fault)
    send(RIPE)
    assert books(under_way.organisation) == (0, 0, EARNED, 0)
    command = StripeCommand.objects.get()
    assert command.state == "pending"
    earning.services.send_command(command=command, at=command.next_at)
    if fault == "broken":  # Stripe repeats its 500 for this key, so the event tells
        hear(fake.events[-1], RIPE + HOUR)
    assert_paid_once(fake, under_way)


def test_case_27_a_refusal_returns_it_and_the_next_one_takes_all_along(fake, under_way):
    """Our balance was short. Restored, tried again, not lost, not doubled."""
    balance.book(fake, "adjustment", -999_999, source={"id": "x", "currency": "usd"})
    payout = send(RIPE)
    assert_payable_again(fake, payout)
    assert payout.failure == "Our balance was short for a moment; it is tried again."
    command = payout.commands.get()
    assert command.state == "done"
    assert command.error.startswith("balance_insufficient: You have insufficient available funds")
    balance.book(fake, "topup", 999_999, source={"id": "y", "currency": "usd"})
    assert paid_out(RIPE + HOUR - timedelta(seconds=1)) == 0, "an hour's rest"
    assert paid_out(RIPE + HOUR) == 1
    again = send(RIPE + HOUR)
    assert_paid_once(fake, again)
    assert again.earned_micro == payout.earned_micro == EARNED


def test_case_27_an_account_that_was_restricted_meanwhile_waits_until_it_is_ready(
    fake, under_way, ready
):
    """The account takes no transfers."""
    accounts.restrict(fake, ready.stripe_id, due=["company.verification.document"])
    payout = send(RIPE)
    assert_payable_again(fake, payout)
    assert payout.failure == "Stripe could not transfer to your account; it is tried again."
    ready.refresh_from_db()
    assert (ready.standing, ready.due) == ("restricted", ["company.verification.document"])
    assert paid_out(RIPE + 9 * DAY) == 0
    accounts.enable(fake, ready.stripe_id)
    hear(fake.events[-1], RIPE + 9 * DAY)
    assert paid_out(RIPE + 9 * DAY) == 1
    assert_paid_once(fake, send(RIPE + 9 * DAY))


def test_failures_in_a_row_rest_longer(fake, under_way):
    balance.book(fake, "adjustment", -999_999, source={"id": "x", "currency": "usd"})
    at, rests = RIPE, []
    for hours in (1, 6, 24, 72, 72):
        send(at)
        assert paid_out(at + hours * HOUR - timedelta(seconds=1)) == 0
        at += hours * HOUR
        assert paid_out(at) == 1
        rests.append(hours)
    assert Payout.objects.filter(state="returned").count() == len(rests)
    assert books(under_way.organisation) == (0, 0, EARNED, 0)


def test_case_28_a_transfer_that_the_bank_sends_back_is_shown_and_not_made_again(
    fake, under_way, ready
):
    """It stays on the connected balance."""
    payout = send(RIPE)
    made = bank.pay_out(fake, ready.stripe_id, 68)
    bank.fail(fake, ready.stripe_id, made["id"])
    for event in fake.events[-2:]:
        assert hear(event, RIPE + DAY) == ""
    row = BankPayout.objects.get()
    assert (row.account, row.stripe_id, row.amount_micro, row.state, row.failure) == (
        ready,
        made["id"],
        EARNED,
        "failed",
        "The bank account has been closed.",
    )
    assert paid_out(RIPE + 30 * DAY) == 0
    assert_paid_once(fake, payout)
    assert fake.connected == {(ready.stripe_id, "usd"): 68}


def test_what_the_bank_took_is_shown(fake, under_way, ready):
    send(RIPE)
    made = bank.pay_out(fake, ready.stripe_id, 68)
    bank.arrive(fake, ready.stripe_id, made["id"])
    hear(fake.events[-1], RIPE + DAY)
    hear(fake.events[-2], RIPE + DAY)  # the earlier event, late: what counts is the state now
    assert BankPayout.objects.get().state == "paid"


def test_case_25_credit_after_payout_is_owed_and_netted_from_the_next(
    fake, rental, under_way, harbour, sally
):
    """34 cents go back; the next 68 pay 34, and nothing is ever below 0."""
    selat = under_way.organisation
    send(RIPE)
    earning.take_back(rental, sally, minutes=5, at=RIPE + HOUR)
    assert paid_out(RIPE + 2 * DAY) == 0
    assert books(selat) == (0, 0, 0, -EARNED // 2)
    earning.more(harbour, rental, at=RIPE)
    assert paid_out(RIPE + 7 * DAY) == 1
    payout = send(RIPE + 7 * DAY)
    assert (payout.earned_micro, payout.netted_micro, payout.amount_micro) == (
        EARNED,
        EARNED // 2,
        EARNED // 2,
    )
    assert (payout.carried_in_micro, payout.state) == (0, "paid")
    assert books(selat) == (0, 0, 0, 0)
    assert at_stripe(fake) == [(68, 0), (34, 0)]
    assert ledger.verify() == []


def test_case_25_what_is_owed_and_more_than_earned_pays_nothing(
    fake, rental, under_way, harbour, sally
):
    send(RIPE)
    earning.take_back(rental, sally, minutes=10, at=RIPE + HOUR)
    earning.more(harbour, rental, at=RIPE, after=2)
    assert paid_out(RIPE + 8 * DAY) == 0
    assert books(under_way.organisation) == (0, EARNED // 5, 0, -EARNED)
    assert Payout.objects.count() == 1


def test_a_returned_payout_owes_again_what_it_had_netted(fake, rental, under_way, harbour, sally):
    send(RIPE)
    earning.take_back(rental, sally, minutes=5, at=RIPE + HOUR)
    earning.more(harbour, rental, at=RIPE)
    paid_out(RIPE + 8 * DAY)
    balance.book(fake, "adjustment", -999_932, source={"id": "x", "currency": "usd"})
    payout = send(RIPE + 8 * DAY)
    assert (payout.state, payout.netted_micro) == ("returned", EARNED // 2)
    assert books(under_way.organisation) == (0, EARNED, 0, -EARNED // 2)
    assert ledger.verify() == []


def test_staff_take_a_transfer_back(fake, under_way, ready, sally):
    payout = send(RIPE)
    asked = payouts.reverse_payout(payout=payout, reason="Wrong site.", by=sally, at=RIPE + HOUR)
    command = StripeCommand.objects.get(kind="reverse_transfer")
    assert command.idempotency_key == f"payout-reversal:{asked.public_id}"
    with pytest.raises(payouts.BadReversal, match="being taken back already"):
        payouts.reverse_payout(payout=payout, reason="Again.", by=sally, at=RIPE + HOUR)
    earning.services.send_command(command=command, at=RIPE + HOUR)
    payout.refresh_from_db()
    assert (payout.state, payout.reversed_micro) == ("reversed", EARNED)
    assert at_stripe(fake) == [(68, 68)]
    assert books(payout.organisation) == (0, EARNED, 0, 0)
    assert AuditEvent.objects.get(verb="asked a payout back").detail == {"reason": "Wrong site."}
    assert hear(fake.events[-1], RIPE + HOUR) == ""
    assert books(payout.organisation) == (0, EARNED, 0, 0)
    assert ledger.verify() == []


def test_what_has_left_the_account_cannot_be_taken_back(fake, under_way, ready, sally):
    payout = send(RIPE)
    bank.pay_out(fake, ready.stripe_id, 68)
    payouts.reverse_payout(payout=payout, reason="Wrong site.", by=sally, at=RIPE + HOUR)
    command = StripeCommand.objects.get(kind="reverse_transfer")
    earning.services.send_command(command=command, at=RIPE + HOUR)
    command.refresh_from_db()
    assert command.error.startswith("balance_insufficient: ")
    assert_paid_once(fake, payout)


def test_part_of_a_transfer_reversed_at_stripe_is_payable_again(fake, under_way):
    payout = send(RIPE)
    transfers.create_reversal(fake, {"amount": "30"}, payout.transfer_id)
    assert hear(fake.events[-1], RIPE + HOUR) == ""
    payout.refresh_from_db()
    assert (payout.state, payout.reversed_micro) == ("paid", 300_000)
    assert books(payout.organisation) == (0, 300_000, 0, 0)
    assert paid_out(RIPE + DAY) == 1
    second = send(RIPE + DAY)
    assert (second.carried_in_micro, second.earned_micro, second.amount_micro) == (
        300_000,
        0,
        300_000,
    )
    assert ledger.verify() == []


@pytest.mark.parametrize("state", ["pending", "returned"])
def test_only_what_is_paid_can_be_taken_back(fake, under_way, sally, state):
    Payout.objects.update(state=state)
    with pytest.raises(payouts.BadReversal, match=f"is {state}"):
        payouts.reverse_payout(payout=under_way, reason="Wrong.", by=sally, at=RIPE)
    assert StripeCommand.objects.count() == 1


def test_after_23_hours_it_is_looked_up_and_not_sent_again(fake, under_way):
    fake.faults.append("drop")
    send(RIPE)
    calls = len(fake.calls)
    earning.services.send_command(command=StripeCommand.objects.get(), at=RIPE + 23 * HOUR)
    assert fake.calls[calls:] == [("GET", "/v1/transfers")]
    assert_paid_once(fake, under_way)


def test_what_was_never_made_is_asked_for_anew_by_another_key(fake, under_way):
    fake.faults.append("500")
    send(RIPE)
    earning.services.send_command(command=StripeCommand.objects.get(), at=RIPE + 23 * HOUR)
    under_way.refresh_from_db()
    first, second = under_way.commands.order_by("pk")
    assert (first.state, first.error) == ("failed", "no answer for 23 h, and no transfer made")
    assert (second.state, second.idempotency_key) == ("pending", f"payout:{under_way.public_id}:a2")
    earning.services.send_command(command=second, at=RIPE + 23 * HOUR)
    assert_paid_once(fake, under_way)


def test_a_key_that_stripe_knows_for_another_transfer_is_an_alarm(fake, under_way, ready, caplog):
    command = StripeCommand.objects.get()
    adapter.create_transfer(
        params={**command.params, "amount": 1}, idempotency_key=command.idempotency_key
    )
    earning.services.send_command(command=command, at=RIPE)
    command.refresh_from_db()
    under_way.refresh_from_db()
    assert (command.state, under_way.state) == ("failed", "pending")
    assert "staff must look it up" in caplog.text
    assert books(under_way.organisation) == (0, 0, EARNED, 0)


@pytest.mark.parametrize(
    "change", [{"amount": 67}, {"currency": "EUR"}, {"destination": "acct_other"}]
)
def test_another_transfer_than_asked_is_not_booked(fake, under_way, ready, monkeypatch, change):
    known = {"id": "tr_1", "amount": 68, "currency": "USD", "destination": ready.stripe_id}
    made = adapter.Transfer(**{**known, "group": "", **change})
    monkeypatch.setattr(adapter, "create_transfer", lambda **call: made)
    payout = send(RIPE)
    assert payout.state == "pending"
    assert payout.commands.get().error.startswith("tr_1 is another transfer than was asked for")
    assert books(payout.organisation) == (0, 0, EARNED, 0)


def test_a_transfer_of_a_returned_payout_is_told_and_not_booked(fake, under_way):
    fake.faults.append("drop")
    payout = send(RIPE)
    settling.give_back(settling.locked(payout.pk), "test", RIPE)
    told = hear(fake.events[-1], RIPE + HOUR)
    assert told.endswith("belongs to a payout that was returned; not booked")
    assert books(payout.organisation) == (0, EARNED, 0, 0)


def test_a_transfer_that_no_payout_asked_for_is_told(fake, ready):
    transfers.create_transfer(
        fake, {"amount": "5", "currency": "usd", "destination": ready.stripe_id}
    )
    assert hear(fake.events[-1], RIPE) == "no payout of ours"


def test_an_account_whose_owner_left_us_is_closed(fake, ready):
    accounts.deauthorize(fake, ready.stripe_id)
    assert hear(fake.events[-1], RIPE) == ""
    ready.refresh_from_db()
    assert (ready.closed, ready.can_receive, ready.standing) == (True, False, "closed")
    payouts.refresh(account=ready, at=RIPE + HOUR)
    assert ready.closed


def test_reconciliation_knows_transfers_and_reversals(fake, under_way, ready):
    """What was made by hand at Stripe is found, and what was booked is not."""
    payout = send(RIPE)
    transfers.create_reversal(fake, {"amount": "30"}, payout.transfer_id)
    hear(fake.events[-1], RIPE)
    by_hand = transfers.create_transfer(
        fake, {"amount": "5", "currency": "usd", "destination": ready.stripe_id}
    )
    before = ledger.totals(currency="USD")
    made = earning.services.reconcile(at=RIPE + 2 * HOUR)
    found = made.findings.filter(subject__startswith="stripe:tr")
    assert [(row.kind, row.subject) for row in found] == [("missing", f"stripe:tr:{by_hand['id']}")]
    after = ledger.totals(currency="USD")
    assert after.pop("bank") == FLOAT, "what the account was filled with is from our bank"
    after["stripe_available"] += FLOAT
    assert after == before, "a transfer is not pending first"
