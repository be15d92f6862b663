"""Whoever has not confirmed the address books nothing and pays nothing, whichever way is tried."""

import pytest

from marketplace.accounts import services as accounts
from marketplace.accounts.services import NotConfirmed
from marketplace.billing import services as billing
from marketplace.billing.models import AutoTopUp, StripeCommand, TopUp
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Reservation, Waiting
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
TEN = 10_000_000


@pytest.fixture
def offer(market):
    return make.offer(gpus=2)


@pytest.fixture
def eve(harbour):
    return make.user("eve@example.test", confirmed=False)


def reserve(renter, by, offer):
    return brokerage.request(renter=renter, by=by, ask=make.ask(offer), key="k", at=NOON)


def pin(renter, by, offer):
    return brokerage.pin(renter=renter, by=by, ask=make.ask(offer, workload={}), key="k", at=NOON)


def wait(renter, by, offer):
    wish = brokerage.Wish(
        chip=offer.chip,
        gpu_count=1,
        length=HOUR,
        earliest=NOON,
        latest=NOON + 24 * HOUR,
        limit_micro=TEN,
        workload={"command": ["sleep", "60"]},
    )
    return brokerage.wait(renter=renter, by=by, wish=wish, key="k", at=NOON)


def top_up(renter, by, _):
    return billing.top_up(
        organisation=renter, by=by, amount_micro=TEN, payment_method="", key="k", at=NOON
    )


def top_up_page(renter, by, _):
    return billing.top_up_page(
        organisation=renter,
        by=by,
        amount_micro=TEN,
        back="https://straits.example/wallet/",
        save_card=False,
        key="k",
        at=NOON,
    )


def top_up_by_itself(renter, by, _):
    return billing.allow_auto_top_up(
        organisation=renter,
        threshold_micro=TEN,
        amount_micro=TEN,
        day_cap_micro=TEN,
        month_cap_micro=TEN,
        by=by,
        at=NOON,
    )


def nothing_moved():
    rows = (Reservation, Waiting, TopUp, AutoTopUp, StripeCommand)
    return not any(model.objects.exists() for model in rows)


@pytest.mark.parametrize("act", [reserve, pin, wait, top_up, top_up_page, top_up_by_itself])
def test_an_address_that_is_not_confirmed_starts_nothing(act, harbour, eve, offer):
    with pytest.raises(NotConfirmed, match=r"the link that we sent to eve@example\.test"):
        act(harbour, eve, offer)
    assert nothing_moved()


@pytest.mark.parametrize("act", [reserve, pin, wait])
def test_once_it_is_confirmed_the_same_act_goes_through(act, harbour, eve, offer):
    make.funded(harbour, TEN)
    accounts.confirm_email(user=eve, at=NOON)
    act(harbour, eve, offer)
    assert not nothing_moved()
