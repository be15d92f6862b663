"""Credits for downtime: by the schedule, from evidence, once, at the cost of whose fault it was."""

import pytest

from marketplace.billing import services
from marketplace.billing.models import CreditNote, SlaAssessment
from marketplace.brokerage import services as brokerage
from marketplace.ledger import services as ledger
from marketplace.metering import services as metering
from marketplace.metering.models import Gap
from tests.billing import use
from tests.billing.papers import invoice, record_seller
from tests.billing.use import MINUTE, minutes, report
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
FUNDS = 100_000_000


@pytest.fixture
def promise(sally):
    record_seller(sally)
    for below, credit in ((9_900, 1_000), (9_500, 2_500)):
        services.record_tier(below_bps=below, credit_bps=credit, by=sally, at=NOON - HOUR)


def ran(harbour, *spans, until=60):
    """Two GPUs at 2.40 USD, used in these minutes of [12:00, 12:00 + until), and settled."""
    made = use.running(harbour)
    report(made, *spans)
    brokerage.stop(reservation=made, by=None, at=NOON + until * MINUTE)
    services.settle(reservation=made, at=NOON + 3 * HOUR)
    made.refresh_from_db()
    return made


def swept(at=NOON + 4 * HOUR):
    for row in services.to_assess():
        services.assess(reservation=row, at=at)
    return [note for row in services.to_give() for note in services.give(assessment=row, at=at)]


@pytest.fixture
def down(market, harbour, promise):
    """Ten of 60 minutes were down: 83.33 % available. 50 minutes cost 4.00 USD."""
    return ran(harbour, minutes(0, 30), minutes(40, 60))


def test_downtime_earns_the_share_of_the_schedule_beside_not_being_billed(down, harbour):
    invoice(harbour, until=NOON + 4 * HOUR)
    [note] = swept()
    assert (note.kind, note.total_micro) == ("sla", 1_000_000)
    assert "available 83.33 % of the time, which earns 25.00 % of what was charged" in note.reason
    assert services.wallet(organisation=harbour).posted == FUNDS - 4_000_000 + 1_000_000
    assert ledger.verify() == []


def test_the_evidence_is_attached_by_id(down):
    swept()
    row = SlaAssessment.objects.get()
    gap = Gap.objects.get(billed=False)
    assert row.evidence["gaps"] == [str(gap.public_id)]
    assert (row.evidence["rulings"], len(row.evidence["schedule"])) == ([], 2)
    assert (row.run_ms, row.down_ms) == (2 * 3_600_000, 2 * 600_000)


def test_it_waits_for_the_invoice_that_the_note_refers_to(down, harbour):
    assert swept() == []
    invoice(harbour, until=NOON + 4 * HOUR)
    assert len(swept()) == 1


def test_it_is_given_once(down, harbour):
    invoice(harbour, until=NOON + 4 * HOUR)
    assert (len(swept()), swept(), swept()) == (1, [], [])
    assert SlaAssessment.objects.count() == CreditNote.objects.count() == 1


def test_a_later_ruling_adds_the_difference(down, harbour, sally):
    invoice(harbour, until=NOON + 4 * HOUR)
    swept()
    ruling = metering.rule_outage(
        assignment=down.assignments.get(),
        start=NOON,
        end=NOON + 10 * MINUTE,
        reason="No network.",
        by=sally,
        at=NOON + 4 * HOUR,
    )
    services.rerate(ruling=ruling, at=NOON + 4 * HOUR)
    swept()
    last = SlaAssessment.objects.order_by("revision").last()
    assert (last.down_ms, last.charged_micro) == (2 * 1_200_000, 3_200_000)
    assert last.credit_micro == 800_000, "less than was given, and nothing is taken back"
    assert CreditNote.objects.filter(kind="sla").count() == 1


def test_a_look_that_is_late_is_no_downtime(market, harbour, promise):
    ran(harbour, minutes(0, 30), (31.5 * MINUTE, 60 * MINUTE))
    swept()
    row = SlaAssessment.objects.get()
    assert (row.down_ms, row.credit_micro) == (0, 0)


def test_without_a_promise_nothing_is_assessed(market, harbour, sally):
    record_seller(sally)
    ran(harbour, minutes(0, 30))
    assert (swept(), SlaAssessment.objects.count()) == ([], 0)


def test_a_promise_counts_for_what_is_asked_for_later(market, harbour, sally):
    record_seller(sally)
    services.record_tier(below_bps=9_900, credit_bps=1_000, by=sally, at=NOON + MINUTE)
    ran(harbour, minutes(0, 30))
    assert (swept(), SlaAssessment.objects.count()) == ([], 0)


def test_a_tier_of_zero_ends_the_promise(market, harbour, promise, sally):
    for below in (9_900, 9_500):
        services.record_tier(below_bps=below, credit_bps=0, by=sally, at=NOON - MINUTE)
    ran(harbour, minutes(0, 30))
    swept()
    assert SlaAssessment.objects.get().credit_micro == 0


@pytest.mark.parametrize(
    ("fault", "totals"),
    [
        ("provider", {"provider_receivable": -850_000, "platform_fee": 450_000}),
        ("platform", {"provider_pending": 3_400_000, "platform_fee": 600_000}),
    ],
)
def test_a_ruling_of_fault_says_who_bears_it(down, harbour, sally, fault, totals):
    services.rule_fault(reservation=down, fault=fault, reason="Seen.", by=sally, at=NOON + HOUR)
    invoice(harbour, until=NOON + 4 * HOUR)
    swept()
    found = ledger.totals(currency="USD")
    assert {name: found[name] for name in totals} == totals
    assert found.get("sla_credit", 0) == (0 if fault == "provider" else -1_000_000)


def test_without_a_ruling_the_provider_bears_the_gaps_of_its_machine(down, harbour):
    invoice(harbour, until=NOON + 4 * HOUR)
    [note] = swept()
    assert note.fault == "provider"


def test_we_bear_what_fell_into_an_outage_of_our_own(down, harbour, sally):
    metering.record_own_outage(
        start=NOON + 35 * MINUTE,
        end=NOON + 36 * MINUTE,
        reason="Deploy.",
        by=sally,
        at=NOON + HOUR,
    )
    invoice(harbour, until=NOON + 4 * HOUR)
    [note] = swept()
    assert note.fault == "platform"


def test_a_ruling_that_is_not_in_the_books_yet_is_waited_for(down, sally):
    ruling = metering.rule_outage(
        assignment=down.assignments.get(),
        start=NOON,
        end=NOON + 10 * MINUTE,
        reason="No network.",
        by=sally,
        at=NOON + 4 * HOUR,
    )
    assert not services.to_assess().exists()
    services.rerate(ruling=ruling, at=NOON + 4 * HOUR)
    assert services.to_assess().get() == down


def test_nothing_is_given_for_the_renters_own_fault(down, harbour, sally):
    services.rule_fault(reservation=down, fault="renter", reason="Seen.", by=sally, at=NOON + HOUR)
    invoice(harbour, until=NOON + 4 * HOUR)
    assert swept() == []
    assert services.wallet(organisation=harbour).posted == FUNDS - 4_000_000


def test_fault_is_not_ruled_once_the_credit_is_given(down, harbour, sally):
    invoice(harbour, until=NOON + 4 * HOUR)
    swept()
    with pytest.raises(services.BadFaultRuling, match="given already"):
        services.rule_fault(reservation=down, fault="renter", reason="x", by=sally, at=NOON + HOUR)
