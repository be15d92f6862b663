"""Disputes between renter and provider: claim, answer, ruling, deadlines, and what it moves."""

from datetime import timedelta

import pytest

from marketplace.billing import services
from marketplace.billing.models import CreditNote, DisputeEntry, RentalDispute
from marketplace.core.idempotency import KeyReused
from marketplace.core.models import AuditEvent
from marketplace.core.states import IllegalMove
from marketplace.ledger import services as ledger
from tests import make
from tests.billing import use
from tests.billing.papers import invoice, record_seller, rented
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
FUNDS = 100_000_000
DAY = timedelta(days=1)
LATER = NOON + 2 * HOUR


@pytest.fixture
def used(market, harbour, sally):
    """0.80 USD, settled at one o'clock."""
    record_seller(sally)
    return rented(harbour)


@pytest.fixture
def provider(used):
    return make.user()


def claimed(used, alice, *, micro=800_000, key="k", claim="It was throttled.", at=LATER):
    return services.raise_dispute(
        reservation=used, claim=claim, claimed_micro=micro, by=alice, key=key, at=at
    )


def answered(dispute, provider, at=LATER + DAY):
    return services.answer_dispute(dispute=dispute, text="It was not.", by=provider, at=at)


def uphold(dispute, sally, micro=500_000, fault="provider", at=LATER + 2 * DAY):
    return services.uphold_dispute(
        dispute=dispute,
        granted_micro=micro,
        fault=fault,
        ruling="The clocks show it.",
        by=sally,
        at=at,
    )


def posted(harbour):
    return services.wallet(organisation=harbour).posted


def test_a_claim_keeps_what_our_records_say_and_sets_deadlines(used, alice):
    made = claimed(used, alice)
    assert (made.state, made.provider) == ("open", used.offer.machine.site.operator)
    assert (made.answer_by, made.decide_by) == (LATER + 5 * DAY, LATER + 15 * DAY)
    [entry] = made.entries.all()
    assert (entry.side, entry.text) == ("renter", "It was throttled.")
    assert entry.evidence["usage_statement_sha256"] == used.statements.get().hexdigest
    assert AuditEvent.objects.filter(verb="raised a dispute", actor=alice.public_id).exists()


def test_the_same_key_is_the_same_dispute(used, alice):
    assert claimed(used, alice) == claimed(used, alice)
    with pytest.raises(KeyReused):
        claimed(used, alice, micro=1)
    assert RentalDispute.objects.count() == DisputeEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"micro": 800_001}, "claimed_micro"),
        ({"micro": 0}, "claimed_micro"),
        ({"claim": "  "}, "claim"),
        ({"claim": "x" * 4_001}, "claim"),
        ({"at": NOON + 91 * DAY}, "reservation"),
    ],
)
def test_a_bad_claim_names_its_field_and_leaves_nothing(used, alice, facts, field):
    with pytest.raises(services.BadDispute) as refusal:
        claimed(used, alice, **facts)
    assert refusal.value.field == field
    assert not RentalDispute.objects.exists()


def test_what_still_runs_cannot_be_disputed(market, harbour, alice):
    with pytest.raises(services.BadDispute, match="once it is settled"):
        claimed(use.running(harbour), alice)


def test_one_open_dispute_for_a_reservation(used, alice):
    claimed(used, alice)
    with pytest.raises(services.BadDispute, match="still open"):
        claimed(used, alice, key="other")
    assert RentalDispute.objects.count() == 1


def test_an_answer_counts_once_and_in_time(used, alice, provider):
    dispute = claimed(used, alice)
    with pytest.raises(services.BadDispute, match="comes too late"):
        answered(dispute, provider, at=LATER + 5 * DAY)
    assert answered(dispute, provider).state == "answered"
    with pytest.raises(services.BadDispute, match="the dispute is answered"):
        answered(dispute, provider)
    assert list(dispute.entries.order_by("pk").values_list("side", flat=True)) == [
        "renter",
        "provider",
    ]


