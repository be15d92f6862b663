"""Terms are never edited: others are offered and accepted, or corrected downwards."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from marketplace.billing import services
from marketplace.billing.models import Charge, CostLine, Discount, RateSegment, TermsOffer
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Reservation
from marketplace.core.models import AuditEvent
from marketplace.ledger import services as ledger
from tests import make
from tests.billing import use
from tests.billing.test_statements import raw_of, verify
from tests.billing.use import MINUTE, minutes, report
from tests.make import HOUR, NOON
from tests.race import together

pytestmark = pytest.mark.django_db
FUNDS = 100_000_000
PRICE = 2_400_000


@pytest.fixture
def running(market, harbour):
    """Two GPUs at 2.40 USD an hour until one o'clock; 4.80 USD are held."""
    return use.running(harbour)


def offered(reservation, by, price=PRICE * 2, since=30, at=NOON + 10 * MINUTE):
    return services.offer_terms(
        reservation=reservation, price_micro=price, since=NOON + since * MINUTE, by=by, at=at
    )


def accepted(reservation, by, *, at=NOON + 20 * MINUTE, **facts):
    offer = offered(reservation, by, **facts)
    return services.accept_terms(offer=offer, by=by, at=at)


def correct(reservation, by, price, since=0, at=NOON + 2 * HOUR, reason="A slip of the hand."):
    return services.correct_terms(
        reservation=reservation,
        price_micro=price,
        since=NOON + since * MINUTE,
        reason=reason,
        by=by,
        at=at,
    )


def charge(reservation, at=NOON + HOUR):
    return services.charge(reservation=reservation, at=at)


def wallet(reservation):
    row = services.wallet(organisation=reservation.renter)
    return (row.posted, row.held)


def settled(reservation):
    brokerage.end_due(reservation=reservation, at=NOON + HOUR)
    reservation.refresh_from_db()
    return services.settle(reservation=reservation, at=NOON + HOUR)


def test_the_first_rate_is_what_was_booked(running):
    report(running, minutes(0, 1))
    charge(running)
    rate = RateSegment.objects.get()
    assert (rate.version, rate.since, rate.list_micro_per_gpu_hour) == (1, NOON, PRICE)
    assert (rate.discount_bps, rate.price_micro_per_gpu_hour, rate.fee_bps) == (0, PRICE, 1_500)


@pytest.mark.parametrize(
    "change", [{"price_micro_per_gpu_hour": 1}, {"fee_bps": 0}, {"currency": "EUR"}]
)
def test_the_terms_of_a_reservation_are_frozen(running, change):
    with pytest.raises(DatabaseError, match="are frozen"), transaction.atomic():
        Reservation.objects.filter(pk=running.pk).update(**change)


def test_an_offer_alone_changes_nothing(running, sally):
    offered(running, sally)
    report(running, minutes(0, 60))
    assert charge(running) == 4_800_000
    assert RateSegment.objects.count() == 1


def test_an_accepted_price_holds_from_its_moment_on_and_is_held(running, sally):
    report(running, minutes(0, 10))
    charge(running, at=NOON + 10 * MINUTE)
    accepted(running, sally)
    assert wallet(running) == (FUNDS - 800_000, 6_400_000), "20 minutes at 2.40, 30 at 4.80, twice"
    report(running, minutes(10, 60))
    assert charge(running) == 6_400_000
    assert wallet(running) == (FUNDS - 7_200_000, 0)
    rows = Charge.objects.order_by("pk").values_list(
        "rate__version", "seq", "covered_ms", "total_micro", "amount_micro"
    )
    assert list(rows) == [
        *[(1, 1, 600_000, 400_000, 400_000)] * 2,
        *[(1, 2, 1_800_000, 1_200_000, 800_000), (2, 1, 1_800_000, 2_400_000, 2_400_000)] * 2,
    ]
    assert ledger.verify() == []


