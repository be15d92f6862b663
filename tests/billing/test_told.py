"""What becomes of money is told once each: top-ups, low wallets."""

import pytest

from marketplace.billing import services as billing
from marketplace.billing.services import top_ups
from marketplace.notices.models import Notice
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db


def test_a_low_wallet_is_told_once_a_day_for_each_threshold(market, harbour):
    make.funded(harbour, 5_000_000)
    row = make.reservation(harbour, make.offer(price_micro=2_000_000), at=NOON, start=NOON)
    assert list(billing.burning()) == []
    make.started(row, at=NOON)
    assert list(billing.burning()) == [harbour]
    for _ in range(2):
        billing.warn(organisation=harbour, at=NOON)
    [told] = Notice.objects.filter(kind="wallet.low")
    assert (told.organisation, told.facts["hours"]) == (harbour, 6)
    assert told.facts["burn_micro_per_hour"] == 2_000_000
    billing.warn(organisation=harbour, at=NOON + 24 * HOUR)
    assert Notice.objects.filter(kind="wallet.low").count() == 2


def test_a_wallet_that_lasts_is_not_told_of(market, harbour):
    make.funded(harbour, 10**9)
    row = make.reservation(harbour, make.offer(price_micro=2_000_000), at=NOON, start=NOON)
    make.started(row, at=NOON)
    billing.warn(organisation=harbour, at=NOON)
    assert not Notice.objects.filter(kind="wallet.low").exists()


def test_a_top_up_that_failed_is_told_once(harbour, asked):
    for _ in range(2):
        top_ups.fail(asked, "The card was declined.", NOON)
    [told] = Notice.objects.all()
    assert (told.kind, told.organisation) == ("wallet.top_up_failed", harbour)
    assert told.facts == {
        "id": str(asked.public_id),
        "state": "failed",
        "amount_micro": 25_000_000,
        "currency": "USD",
        "automatic": False,
        "reason": "The card was declined.",
    }


def test_a_bank_that_asks_is_told_of(asked):
    top_ups.wait_for_owner(asked, "pi_1", NOON)
    assert Notice.objects.get().kind == "wallet.action_needed"


@pytest.mark.parametrize(("automatic", "kinds"), [(True, ["wallet.topped_up"]), (False, [])])
def test_only_what_was_taken_unasked_is_told_when_it_is_paid(automatic, kinds, asked):
    asked.automatic, asked.state = automatic, "succeeded"
    top_ups.tell_top_up(asked, NOON)
    assert list(Notice.objects.values_list("kind", flat=True)) == kinds
