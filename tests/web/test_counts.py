"""Lists ask the database as often for twenty rows as for one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import now

from marketplace.accounts import services as accounts
from marketplace.billing.models import TopUp, WalletNotice
from marketplace.brokerage import services as brokerage
from tests import make
from tests.billing import papers

pytestmark = pytest.mark.django_db


def member(harbour, alice, number):
    make.member(harbour, "viewer")


def key(harbour, alice, number):
    accounts.create_api_key(organisation=harbour, by=alice, name=str(number), at=now())


def invited(harbour, alice, number):
    address = f"new{number}@example.test"
    accounts.invite(organisation=harbour, by=alice, email=address, role="viewer", at=now())


def told(harbour, alice, number):
    WalletNotice.objects.create(organisation=harbour, key=str(number), text="Look.")


def topped_up(harbour, alice, number):
    TopUp.objects.create(
        organisation=harbour,
        requested_by=alice,
        amount_micro=1_000_000,
        currency="USD",
        payment_method="pm_card_visa",
        idempotency_key=str(number),
        request_sha256=b"",
    )


def waits(harbour, alice, number):
    wish = brokerage.Wish(
        chip=make.chip(),
        gpu_count=1,
        length=make.HOUR,
        earliest=now(),
        latest=now() + make.HOUR,
        limit_micro=1,
        workload={"command": ["true"]},
    )
    brokerage.wait(renter=harbour, by=alice, wish=wish, key=str(number), at=now())


@pytest.mark.parametrize(
    ("page", "add", "rows"),
    [
        ("members", member, 20),
        ("members", invited, 20),
        ("keys", key, 20),
        ("record", key, 20),
        ("wallet", told, 20),
        ("wallet", topped_up, 20),
        ("waitlist", waits, 10),
        ("invoices", lambda harbour, alice, number: papers.bare_invoice(harbour), 20),
    ],
)
def test_a_list_asks_as_often_for_many_rows_as_for_one(page, add, rows, client, alice, harbour):
    client.force_login(alice)

    def asked():
        with CaptureQueriesContext(connection) as seen:
            assert client.get(reverse(page)).status_code == 200
        return len(seen)

    add(harbour, alice, 0)
    asked()  # the first look at a wallet opens it
    one = asked()
    for number in range(1, rows):
        add(harbour, alice, number)
    assert asked() == one