def test_what_is_upheld_is_a_credit_note_at_the_cost_of_the_fault(
    used, harbour, alice, provider, sally
):
    billed = invoice(harbour)
    dispute = answered(claimed(used, alice), provider)
    made = uphold(dispute, sally)
    assert (made.state, made.granted_micro, made.ruled_by) == ("upheld", 500_000, sally)
    note = made.credit_note
    assert (note.invoice, note.kind, note.total_micro) == (billed, "dispute", 500_000)
    assert note.reason == "The clocks show it."
    assert posted(harbour) == FUNDS - 300_000
    totals = ledger.totals(currency="USD")
    assert (totals["provider_receivable"], totals["platform_fee"]) == (-425_000, 45_000)
    event = AuditEvent.objects.get(verb="upheld a dispute")
    assert (event.actor, event.detail["reason"]) == (sally.public_id, "The clocks show it.")


def test_a_refusal_moves_nothing(used, harbour, alice, provider, sally):
    invoice(harbour)
    dispute = answered(claimed(used, alice), provider)
    made = services.refuse_dispute(
        dispute=dispute, ruling="Nothing shows it.", by=sally, at=LATER + 2 * DAY
    )
    assert (made.state, made.ruling) == ("refused", "Nothing shows it.")
    assert (posted(harbour), CreditNote.objects.count()) == (FUNDS - 800_000, 0)
    with pytest.raises(services.BadDispute, match="the dispute is refused"):
        uphold(made, sally)


@pytest.mark.parametrize(("micro", "why"), [(800_001, "at most"), (0, "at most"), (5, "whole")])
def test_what_cannot_be_granted_is_refused_and_nothing_moves(
    used, harbour, alice, provider, sally, micro, why
):
    invoice(harbour)
    dispute = answered(claimed(used, alice), provider)
    with pytest.raises(services.BadDispute, match=why):
        uphold(dispute, sally, micro=micro)
    dispute.refresh_from_db()
    assert (dispute.state, posted(harbour)) == ("answered", FUNDS - 800_000)


def test_a_ruling_waits_for_answer_or_deadline_and_for_the_invoice(used, harbour, alice, sally):
    dispute = claimed(used, alice)
    with pytest.raises(services.BadDispute, match="waits for the provider"):
        uphold(dispute, sally)
    with pytest.raises(services.BadDispute, match="waits for the invoice"):
        uphold(dispute, sally, at=LATER + 5 * DAY)
    dispute.refresh_from_db()
    assert dispute.state == "open", "the whole ruling was rolled back"
    invoice(harbour)
    assert uphold(dispute, sally, at=LATER + 5 * DAY).state == "upheld"


def test_a_sweep_passes_deadlines(used, alice):
    dispute = claimed(used, alice)
    assert not services.past_deadline(at=LATER + 5 * DAY - timedelta(seconds=1)).exists()
    for days, state in ((5, "answered"), (15, "escalated")):
        at = LATER + days * DAY
        [row] = services.past_deadline(at=at)
        assert services.pass_deadline(dispute=row, at=at).state == state
        assert not services.past_deadline(at=at).exists()
    told = [entry.text for entry in dispute.entries.order_by("pk")]
    assert told[1:] == [
        "The provider did not answer in time.",
        "Not ruled in time; passed on to senior staff.",
    ]


def test_what_is_escalated_can_still_be_ruled(used, alice, sally):
    dispute = claimed(used, alice)
    for days in (5, 15):
        services.pass_deadline(dispute=dispute, at=LATER + days * DAY)
    made = services.refuse_dispute(dispute=dispute, ruling="No.", by=sally, at=LATER + 20 * DAY)
    assert made.state == "refused"


def test_a_renter_may_withdraw_and_raise_again(used, alice):
    dispute = services.withdraw_dispute(dispute=claimed(used, alice), by=alice, at=LATER)
    assert dispute.state == "withdrawn"
    with pytest.raises(IllegalMove):
        services.withdraw_dispute(dispute=dispute, by=alice, at=LATER)
    assert claimed(used, alice, key="again").state == "open"
