"""What a wallet lacks of a booking paid at its start comes from the default card, asked once."""

import pytest

from compliance.models import Outcome
from marketplace.billing import services, tasks
from marketplace.billing.models import TopUp, WalletNotice
from marketplace.billing.services import top_ups
from marketplace.brokerage import services as brokerage
from marketplace.ledger import services as ledger
from tests import make
from tests.billing import stand_in
from tests.billing.stand_in import available, give_card, send
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
START = NOON + 4 * HOUR
DUE = START - HOUR
COST = 4 * 2_400_000
DEPOSIT, REST = COST // 10, COST - COST // 10


@pytest.fixture
def due(fake, market, harbour):
    """A booking whose wallet has a third of a cent more than its deposit."""
    make.funded(harbour, DEPOSIT + 3_333)
    row = make.reservation(harbour, make.offer(), start=START, hours=4, pay_at_start=True)
    brokerage.take_payment(reservation=row, at=DUE)
    assert row.state == "payment_due"
    return row


def charge(row, at=DUE):
    """What the sweep does, and the sender after it."""
    made = services.charge_card(reservation=row, at=at)
    if made:
        send(made.commands.get(), at)
        made.refresh_from_db()
    return made


def test_what_lacks_is_charged_in_whole_cents_and_it_is_booked(due, fake, harbour):
    give_card(fake, harbour)
    made = charge(due)
    assert (made.state, made.amount_micro, made.requested_by) == ("succeeded", 8_640_000, None)
    assert made.commands.get().params["off_session"] is True
    brokerage.take_payment(reservation=due, at=DUE)
    assert (due.state, due.due_micro) == ("confirmed", 0)
    assert available(harbour) == 3_333
    assert brokerage.illegal() == []
    assert ledger.verify() == []


def test_the_card_of_whom_screening_refuses_is_not_asked(due, fake, harbour):
    give_card(fake, harbour)
    make.decision(harbour.party, outcome=Outcome.DENY, at=DUE)
    assert charge(due) is None
    assert (stand_in.intents(fake), TopUp.objects.count(), available(harbour)) == ([], 0, 3_333)


def test_a_card_is_asked_once(due, fake, harbour):
    give_card(fake, harbour, "pm_card_chargeCustomerFail")
    assert charge(due).state == "failed"
    assert charge(due, at=START) is None
    assert len(stand_in.intents(fake)) == 1
    due.refresh_from_db()
    assert due.state == "payment_due"


def test_a_bank_that_asks_its_owner_is_waited_for(due, fake, harbour):
    give_card(fake, harbour, "pm_card_authenticationRequired")
    made = charge(due)
    assert made.state == "needs_action"
    assert WalletNotice.objects.get().text.startswith("Your bank wants you to confirm")
    brokerage.take_payment(reservation=due, at=START)
    assert (due.state, available(harbour)) == ("payment_due", 3_333)


def test_without_a_card_nothing_is_asked(due, fake):
    assert charge(due) is None
    assert stand_in.intents(fake) == []


def test_a_wallet_that_has_it_by_now_needs_no_card(due, fake, harbour):
    give_card(fake, harbour)
    make.funded(harbour, REST)
    assert charge(due) is None
    assert not TopUp.objects.exists()


def test_a_frozen_wallet_is_not_filled(due, fake, harbour, monkeypatch):
    give_card(fake, harbour)
    monkeypatch.setattr(ledger, "frozen", lambda account: True)
    assert charge(due) is None


def test_the_sweep_asks_for_what_is_waited_for(due, fake, harbour, monkeypatch):
    give_card(fake, harbour)
    monkeypatch.setattr(tasks, "now", lambda: due.pay_by)
    tasks.charge_cards_of_due()
    assert not TopUp.objects.exists(), "its time is over"
    monkeypatch.setattr(tasks, "now", lambda: DUE)
    tasks.charge_cards_of_due()
    assert TopUp.objects.get().idempotency_key == f"due:{due.public_id}"


def test_a_sweep_that_dies_before_the_command_is_written_leaves_nothing(
    due, fake, harbour, monkeypatch
):
    """A top-up without a command would wait for ever, and the card not be asked again."""
    give_card(fake, harbour)

    def dies(*facts, **more):
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(top_ups, "order", dies)
        with pytest.raises(RuntimeError):
            charge(due)
    assert not TopUp.objects.exists()
    assert charge(due).state == "succeeded"
