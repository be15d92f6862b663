"""Clocks of two servers disagree, or a request waited: statements verify all the same."""

import hashlib
import json
from datetime import timedelta

import pytest

from marketplace.billing import services
from marketplace.billing.models import CostStatement, UsageStatement
from marketplace.billing.services.ordering import in_order
from marketplace.metering import services as metering
from tests.billing import use
from tests.billing.test_statements import raw_of, verify
from tests.billing.use import MINUTE
from tests.make import HOUR, NOON

pytestmark = [pytest.mark.django_db, pytest.mark.fault(11)]
SETTLED = NOON + HOUR
EARLIER, LATER = SETTLED - MINUTE, SETTLED + MINUTE
TICK = timedelta(microseconds=1)


@pytest.fixture
def ended(market, harbour):
    """Two GPUs at 2.40 USD an hour, used for ten minutes."""
    return use.ended(harbour)


def rule(reservation, by, at):
    return metering.rule_outage(
        assignment=reservation.assignments.get(),
        start=NOON,
        end=NOON + MINUTE,
        reason="The rack had no power.",
        by=by,
        at=at,
    )


def settle(reservation):
    services.settle(reservation=reservation, at=SETTLED)


def require_verifies(reservation, tmp_path, total, due):
    raw = raw_of(reservation)
    status, told = verify(raw, tmp_path)
    assert (status, told.rpartition("recomputed: ")[2]) == (0, f"{due} micro-units of USD."), told
    assert json.loads(raw)["invoice"]["total_micro"] == total
    for known in UsageStatement.objects.all():
        raw = services.statement_file(statement=known)[1]
        assert hashlib.sha256(raw).hexdigest() == known.hexdigest, f"revision {known.revision}"


def test_a_charge_by_a_clock_ahead_of_the_settlements(ended, tmp_path):
    services.charge(reservation=ended, at=LATER)
    settle(ended)
    assert CostStatement.objects.get().issued_at == LATER
    require_verifies(ended, tmp_path, 800_000, 800_000)


def test_a_ruling_by_a_clock_ahead_of_the_settlements(ended, tmp_path, sally):
    services.rerate(ruling=rule(ended, sally, LATER), at=LATER)
    settle(ended)
    require_verifies(ended, tmp_path, 720_000, 720_000)


@pytest.mark.parametrize("at", [EARLIER, SETTLED, LATER])
def test_a_ruling_that_waited_for_the_settlement(ended, tmp_path, sally, at):
    settle(ended)
    ruling = rule(ended, sally, at)
    assert ruling.ruled_at == max(at, SETTLED + TICK)
    services.rerate(ruling=ruling, at=NOON + 2 * HOUR)
    require_verifies(ended, tmp_path, 800_000, 720_000)


@pytest.mark.parametrize("at", [EARLIER, SETTLED])
def test_a_ruling_that_is_rated_by_a_clock_behind_the_settlements(ended, tmp_path, sally, at):
    settle(ended)
    services.rerate(ruling=rule(ended, sally, NOON + 2 * HOUR), at=at)
    require_verifies(ended, tmp_path, 800_000, 720_000)


@pytest.mark.parametrize("at", [EARLIER, SETTLED])
def test_a_price_that_is_corrected_by_a_clock_behind_the_settlements(ended, tmp_path, sally, at):
    settle(ended)
    facts = {"price_micro": 1_200_000, "since": NOON, "reason": "as agreed", "by": sally}
    services.correct_terms(reservation=ended, **facts, at=at)
    require_verifies(ended, tmp_path, 800_000, 400_000)


def test_two_corrections_at_one_moment_are_two_statements(ended, tmp_path, sally):
    settle(ended)
    services.rerate(ruling=rule(ended, sally, LATER), at=LATER)
    facts = {"price_micro": 1_200_000, "since": NOON, "reason": "as agreed", "by": sally}
    services.correct_terms(reservation=ended, **facts, at=LATER)
    require_verifies(ended, tmp_path, 800_000, 360_000)
    assert UsageStatement.objects.count() == 3


def test_clocks_that_agree_are_left_alone(ended):
    services.charge(reservation=ended, at=SETTLED)
    assert in_order(reservation=ended, at=SETTLED) == SETTLED
    assert in_order(reservation=ended, at=LATER) == LATER
