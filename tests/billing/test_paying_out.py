"""Who is paid out, when, and how much: one payout a provider, exact to the micro-unit."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from compliance.models import Decision
from marketplace.billing.models import Payout, PayoutLine, StripeCommand
from marketplace.billing.services import payouts
from marketplace.billing.services.payouts import composing
from marketplace.ledger import services as ledger
from tests.billing import earning
from tests.billing.earning import DAY, EARNED, RIPE, account, books, earned, paid_out, provider
from tests.make import HOUR

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def low_minimum(settings):
    settings.PAYOUT_MINIMUM_MICRO = 100_000


@pytest.fixture
def rental(market, harbour):
    """Ten minutes of two GPUs at 2.400042 USD: 680,011 for the provider."""
    return earned(harbour, price_micro=2_400_042)


@pytest.fixture
def selat(rental):
    return provider(rental)


@pytest.fixture
def ready(selat):
    return account(selat)


def again(row, **facts):
    """Another row of the same parts, made directly."""
    names = ("organisation", "account", "decision", "currency", "carried_in_micro")
    parts = ("earned_micro", "netted_micro", "amount_micro", "carried_out_micro")
    return Payout.objects.create(
        **{**{name: getattr(row, name) for name in (*names, *parts)}, **facts}
    )


def nothing_moved(selat, before):
    assert not Payout.objects.exists()
    assert not StripeCommand.objects.exists()
    assert books(selat) == before
    return True


def test_a_payout_takes_whole_cents_along_and_leaves_the_rest(selat, ready):
    assert paid_out(RIPE) == 1
    row = Payout.objects.get()
    assert (row.organisation, row.account, row.currency, row.state) == (
        selat,
        ready,
        "USD",
        "pending",
    )
    assert (row.carried_in_micro, row.earned_micro, row.netted_micro) == (0, 680_010, 0)
    assert (row.amount_micro, row.carried_out_micro) == (680_000, 10)
    assert books(selat) == (0, 10, 680_000, 0)
    assert [line.maturity.payable_micro for line in row.lines.all()] == [680_010]
    assert row.decision.outcome == "allow"
    assert ledger.verify() == []


def test_the_command_to_stripe_stands_with_it(selat, ready):
    paid_out(RIPE)
    row = Payout.objects.get()
    command = StripeCommand.objects.get()
    assert (command.kind, command.payout, command.next_at) == ("create_transfer", row, RIPE)
    assert command.idempotency_key == f"payout:{row.public_id}:a1"
    assert command.params == {
        "amount": 68,
        "currency": "usd",
        "destination": "acct_1",
        "transfer_group": f"payout:{row.public_id}",
        "metadata": {"payout": str(row.public_id)},
    }


def test_only_one_is_under_way(selat, ready, harbour, rental):
    paid_out(RIPE)
    earning.more(harbour, rental, at=RIPE)
    assert paid_out(RIPE + 8 * DAY) == 0
    assert Payout.objects.count() == 1
    assert books(selat)[1:] == (10 + EARNED, 680_000, 0)


def test_the_database_lets_one_be_under_way(selat, ready):
    paid_out(RIPE)
    row = Payout.objects.get()
    with pytest.raises(IntegrityError, match="payout_one_live"), transaction.atomic():
        again(row)


def test_the_database_lets_no_earnings_be_in_two_payouts(selat, ready):
    paid_out(RIPE)
    first, line = Payout.objects.get(), PayoutLine.objects.get()
    Payout.objects.update(state="returned")
    second = again(first, state="returned")
    with pytest.raises(IntegrityError, match="maturity_in_one_payout"), transaction.atomic():
        PayoutLine.objects.create(
            payout=second, maturity=line.maturity, organisation=selat, currency="USD"
        )


def test_a_line_is_of_its_payouts_provider_and_currency(selat, ready, harbour):
    paid_out(RIPE)
    line = PayoutLine.objects.get()
    PayoutLine.objects.update(released_at=RIPE)
    second = again(Payout.objects.get(), state="returned")
    for facts in ({"organisation": harbour}, {"currency": "EUR"}):
        known = {"payout": second, "organisation": selat, "currency": "USD", **facts}
        with pytest.raises(IntegrityError, match="provider"), transaction.atomic():
            PayoutLine.objects.create(maturity=line.maturity, **known)


def test_below_the_minimum_it_waits(selat, ready, settings):
    settings.PAYOUT_MINIMUM_MICRO = 680_011
    assert paid_out(RIPE) == 0
    assert nothing_moved(selat, (0, 680_010, 0, 0))
    settings.PAYOUT_MINIMUM_MICRO = 680_010
    assert paid_out(RIPE) == 1


@pytest.mark.parametrize(
    "facts",
    [{"can_receive": False}, {"can_receive": False, "stripe_id": ""}, None],
    ids=["restricted", "not made yet", "none"],
)
def test_without_an_account_that_takes_transfers_it_waits(selat, facts):
    if facts is not None:
        account(selat, **facts)
    assert paid_out(RIPE) == 0
    assert nothing_moved(selat, (0, 680_010, 0, 0))


def test_what_is_held_by_staff_waits_and_goes_out_once_released(selat, ready, sally):
    hold = payouts.hold_payouts(organisation=selat, reason="Fraud report.", by=sally, at=RIPE)
    assert paid_out(RIPE) == 0
    assert nothing_moved(selat, (0, 680_010, 0, 0))
    assert payouts.release_payouts(hold=hold, by=sally, at=RIPE + HOUR)
    assert not payouts.release_payouts(hold=hold, by=sally, at=RIPE + HOUR)
    assert paid_out(RIPE + HOUR) == 1


def test_what_is_held_while_a_run_is_screening_waits(selat, ready, sally, monkeypatch):
    before = books(selat)
    screened = composing._clearance

    def meanwhile(account, at):
        payouts.hold_payouts(organisation=selat, reason="Looked at.", by=sally, at=at)
        return screened(account, at)

    monkeypatch.setattr(composing, "_clearance", meanwhile)
    payouts.mature(at=RIPE)
    matured = books(selat)
    assert matured != before
    assert paid_out(RIPE) == 0
    assert nothing_moved(selat, matured)


def test_nobody_is_paid_who_is_on_a_list(selat, ready):
    party = selat.party
    party.legal_name = "PELAGIC DAWN SYSTEMS LTD."
    party.save()
    assert paid_out(RIPE) == 0
    assert nothing_moved(selat, (0, 680_010, 0, 0))
    refusals = Decision.objects.filter(party=party, chip=None)
    assert [row.outcome for row in refusals] == ["deny"]
    assert paid_out(RIPE + 5 * HOUR) == 0
    assert refusals.count() == 1, "a refusal rests for a while"


def test_without_fresh_lists_nobody_is_paid(selat, ready):
    payouts.mature(at=RIPE)
    assert payouts.pay_out(at=RIPE) == 0
    assert nothing_moved(selat, (0, 680_010, 0, 0))
    assert Decision.objects.order_by("-pk")[0].outcome == "deny_temporary"


def test_a_payout_cannot_be_changed_or_removed(selat, ready):
    paid_out(RIPE)
    with pytest.raises(DatabaseError, match="is frozen"), transaction.atomic():
        Payout.objects.update(amount_micro=670_000, carried_out_micro=10_010)
    with pytest.raises(DatabaseError, match="only released"), transaction.atomic():
        PayoutLine.objects.update(currency="EUR")
    for model in (PayoutLine, Payout):
        with pytest.raises(DatabaseError, match="evidence"), transaction.atomic():
            model.objects.all()._raw_delete("default")


def test_parts_that_do_not_add_up_are_refused(selat, ready):
    paid_out(RIPE)
    with pytest.raises(IntegrityError, match="payout_adds_up"), transaction.atomic():
        again(Payout.objects.get(), state="returned", carried_in_micro=1)


def test_an_account_belongs_to_one_provider(selat, ready, harbour):
    with pytest.raises(IntegrityError, match="payout_account_stripe_once"), transaction.atomic():
        account(harbour, "acct_1")