def test_a_lower_price_frees_nothing_before_the_end(running, sally):
    accepted(running, sally, price=PRICE // 2)
    assert wallet(running) == (FUNDS, 4_800_000)
    report(running, minutes(0, 60), final=True)
    assert settled(running).total_micro == 3_600_000
    assert wallet(running) == (FUNDS - 3_600_000, 0)
    lines = CostLine.objects.order_by("pk").values_list(
        "price_micro_per_gpu_hour", "covered_ms", "amount_micro"
    )
    assert list(lines) == [(PRICE, 1_800_000, 1_200_000), (PRICE // 2, 1_800_000, 600_000)] * 2


def test_accepted_twice_at_once_is_one_rate(running, sally, transactional_db):
    offer = offered(running, sally)
    calls = [lambda: services.accept_terms(offer=offer, by=sally, at=NOON + 20 * MINUTE).pk] * 4
    assert len(set(together(*calls))) == 1
    assert RateSegment.objects.count() == 2
    assert wallet(running) == (FUNDS, 7_200_000)


def test_what_the_wallet_does_not_cover_is_not_accepted(running, sally):
    offer = offered(running, sally, price=PRICE * 100)
    acts = AuditEvent.objects.count()
    with pytest.raises(ledger.InsufficientFunds):
        services.accept_terms(offer=offer, by=sally, at=NOON + 20 * MINUTE)
    assert RateSegment.objects.count() == 0
    assert AuditEvent.objects.count() == acts
    assert wallet(running) == (FUNDS, 4_800_000)


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"since": 10}, "begin in the future"),
        ({"since": 60}, "outside the reservation"),
        ({"price": 0}, "a price lies between 1 and"),
        ({"price": 10**12 + 1}, "a price lies between 1 and"),
    ],
)
def test_an_offer_that_cannot_stand_is_refused(running, sally, facts, why):
    with pytest.raises(services.BadTerms, match=why):
        offered(running, sally, **facts)
    assert not TermsOffer.objects.exists()


def test_an_offer_lapses_when_it_would_begin(running, sally):
    offer = offered(running, sally)
    with pytest.raises(services.BadTerms, match="has lapsed"):
        services.accept_terms(offer=offer, by=sally, at=NOON + 30 * MINUTE)
    assert not RateSegment.objects.exists()


def test_what_has_ended_takes_no_new_terms(market, harbour, sally):
    made = use.ended(harbour)
    with pytest.raises(services.BadTerms, match="is ended takes no new terms"):
        offered(made, sally)


