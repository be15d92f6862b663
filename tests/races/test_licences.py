"""The last of a licence is drawn once: brokers on GPUs of their own, and without the guard."""

import pytest
from django.db import connection

from compliance import services as compliance
from compliance.models import LicenceDraw
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Assignment, Lease, Reservation
from marketplace.brokerage.services import brokering
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Hold
from tests import make
from tests.make import NOON, SECOND
from tests.race import all_have_called, together

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 6
HOUR_US = 3_600_000_000


@pytest.fixture
def renter(market):
    made = make.organisation("Renter")
    make.funded(made)
    return made


@pytest.fixture
def at_once(monkeypatch):
    """Every broker has been cleared before the first one draws."""
    monkeypatch.setattr(brokering, "Board", all_have_called(brokering.Board, MANY))


@pytest.fixture
def unguarded():
    def switch(word):
        with connection.cursor() as cursor:
            cursor.execute(
                f"ALTER TABLE compliance_licencedraw {word} TRIGGER licence_not_overdrawn"
            )

    switch("DISABLE")
    yield
    switch("ENABLE")


def race(renter):
    """One request each for a GPU that nobody else wants; the wallet pays for all of them."""
    rows = [
        brokerage.request(
            renter=renter,
            by=None,
            ask=make.ask(make.offer(machine=make.machine(country="VN"))),
            key=str(place),
            at=NOON,
        )
        for place in range(MANY)
    ]
    calls = [
        lambda pk=row.pk: brokerage.broker(reservation=Reservation.objects.get(pk=pk), at=NOON)
        for row in rows
    ]
    assert together(*calls) == [None] * MANY
    return sorted(Reservation.objects.values_list("state", flat=True))


def test_brokers_that_draw_the_last_of_a_licence(renter, at_once):
    licence = make.licence(renter.party, gpu_hours=1)
    assert race(renter) == ["confirmed"] + ["refused"] * (MANY - 1)
    assert compliance.drawn_gpu_us(licence=licence) == HOUR_US
    [winner] = Reservation.objects.filter(state="confirmed")
    assert LicenceDraw.objects.get().rental == winner.public_id
    lost = Reservation.objects.filter(state="refused")
    assert set(lost.values_list("reason", "decision__outcome")) == {
        ("under review", "licence_required")
    }
    assert (Lease.objects.count(), Assignment.objects.count(), Hold.objects.count()) == (1, 1, 1)
    wallet = brokerage.wallet_account(renter=renter, currency="USD")
    assert ledger.balance(account=wallet).available == 100_000_000 - 2_400_000


def test_never_more_gpus_at_once_than_it_says(renter, at_once):
    make.licence(renter.party, gpus_at_once=2)
    assert race(renter) == ["confirmed"] * 2 + ["refused"] * (MANY - 2)
    assert (LicenceDraw.objects.count(), Lease.objects.count()) == (2, 2)


def test_control_without_the_guard_it_is_overdrawn(renter, at_once, unguarded):
    """If this stops overdrawing, the races above prove nothing."""
    licence = make.licence(renter.party, gpu_hours=1)
    assert race(renter).count("confirmed") > 1
    assert compliance.drawn_gpu_us(licence=licence) > HOUR_US


def test_two_approvals_of_one_number_at_once(renter):
    rows = [make.licence(renter.party, number="D1", approved=False) for _ in range(2)]
    calls = [
        lambda row=row: compliance.approve_licence(
            licence=row, actor=SECOND, actor_label="ben", at=NOON
        )
        for row in rows
    ]
    outcome = together(*calls)
    assert sorted(type(one).__name__ for one in outcome) == ["NoneType", "ValidationError"]
    assert sum(row.events.count() for row in rows) == 1
