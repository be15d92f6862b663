"""Rulings on outages: time goes out of billing, money goes back, nothing is edited."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.billing import services, tasks
from marketplace.billing.models import Charge, CostStatement, Rerating
from marketplace.brokerage import services as brokerage
from marketplace.core.models import AuditEvent
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Transaction
from marketplace.metering import services as metering
from marketplace.metering.models import OutageRuling
from tests import make
from tests.billing import use
from tests.billing.use import MINUTE, minutes, report
from tests.make import HOUR, NOON
from tests.race import together

pytestmark = pytest.mark.django_db
FUNDS = 100_000_000
SECOND = timedelta(seconds=1)


@pytest.fixture
def running(market, harbour):
    """Two GPUs at 2.40 USD an hour."""
    return use.running(harbour)


@pytest.fixture
def settled(market, harbour):
    """Used for ten minutes, 800,000 charged and invoiced at one o'clock."""
    made = use.ended(harbour)
    services.settle(reservation=made, at=NOON + HOUR)
    return made


def rule(reservation, by, begin, end, *, at=NOON + 2 * HOUR, reason="The rack had no power."):
    return metering.rule_outage(
        assignment=reservation.assignments.get(),
        start=NOON + begin * MINUTE,
        end=NOON + end * MINUTE,
        reason=reason,
        by=by,
        at=at,
    )


def wallet(reservation):
    row = services.wallet(organisation=reservation.renter)
    return (row.posted, row.held)


def test_a_ruling_before_the_charge_is_simply_not_charged(running, sally):
    report(running, minutes(0, 10))
    rule(running, sally, 2, 5)
    assert services.charge(reservation=running, at=NOON + HOUR) == 560_000
    assert [row.covered_ms for row in Charge.objects.all()] == [420_000, 420_000]


def test_a_ruling_after_the_charge_gives_back_by_a_posting_of_its_own(settled, sally):
    posted = list(Transaction.objects.order_by("pk").values("key", "content_sha256"))
    ruling = rule(settled, sally, 2, 5)
    made = services.rerate(ruling=ruling, at=NOON + 3 * HOUR)
    assert made.amount_micro == -240_000
    assert wallet(settled) == (FUNDS - 560_000, 0)
    assert ledger.totals(currency="USD") == {
        "stripe_pending": -FUNDS,
        "wallet_paid": FUNDS - 560_000,
        "provider_pending": 476_000,
        "platform_fee": 84_000,
    }
    rows = Charge.objects.filter(seq=2).values_list(
        "covered_ms", "total_micro", "amount_micro", "provider_micro", "fee_micro"
    )
    assert list(rows) == [(420_000, 280_000, -120_000, -102_000, -18_000)] * 2
    after = list(Transaction.objects.order_by("pk").values("key", "content_sha256", "kind"))
    assert [{"key": t["key"], "content_sha256": t["content_sha256"]} for t in after][
        : len(posted)
    ] == posted, "what was posted stays"
    assert [t["kind"] for t in after[len(posted) :]] == ["usage_correction"] * 2
    assert CostStatement.objects.get().total_micro == 800_000
    assert ledger.verify() == []


def test_a_ruling_is_rated_once(settled, sally):
    ruling = rule(settled, sally, 2, 5)
    first = services.rerate(ruling=ruling, at=NOON + 3 * HOUR)
    assert services.rerate(ruling=ruling, at=NOON + 4 * HOUR) == first
    assert Charge.objects.count() == 4


def test_the_sweep_finds_rulings_that_nobody_rated(settled, sally):
    rule(settled, sally, 2, 5)
    rule(settled, sally, 4, 6)
    tasks.rerate_ruled()
    tasks.rerate_ruled()
    assert list(Rerating.objects.order_by("pk").values_list("amount_micro", flat=True)) == [
        -320_000,
        0,
    ], "the first looks at both"
    assert wallet(settled) == (FUNDS - 480_000, 0)


def test_usage_that_came_too_late_takes_nothing_from_what_a_ruling_gives_back(
    market, harbour, sally
):
    made = use.running(harbour)
    report(made, minutes(0, 6), final=True)
    brokerage.stop(reservation=made, by=None, at=NOON + 10 * MINUTE)
    services.settle(reservation=made, at=NOON + HOUR)
    report(made, minutes(6, 10))
    services.rerate(ruling=rule(made, sally, 0, 5), at=NOON + 2 * HOUR)
    assert Rerating.objects.get().amount_micro == -400_000
    assert wallet(made) == (FUNDS - 80_000, 0)


def test_a_ruling_on_time_that_was_never_billed_moves_no_money(settled, sally):
    ruling = rule(settled, sally, 20, 30)
    assert services.rerate(ruling=ruling, at=NOON + 3 * HOUR).amount_micro == 0
    assert Charge.objects.count() == 2


def test_usage_that_goes_on_after_a_ruling_is_charged_out_of_what_is_held(running, sally):
    report(running, minutes(0, 10))
    services.charge(reservation=running, at=NOON + 10 * MINUTE)
    ruling = rule(running, sally, 0, 5, at=NOON + 20 * MINUTE)
    services.rerate(ruling=ruling, at=NOON + 20 * MINUTE)
    report(running, minutes(10, 60))
    services.charge(reservation=running, at=NOON + HOUR)
    assert wallet(running) == (FUNDS - 4_400_000, 0), "what went back left the hold"
    assert Charge.objects.aggregate(total=Sum("amount_micro"))["total"] == 4_400_000


