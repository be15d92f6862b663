"""Payment that arrives as its time runs out: it is booked or it ends, never both."""

from datetime import timedelta

import pytest

from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Lease, Reservation, WindowChange
from marketplace.brokerage.services import giving_back, paying
from marketplace.core.states import IllegalMove, LostRace
from marketplace.ledger import services as ledger
from tests import make
from tests.make import HOUR, NOON
from tests.race import all_have_called, together

pytestmark = pytest.mark.django_db(transaction=True)
START = NOON + 4 * HOUR
COST = 4 * 2_400_000


@pytest.fixture
def due(market, harbour):
    """A booking whose payment is waited for, and a wallet that has it by now."""
    make.funded(harbour, COST // 10)
    row = make.reservation(harbour, make.offer(), start=START, hours=4, pay_at_start=True)
    brokerage.take_payment(reservation=row, at=START - HOUR)
    assert row.state == "payment_due"
    make.funded(harbour, COST)
    return row


def seen(row):
    related = ("renter__party", "decision", "offer__machine__site__operator", "offer__schedule")
    return Reservation.objects.select_related(*related).get(pk=row.pk)


def pay(row):
    at = row.pay_by - timedelta(microseconds=1)
    return lambda: brokerage.pay(reservation=seen(row), by=None, at=at)


def end(row):
    return lambda: paying.end_unpaid(reservation=seen(row), at=row.pay_by)


@pytest.mark.parametrize("turn", range(4))
def test_it_is_paid_or_it_ends(due, harbour, turn):
    calls = [pay(due), end(due), pay(due), end(due)]
    outcome = together(*calls[turn:], *calls[:turn])
    refused = [one for one in outcome if one is not None]
    assert all(isinstance(one, (LostRace, IllegalMove)) for one in refused), outcome
    row = seen(due)
    wallet = ledger.balance(account=brokerage.wallet_account(renter=harbour, currency="USD"))
    if row.state == "confirmed":
        assert (wallet.held, Lease.objects.get().state) == (COST, "confirmed")
        assert not WindowChange.objects.exists()
    else:
        assert (row.state, wallet.held, Lease.objects.get().state) == ("cancelled", 0, "released")
    assert (row.due_micro, row.pay_by) == (0, None)
    assert brokerage.illegal() == []
    assert ledger.verify() == []


def test_control_without_the_guards_it_is_paid_and_ends(due, harbour, monkeypatch):
    """If this leaves all sound, the test above proves nothing."""

    def unguarded(row, to, *, table, **also):
        Reservation.objects.filter(pk=row.pk).update(state=to, **also)

    def locked(row):
        """In turn, but with what was seen before."""
        Reservation.objects.select_for_update(no_key=True).get(pk=row.pk)

    look = all_have_called(lambda reservation: None, 2)
    for room in (paying, giving_back):
        monkeypatch.setattr(room, "lock_fresh", locked)
        monkeypatch.setattr(room, "move", unguarded)
    screened = paying._screened

    def looked(reservation, at):
        screened(reservation, at)
        look(reservation)

    monkeypatch.setattr(paying, "_screened", looked)
    outcome = together(pay(due), end(due))
    assert outcome == [None, None], outcome
    row = seen(due)
    wallet = ledger.balance(account=brokerage.wallet_account(renter=harbour, currency="USD"))
    assert brokerage.illegal() or (row.state, wallet.held) == ("cancelled", COST)
