"""A renter whom a new list names: access ends and the meter stops at the same moment."""

from datetime import timedelta

import pytest

from compliance import services as compliance
from compliance.models import Rescreening
from marketplace.billing import services as billing
from marketplace.brokerage import services as brokerage
from marketplace.brokerage import tasks
from marketplace.ledger import services as ledger
from marketplace.metering import services as metering
from tests import make
from tests.billing import use
from tests.billing.use import MINUTE, minutes
from tests.compliance import ofac
from tests.make import HOUR, NOON
from tests.stock import SAMPLE_LIST

pytestmark = pytest.mark.django_db
FUNDS = 100_000_000
FLIP = NOON + 20 * MINUTE + timedelta(milliseconds=123)


@pytest.fixture
def flipped(market, harbour, tmp_path, monkeypatch):
    """Two GPUs at 2.40 USD run since NOON; at FLIP a list that names the renter is in force."""
    running = use.running(harbour)
    use.report(running, minutes(0, 20), at=NOON + 20 * MINUTE)
    folder = tmp_path / "list"
    folder.mkdir()
    for file in SAMPLE_LIST.glob("*.csv"):
        (folder / file.name).write_bytes(file.read_bytes())
    named = ofac.party(999_001, harbour.party.legal_name.upper())
    whole = (folder / "sdn.csv").read_bytes().rstrip(b"\x1a\r\n")
    (folder / "sdn.csv").write_bytes(whole + b"\r\n" + named.encode() + b"\r\n")
    compliance.import_list(
        source_code="ofac_sdn", folder=folder, published_on=None, at=FLIP, sample=True
    )
    monkeypatch.setattr(tasks, "now", lambda: FLIP)
    tasks.enforce_clearance()
    running.refresh_from_db()
    return running


def test_access_ends_at_the_flip(flipped):
    assert (flipped.state, flipped.ended_at) == ("ended", FLIP)
    assert flipped.decision.outcome == "deny"
    assignment = flipped.assignments.get()
    [told] = brokerage.desired(machine=assignment.machine, at=FLIP)
    assert (told, brokerage.wanted(told), told.generation) == (assignment, False, 2)


def test_use_after_the_flip_is_not_billed_to_the_micro_unit(flipped):
    # the node hears of it late and reports what ran on, first across the flip and then after it
    use.report(flipped, minutes(20, 25), at=NOON + 25 * MINUTE)
    use.report(flipped, minutes(25, 40), final=True, at=NOON + 40 * MINUTE)
    invoice = billing.settle(reservation=flipped, at=NOON + HOUR)
    # 1,200.123 s at 2.40 USD an hour are 800,082 micro-units for each of two GPUs
    assert invoice.total_micro == 2 * 800_082
    assert set(invoice.lines.values_list("covered_ms", "amount_micro")) == {(1_200_123, 800_082)}
    wallet = billing.wallet(organisation=flipped.renter)
    assert (wallet.posted, wallet.held) == (FUNDS - 1_600_164, 0)
    assert ledger.verify() == []


def test_what_was_not_reported_before_the_flip_is_billed_up_to_it_and_no_further(flipped):
    metering.seal(reservation=flipped, at=NOON + 40 * MINUTE)
    use.report(flipped, minutes(20, 40), final=True, at=NOON + 40 * MINUTE)
    billing.settle(reservation=flipped, at=NOON + HOUR)
    invoice = billing.settle(reservation=flipped, at=NOON + 2 * HOUR)
    assert invoice.total_micro == 1_600_164


def test_the_party_itself_is_screened_again_too(flipped):
    compliance.reverse_screen(at=FLIP)
    compliance.rescreen_waiting(at=FLIP)
    [row] = Rescreening.objects.filter(party=flipped.renter.party)
    assert (row.entries, row.decision.outcome) == (["999001"], "deny")


def test_a_renter_whom_it_does_not_name_runs_on(market, tmp_path, monkeypatch):
    other = make.organisation("Another")
    running = use.running(other)
    compliance.import_list(
        source_code="ofac_sdn", folder=SAMPLE_LIST, published_on=None, at=FLIP, sample=True
    )
    monkeypatch.setattr(tasks, "now", lambda: FLIP)
    tasks.enforce_clearance()
    running.refresh_from_db()
    assert (running.state, running.decision.decided_at) == ("active", FLIP)