def test_what_rounding_makes_of_a_ruling_does_not_stop_the_last_charge(market, harbour, sally):
    """66 minutes at 4 an hour: 4.4, so 4 are held. 2 are taken and go back, and 3 remain due."""
    make.funded(harbour)
    made = make.reservation(harbour, make.offer(price_micro=4), end=NOON + 66 * MINUTE)
    make.started(made)
    assert wallet(made) == (FUNDS, 4)
    report(made, minutes(0, 30))
    assert services.charge(reservation=made, at=NOON + HOUR) == 2
    ruling = rule(made, sally, 0, 18)
    assert services.rerate(ruling=ruling, at=NOON + 2 * HOUR).amount_micro == -2
    assert wallet(made) == (FUNDS, 2)
    report(made, minutes(30, 66))
    assert services.charge(reservation=made, at=NOON + 2 * HOUR) == 3
    assert wallet(made) == (FUNDS - 3, 0)


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_rate_a_ruling_once(settled, sally):
    ruling = rule(settled, sally, 2, 5)
    calls = [lambda: services.rerate(ruling=ruling, at=NOON + 3 * HOUR).amount_micro] * 8
    assert together(*calls) == [-240_000] * 8
    assert wallet(settled) == (FUNDS - 560_000, 0)


@pytest.mark.parametrize(
    ("span", "facts", "why"),
    [
        ((5, 5), {}, "it must end after it starts"),
        ((0, 10), {"at": NOON + 9 * MINUTE}, "it cannot reach into the future"),
        ((0, 10), {"reason": "  "}, "give the reason"),
        ((0, 10), {"reason": "x" * 501}, "give the reason in 1 to 500 characters"),
        ((-20, -10), {}, "outside the reservation"),
        ((60, 61), {}, "outside the reservation"),
    ],
)
def test_a_ruling_that_cannot_stand_is_refused(settled, sally, span, facts, why):
    acts = AuditEvent.objects.count()
    with pytest.raises(metering.BadRuling, match=why):
        rule(settled, sally, *span, **facts)
    assert not OutageRuling.objects.exists()
    assert AuditEvent.objects.count() == acts


def test_a_ruling_is_on_record_with_who_and_why(settled, sally):
    ruling = rule(settled, sally, 2, 5)
    act = AuditEvent.objects.get(subject=f"metering.OutageRuling {ruling.public_id}")
    assert (act.verb, act.actor, act.detail) == (
        "ruled an outage",
        sally.public_id,
        {"reason": "The rack had no power."},
    )


def test_staff_rule_in_the_admin_and_others_cannot(client, settled, sally, alice):
    form = {
        "assignment": settled.assignments.get().pk,
        "during_0_0": "2026-11-24",
        "during_0": "2026-11-24 12:02:00",
        "during_1": "2026-11-24 12:05:00",
        "reason": "The rack had no power.",
    }
    client.force_login(alice)
    assert client.post("/admin/metering/outageruling/add/", form).status_code in (302, 403)
    assert not OutageRuling.objects.exists()
    client.force_login(sally)
    bad = client.post("/admin/metering/outageruling/add/", {**form, "during_1": form["during_0"]})
    assert bad.status_code == 200
    assert not OutageRuling.objects.exists()
    assert client.post("/admin/metering/outageruling/add/", form).status_code == 302
    row = OutageRuling.objects.get()
    assert (row.ruled_by, row.during.upper - row.during.lower) == (sally, 3 * MINUTE)
    change = f"/admin/metering/outageruling/{row.pk}/change/"
    assert client.post(change, {**form, "reason": "other"}).status_code == 403


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_whatever_comes_when_the_sum_of_all_charges_is_what_is_due(market, harbour, sally, data):
    """Segments shuffled and doubled, rulings in between, charged after any of them."""
    price = data.draw(st.integers(1, 10_000_000))
    cuts = data.draw(st.lists(st.integers(1, 3_599), min_size=1, max_size=6, unique=True))
    out = sorted(data.draw(st.lists(st.integers(0, 3_600), min_size=2, max_size=2, unique=True)))
    with transaction.atomic():
        made = use.running(harbour, gpus=1, price_micro=price)
        assignment = made.assignments.get()
        parts = [
            make.segment(assignment, NOON + a * SECOND, NOON + b * SECOND)
            for a, b in pairwise([0, *sorted(cuts), 3_600])
        ]
        acts = data.draw(st.permutations([*parts, data.draw(st.sampled_from(parts)), "rule"]))
        for act in acts:
            if act == "rule":
                span = [edge / 60 for edge in out]
                services.rerate(ruling=rule(made, sally, *span), at=NOON + 2 * HOUR)
            else:
                make.accept(machine=assignment.machine, segments=[act], at=NOON + 2 * HOUR)
                metering.seal(reservation=made, at=NOON + 2 * HOUR)
            if data.draw(st.booleans()):
                services.charge(reservation=made, at=NOON + 2 * HOUR)
        services.charge(reservation=made, at=NOON + 2 * HOUR)
        due = price * (3_600 - out[1] + out[0]) // 3_600
        assert sum(row.amount_micro for row in Charge.objects.all()) == due
        assert wallet(made)[0] == FUNDS - due
        assert ledger.verify() == []
        transaction.set_rollback(True)