def test_a_correction_gives_back_the_difference_once_and_shows_in_the_statement(
    running, sally, tmp_path
):
    """Fault 19: at half the price from 12:30 on; the invoice stays, a new statement follows."""
    report(running, minutes(0, 60), final=True)
    invoice = settled(running)
    first = raw_of(running)
    assert (invoice.total_micro, verify(first, tmp_path)[0]) == (4_800_000, 0)
    correct(running, sally, PRICE // 2, since=30)
    assert charge(running, at=NOON + 3 * HOUR) == 0
    assert wallet(running) == (FUNDS - 3_600_000, 0)
    sums = ledger.totals(currency="USD")
    assert (sums["provider_pending"], sums["platform_fee"]) == (3_060_000, 540_000)
    status, told = verify(raw_of(running), tmp_path)
    assert (status, told.splitlines()[-1]) == (
        0,
        "All signed, unbroken and recomputed: 3600000 micro-units of USD.",
    ), told
    old = running.statements.get(revision=0)
    assert services.statement_file(statement=old)[1] == first
    assert ledger.verify() == []


def test_a_correction_while_it_runs_leaves_the_rest_to_the_hold(running, sally):
    report(running, minutes(0, 30))
    charge(running, at=NOON + 30 * MINUTE)
    correct(running, sally, PRICE // 2, at=NOON + 30 * MINUTE)
    assert wallet(running)[0] == FUNDS - 1_200_000
    report(running, minutes(30, 60), final=True)
    assert settled(running).total_micro == 2_400_000
    assert wallet(running) == (FUNDS - 2_400_000, 0)


@pytest.mark.parametrize(
    ("price", "facts", "why"),
    [
        (PRICE, {}, "below every price agreed so far, the least is 2400000"),
        (0, {}, "a price lies between"),
        (1, {"reason": " "}, "give the reason"),
        (1, {"reason": "x" * 301}, "give the reason"),
    ],
)
def test_a_correction_that_cannot_stand_is_refused(running, sally, price, facts, why):
    with pytest.raises(services.BadTerms, match=why):
        correct(running, sally, price, **facts)
    assert not RateSegment.objects.filter(version__gt=1).exists()


def test_a_correction_is_on_record_with_who_and_why(running, sally):
    rate = correct(running, sally, 1)
    act = AuditEvent.objects.get(subject=f"billing.RateSegment {rate.public_id}")
    assert (act.verb, act.actor, act.detail) == (
        "corrected terms",
        sally.public_id,
        {"reason": "A slip of the hand."},
    )


def discount(by, kind, threshold, share, **facts):
    known = {"currency": "USD", "since": NOON - HOUR, "recorded_at": NOON - HOUR}
    return Discount.objects.create(
        kind=kind, threshold=threshold, share_bps=share, recorded_by=by, **{**known, **facts}
    )


def one_hour(renter, **facts):
    made = use.running(renter, gpus=1, **facts)
    report(made, minutes(0, 60))
    return made, charge(made)


def test_a_discount_comes_out_of_our_fee(market, harbour, sally):
    discount(sally, "commitment", 1, 500)
    _, charged = one_hour(harbour)
    row = Charge.objects.get()
    assert (charged, row.provider_micro, row.fee_micro) == (2_280_000, 2_040_000, 240_000)
    assert wallet(row.lease.assignment.reservation) == (FUNDS - 2_280_000, 120_000)


def test_no_discount_is_larger_than_the_fee(market, harbour, sally):
    discount(sally, "commitment", 1, 9_000)
    one_hour(harbour)
    row = Charge.objects.get()
    assert (row.amount_micro, row.provider_micro, row.fee_micro) == (2_040_000, 2_040_000, 0)


@pytest.mark.parametrize(
    ("rows", "share"),
    [
        ([("commitment", 2, 500, {})], 0),
        ([("commitment", 1, 500, {}), ("commitment", 0, 700, {})], 700),
        ([("commitment", 1, 500, {}), ("commitment", 1, 0, {})], 0),
        ([("commitment", 1, 500, {"since": NOON + HOUR})], 0),
        ([("commitment", 1, 500, {"currency": "EUR"})], 0),
        ([("volume", 1, 500, {})], 0),
        ([("volume", 0, 500, {})], 500),
    ],
    ids=["short", "best", "ended", "later", "currency", "volume", "any volume"],
)
def test_the_best_discount_that_is_reached_is_frozen(market, harbour, sally, rows, share):
    for kind, threshold, bps, facts in rows:
        discount(sally, kind, threshold, bps, **facts)
    one_hour(harbour)
    assert RateSegment.objects.get().discount_bps == share


def test_a_discount_for_somebody_else_is_not_ours(market, harbour, sally):
    discount(sally, "commitment", 0, 500, organisation=make.organisation("Other"))
    one_hour(harbour)
    assert RateSegment.objects.get().discount_bps == 0


def test_volume_is_what_was_charged_in_the_thirty_days_before(market, harbour, sally):
    discount(sally, "volume", 2_400_000, 500)
    one_hour(harbour)
    make.fresh_list(at=NOON + HOUR)
    later = make.reservation(harbour, make.offer(), start=NOON + 3 * HOUR, at=NOON + 2 * HOUR)
    make.started(later, at=NOON + 3 * HOUR)
    charge(later)
    assert [rate.discount_bps for rate in RateSegment.objects.order_by("pk")] == [0, 500]


@pytest.mark.parametrize(
    ("used", "ended", "charged"),
    [(1, 1, 200_000), (6, 6, 240_000), (1, 2, 40_000), (0, 1, 0)],
    ids=["stopped early", "above it", "the machine failed", "never used"],
)
def test_a_minimum_is_for_who_stopped_early(market, harbour, settings, used, ended, charged):
    settings.MINIMUM_BILLED_SECONDS = 300
    made = use.running(harbour, gpus=1)
    if used:
        report(made, minutes(0, used), final=True)
    brokerage.stop(reservation=made, by=None, at=NOON + ended * MINUTE)
    assert services.settle(reservation=made, at=NOON + 2 * HOUR).total_micro == charged


def test_a_minimum_verifies_offline(market, harbour, settings, tmp_path):
    settings.MINIMUM_BILLED_SECONDS = 300
    made = use.running(harbour, gpus=1)
    report(made, (timedelta(0), timedelta(seconds=58)), final=True)
    brokerage.stop(reservation=made, by=None, at=NOON + MINUTE)
    services.settle(reservation=made, at=NOON + 2 * HOUR)
    status, told = verify(raw_of(made), tmp_path)
    assert (status, told.splitlines()[-1]) == (
        0,
        "All signed, unbroken and recomputed: 200000 micro-units of USD.",
    ), told
