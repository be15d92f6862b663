"""What staff read of columns: exact words, never raw numbers."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange, NumericRange
from django.urls import reverse

from compliance.models import (
    Case,
    CaseEvent,
    ChainLink,
    Decision,
    EndUseStatement,
    Licence,
    LicenceDraw,
    LicenceEvent,
    ListSnapshot,
    ListSource,
    OwnershipStake,
    Party,
    PartyDocument,
    PolicyRule,
)
from marketplace.billing.models import (
    BankPayout,
    Charge,
    CreditLot,
    Discount,
    Maturity,
    RateSegment,
    SavedCard,
    SlaAssessment,
    StripeCommand,
    StripeMovement,
    TopUp,
)
from marketplace.brokerage.models import Lease, Reliability, Reservation, WindowChange
from marketplace.catalog.models import (
    Calibration,
    Challenge,
    Gpu,
    HardwareFacts,
    HealthChange,
    Machine,
    MachineReading,
    Offer,
    Telemetry,
)
from marketplace.core import showing, times
from marketplace.ledger.models import Hold, Transaction, Transfer
from marketplace.metering.models import Segment
from tests import make

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("model", "name", "words"),
    [
        (RateSegment, "price_micro_per_gpu_hour", "price per GPU-hour"),
        (Charge, "amount_micro", "amount"),
        (Charge, "covered_ms", "covered"),
        (SlaAssessment, "credit_bps", "credit share"),
        (SlaAssessment, "credit_micro", "credit"),
        (Reservation, "public_id", "ID"),
        (StripeMovement, "txn_id", "transaction ID"),
        (CreditLot, "top_up", "top-up"),
        (SavedCard, "exp_month", "expiry month"),
        (Segment, "mono_ms", "by own clock"),
        (Gpu, "memory_bytes", "memory"),
        (Gpu, "nvml_name", "NVML name"),
        (SavedCard, "is_default", "default"),
        (LicenceDraw, "gpu_us", "GPU time"),
        (Maturity, "upto", "up to"),
        (Challenge, "gpu_uuids", "GPU UUIDs"),
        (Challenge, "n", "size of matrices"),
        (Calibration, "k", "rounds"),
        (CaseEvent, "actor_label", "name of the actor"),
        (ChainLink, "prev_sha256", "previous SHA-256"),
    ],
)
def test_a_column_is_called_what_people_call_it(model, name, words):
    assert showing.heading(model._meta.get_field(name)) == words


@pytest.mark.parametrize(
    ("model", "name", "value", "words"),
    [
        (Charge, "amount_micro", 1_234_500_001, "$1,234.500001"),
        (Charge, "covered_ms", 3_661_000, "1 h 1 min 1 s"),
        (Charge, "covered_ms", 3, "3 ms"),
        (SlaAssessment, "credit_bps", 1_250, "12.5 %"),
        (Transfer, "amount", -2_400_000, "-$2.40"),
        (StripeMovement, "amount_minor", 1_234, "$12.34"),
        (Transaction, "kind", "top_up", "top up"),
        (Gpu, "memory_bytes", 80 << 30, "80.0 GiB"),
        (Reservation, "state", "payment_due", "Payment due"),
        (Reservation, "interruptible", False, "No"),
        (PartyDocument, "size", 23_040, "22.5 KB"),
        (
            Licence,
            "end_uses",
            ["training", "inference"],
            "Training or fine-tuning models, Running models",
        ),
    ],
)
def test_a_number_says_what_it_counts(model, name, value, words):
    assert showing.short(model(**{name: value}), model._meta.get_field(name)) == words


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("Payout In Transit", "Payout in transit"),
        ("Sla", "SLA"),
        ("Ok", "OK"),
        ("gpus", "GPUs"),
        ("export control", "Export control"),
        ("This server's clock is wrong by Stripe's",) * 2,
        ("3A090.a", "3A090.a"),
    ],
)
def test_a_choice_begins_as_a_sentence_does(label, words):
    assert showing.choice(label) == words


@pytest.mark.parametrize(
    ("path", "words"),
    [("by party", "party"), ("is staff", "staff"), ("debit__kind", "debit kind"), ("xid", "XID")],
)
def test_what_a_list_is_narrowed_by_is_named(path, words):
    assert showing.title(path) == words


@pytest.mark.parametrize(
    ("model", "name", "words"),
    [
        (Charge, "covered_ms", "billed so far at this rate"),
        (Machine, "reliability_bps", "as last scored; empty: nothing on record"),
        (Discount, "share_bps", "of the price; never above our fee"),
        (Offer, "spot_floor_micro", "the least bid for what may be interrupted"),
        (OwnershipStake, "share_bps", "empty: nobody knows"),
        (Hold, "placed", "set aside at first"),
        (Charge, "seq", "within lease and rate"),
        (Lease, "cleaning_s", "after it nobody else's for so long, as its offer said"),
    ],
)
def test_help_names_no_unit_that_is_not_shown(model, name, words):
    assert showing.explained(model._meta.get_field(name)) == words


@pytest.mark.parametrize(
    ("model", "name", "words"),
    [
        (Reservation, "together", "how close the GPUs must be"),
        (Reservation, "workload", "what to run"),
        (PolicyRule, "conditions", ""),
        (Case, "reasons", "all there is to look at"),
        (LicenceEvent, "reason", ""),
    ],
)
def test_help_sends_nobody_into_the_code(model, name, words):
    assert showing.explained(model._meta.get_field(name)) == words


def test_numbers_under_ids_count_what_the_column_counts():
    told = showing.laid_out({"d4993510": {"1": 600_000}, "spent_micro": {"2": 10_000}}, "billed_ms")
    assert "<dt>1</dt><dd>10 min</dd>" in told
    assert "<dt>2</dt><dd>$0.01</dd>" in told


def test_another_currency_is_named():
    assert showing.money(12_500_000, "MYR") == "12.50 MYR"
    assert showing.counted("fee_minor", 500, "JPY") == "500.00 JPY"


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (BankPayout(stripe_id="po_1", state="in_transit"), "po_1 (in transit)"),
        (TopUp(public_id="7", state="needs_action"), "top-up 7 (needs action)"),
        (
            CreditLot(kind="promo", amount_micro=12_500_000, currency="MYR"),
            "promo lot of 12.50 MYR",
        ),
        (Hold(key="one", amount=0, placed=9_560_000), "one: $0.00 of $9.56"),
        (Transfer(amount=2_400_000, currency="USD"), "$2.40"),
        (
            StripeCommand(kind="create_payment", idempotency_key="one", state="pending"),
            "create payment one (pending)",
        ),
    ],
)
def test_a_row_is_named_in_words(row, name):
    assert str(row) == name


def test_names_of_ours_are_told_in_words_with_and_without_a_count():
    assert showing.code_words("top_up (3)") == "top up (3)"
    assert showing.code_words("pm_1NqYgq") == "pm_1NqYgq"


def test_times_and_spans():
    assert ">24 Nov 2026, 12:00<" in times.moment(NOON)
    assert ">24 Nov 2026, 12:00:07<" in times.moment(NOON + timedelta(seconds=7))
    assert times.moment_text(NOON) == "24 Nov 2026, 12:00"
    assert showing.plain(NOON.date()) == '<time datetime="2026-11-24">24 Nov 2026</time>'
    assert ">3 Dec, 12:00<" in times.brief(NOON + timedelta(days=9, seconds=7))
    hour = DateTimeTZRange(NOON, NOON + timedelta(hours=1))
    assert times.span_text(hour) == "24 Nov 2026, 12:00 until 13:00"
    day = DateTimeTZRange(NOON, NOON + timedelta(days=1))
    assert times.span_text(day) == "24 Nov 2026, 12:00 until 25 Nov 2026, 12:00"
    assert times.span_text(DateTimeTZRange(NOON, None)) == "24 Nov 2026, 12:00 until further notice"
    assert times.span_text(NumericRange(3, 5)) == "3 to 4"


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (
            ListSnapshot(source=ListSource(code="ofac_sdn"), imported_at=NOON),
            "ofac_sdn imported 24 Nov 2026, 12:00",
        ),
        (
            Decision(party=Party(legal_name="Quay"), outcome="manual_review", decided_at=NOON),
            "Quay: manual review at 24 Nov 2026, 12:00",
        ),
        (
            EndUseStatement(party=Party(legal_name="Quay"), end_use="rendering", signed_at=NOON),
            "Quay: Graphics, film or simulation, signed 24 Nov 2026",
        ),
        (Calibration(card="H100", median_ms=7_450), "H100: 7.45 s"),
        (
            MachineReading(machine=Machine(name="jb1"), read_at=NOON),
            "reading of jb1 at 24 Nov 2026, 12:00",
        ),
        (
            Telemetry(machine=Machine(name="jb1"), start=NOON),
            "telemetry of jb1 from 24 Nov 2026, 12:00",
        ),
        (HardwareFacts(machine=Machine(name="jb1"), reported_at=NOON), "jb1, 24 Nov 2026, 12:00"),
        (
            Reliability(machine=Machine(name="jb1"), day=NOON.date()),
            "reliability of jb1 on 24 Nov 2026",
        ),
        (
            Reservation(public_id="d4993510", state="payment_due"),
            "reservation d4993510 (payment due)",
        ),
        (
            WindowChange(
                reservation=Reservation(public_id="d4993510", state="settled"),
                kind="stopped",
                until=NOON,
            ),
            "reservation d4993510 (settled) stopped to 24 Nov 2026, 12:00",
        ),
        (
            HealthChange(gpu=Gpu(nvml_name="H100", uuid="GPU-1"), was="ok", became="failed"),
            "H100 GPU-1: ok, then failed",
        ),
    ],
)
def test_a_row_is_named_as_it_is_told(row, name):
    assert str(row) == name


def test_what_was_kept_as_json_is_laid_out_and_escaped():
    told = showing.laid_out({"run_it": ["<b>", 1], "deep": {"empty": []}})
    assert "<dt>run it</dt><dd>&lt;b&gt;, 1</dd>" in told
    assert "<dt>empty</dt><dd>none</dd>" in told
    assert "{" not in told


def test_what_is_inside_of_json_says_what_it_counts():
    told = showing.laid_out({"power_mw": 286_733, "fee_micro": 10_000, "xid": 79})
    hot = showing.laid_out({"gpu_percent": 94, "temperature_c": 61})
    assert "<dt>load</dt><dd>94 %</dd>" in hot
    assert "<dt>temperature</dt><dd>61 °C</dd>" in hot
    assert "<dt>power</dt><dd>287 W</dd>" in told
    assert "<dt>fee</dt><dd>$0.01</dd>" in told
    assert "<dt>XID</dt><dd>79</dd>" in told
    told = showing.laid_out({"share_bps": "6200", "until": "None", "since": "2026-11-24"})
    assert "<dt>share</dt><dd>62 %</dd>" in told
    assert "<dt>until</dt><dd>none</dd>" in told
    assert "<dt>since</dt><dd>24 Nov 2026</dd>" in told
    assert "<dd>No</dd>" in showing.laid_out({"controls": "False"})
    assert "<dt>energy</dt><dd>1.5 Wh</dd>" in showing.laid_out({"energy_mj": 5_400_000})
    told = showing.laid_out({"since": "2026-11-24 12:00:00+00:00", "more": '{"a": [1]}'})
    assert ">24 Nov 2026, 12:00</time>" in told
    assert "<dt>a</dt><dd>1</dd>" in told


def test_long_numbers_are_cut_in_lists_and_whole_on_pages():
    row = Reservation(public_id="d4993510-9795-44c9-842b-89ac90bd04de")
    field = Reservation._meta.get_field("public_id")
    assert ">d4993510…<" in showing.short(row, field)
    assert f'title="{row.public_id}"' in showing.short(row, field)
    assert showing.whole(row, field) == row.public_id


def test_what_is_not_there_is_a_dash_on_pages():
    row, field = Reservation(), Reservation._meta.get_field("ended_at")
    assert (showing.short(row, field), showing.whole(row, field)) == (None, showing.NOTHING)


@pytest.mark.django_db
def test_a_person_of_a_higher_room_is_called_by_name(sally, harbour):
    row = make.statement(harbour.party, signed_by=sally.public_id)
    field = EndUseStatement._meta.get_field("signed_by")
    url = reverse("admin:accounts_user_change", args=[sally.pk])
    assert showing.whole(row, field) == f'<a href="{url}">{sally}</a>'
    gone = make.statement(harbour.party, signed_by=harbour.public_id)
    assert showing.whole(gone, field) == str(harbour.public_id)
