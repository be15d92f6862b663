from datetime import timedelta

import pytest
from django.utils.dateparse import parse_datetime

from marketplace.billing import services as billing
from marketplace.billing.models import StripeCommand, TopUp
from marketplace.brokerage import services as brokerage
from marketplace.ledger import services as ledger
from tests import make
from tests.api.asking import places, refused
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db

NOTHING_RUNS = {"owed_micro": 0, "burn_micro_per_hour": 0, "lasts_ms": None, "warning": ""}
TOP_UP = {"amount_micro": 5_000_000, "payment_method": "pm_card_visa"}


def nothing_moved():
    return not TopUp.objects.exists() and not StripeCommand.objects.exists()


def test_a_new_wallet_is_empty(api):
    assert api.get("wallet").json() == {
        "currency": "USD",
        "posted_micro": 0,
        "held_micro": 0,
        "available_micro": 0,
        **NOTHING_RUNS,
    }


def test_the_wallet_tells_what_is_held(api, harbour):
    account = make.funded(harbour, 10_000_000)
    ledger.place_hold(key="h", account=account, amount=3_000_000)
    assert api.get("wallet").json() == {
        "currency": "USD",
        "posted_micro": 10_000_000,
        "held_micro": 3_000_000,
        "available_micro": 7_000_000,
        **NOTHING_RUNS,
    }


def test_a_top_up_is_asked_for(api, alice, harbour):
    answer = api.post("wallet/top-ups", TOP_UP)
    assert answer.status_code == 202, answer.content
    row = TopUp.objects.get()
    assert (row.organisation, row.requested_by) == (harbour, alice)
    assert answer["Location"] == f"/api/v1/wallet/top-ups/{row.public_id}"
    told = answer.json()
    assert told == api.get(f"wallet/top-ups/{row.public_id}").json()
    assert told == api.get("wallet/top-ups").json()["results"][0]
    assert parse_datetime(told.pop("created_at")) == row.created_at
    assert told == {
        "id": str(row.public_id),
        "state": "pending",
        "failure": "",
        "amount_micro": 5_000_000,
        "currency": "USD",
    }
    assert api.get("wallet").json()["posted_micro"] == 0


def test_the_same_key_pays_once(api):
    first, again = (api.post("wallet/top-ups", TOP_UP, key="once") for _ in range(2))
    assert (again.status_code, again.json()) == (202, first.json())
    assert StripeCommand.objects.count() == 1
    changed = TOP_UP | {"amount_micro": 6_000_000}
    answer = api.post("wallet/top-ups", changed, key="once")
    refused(answer, 422, "idempotency-key-reused")
    assert TopUp.objects.get().amount_micro == 5_000_000
    assert StripeCommand.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"amount_micro": 0}, "#/amount_micro"),
        ({"amount_micro": 5_000_001}, "#/amount_micro"),
        ({"amount_micro": 10**30}, "#/amount_micro"),
        ({"payment_method": "4242424242424242"}, "#/payment_method"),
    ],
)
def test_a_top_up_that_cannot_be_made_names_its_field(api, changes, pointer):
    problem = refused(api.post("wallet/top-ups", TOP_UP | changes), 422, "refused")
    assert places(problem) == [pointer]
    assert nothing_moved()


def test_a_cost_statement_lists_what_each_gpu_cost(api, harbour, market):
    make.funded(harbour, 10_000_000)
    offer = make.offer(gpus=2, price_micro=2_400_000)
    made = make.reservation(harbour, offer, gpus=2)
    assignment = make.started(made)
    ended = NOON + timedelta(minutes=30)
    make.accept(
        machine=assignment.machine,
        segments=[make.segment(assignment, NOON, ended, final=True)],
        at=ended,
    )
    brokerage.stop(reservation=made, by=None, at=ended)
    cost = billing.settle(reservation=made, at=ended + HOUR)
    told = api.get(f"reservations/{made.public_id}/cost").json()
    lines = list(cost.lines.order_by("pk").select_related("lease__gpu"))
    assert told == {
        "id": str(cost.public_id),
        "reservation": str(made.public_id),
        "total_micro": 2_400_000,
        "currency": "USD",
        "issued_at": "2026-11-24T13:30:00Z",
        "usage_statement_sha256": made.statements.get().hexdigest,
        "lines": [
            {
                "lease": str(line.lease.public_id),
                "description": f"H100 80GB {line.lease.gpu.uuid}",
                "covered_ms": 1_800_000,
                "price_micro_per_gpu_hour": 2_400_000,
                "amount_micro": 1_200_000,
            }
            for line in lines
        ],
    }
    assert len(lines) == 2
