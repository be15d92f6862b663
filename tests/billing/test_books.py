"""Whatever happens, in whatever order: the books of money, on the real database."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.billing import services
from marketplace.billing.models import Charge
from marketplace.billing.services.standing import rated
from marketplace.brokerage.models import Lease
from marketplace.catalog.pricing import due_micro
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Balance
from marketplace.metering import services as metering
from tests.billing import use
from tests.billing.use import report
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
PRICE = 2_345_679
LATER = NOON + 2 * HOUR

#: of an hour, in milliseconds
moments = st.integers(0, 3_600_000)
spans = st.tuples(moments, moments).map(sorted).filter(lambda span: span[0] < span[1])
used = st.tuples(st.just("used"), spans)
ruled = st.tuples(st.just("ruled"), spans)
corrected = st.tuples(st.just("corrected"), st.tuples(st.integers(1, PRICE - 1), moments))
accepted = st.tuples(st.just("accepted"), st.tuples(st.integers(1, 4 * PRICE), moments))
charged = st.just(("charged", None))
events = st.lists(st.one_of(used, used, ruled, corrected, accepted, charged), max_size=12)
FEW = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def ms(number):
    return timedelta(milliseconds=number)


def happen(reservation, by, kind, facts):
    if kind == "used":
        report(reservation, (ms(facts[0]), ms(facts[1])))
    elif kind == "ruled":
        metering.rule_outage(
            assignment=reservation.assignments.get(),
            start=NOON + ms(facts[0]),
            end=NOON + ms(facts[1]),
            reason="No power.",
            by=by,
            at=LATER,
        )
    elif kind == "charged":
        services.charge_live(at=LATER)
    else:
        change_price(reservation, by, kind, *facts)


def change_price(reservation, by, kind, price, since):
    moment = NOON + ms(since)
    try:
        if kind == "corrected":
            services.correct_terms(
                reservation=reservation,
                price_micro=price,
                since=moment,
                reason="Wrong.",
                by=by,
                at=LATER,
            )
        else:
            offer = services.offer_terms(
                reservation=reservation, price_micro=price, since=moment, by=by, at=NOON
            )
            services.accept_terms(offer=offer, by=by, at=NOON)
    except services.BadTerms:
        return


def assert_books():
    for row in rated(leases=Lease.objects.values_list("pk", flat=True)):
        due = due_micro(row.at.price_micro_per_hour, row.billed_ms)
        booked = Charge.objects.filter(lease=row.at.lease, rate=row.at.rate)
        assert due == row.at.charged_micro
        assert due == (booked.aggregate(sum=Sum("amount_micro"))["sum"] or 0)
    assert sum(ledger.totals(currency="USD").values()) == 0
    assert ledger.verify() == metering.verify() == [], "cached = summed"
    assert all(row.posted - row.held >= row.floor == 0 for row in Balance.objects.all())


@given(story=events)
@FEW
def test_any_story_leaves_books_that_are_exact(market, harbour, sally, story):
    with transaction.atomic():
        made = use.running(harbour, price_micro=PRICE)
        for kind, facts in story:
            happen(made, sally, kind, facts)
        services.charge_live(at=LATER)
        assert_books()
        transaction.set_rollback(True)


@given(
    cuts=st.sets(moments, max_size=8),
    price=st.integers(1, 4 * PRICE),
    since=st.integers(1, 3_599_999),
    data=st.data(),
)
@FEW
def test_usage_in_any_order_costs_the_same_at_every_rate(
    market, harbour, sally, cuts, price, since, data
):
    edges = sorted({0, *cuts, 3_600_000})
    pieces = data.draw(st.permutations([*pairwise(edges), *zip(edges, edges[2:], strict=False)]))
    with transaction.atomic():
        made = use.running(harbour, gpus=1, price_micro=PRICE)
        change_price(made, sally, "accepted", price, since)
        for begin, end in pieces:
            report(made, (ms(begin), ms(end)))
            services.charge_live(at=LATER)
        total = Charge.objects.aggregate(sum=Sum("amount_micro"))["sum"] or 0
        assert total == due_micro(PRICE, since) + due_micro(price, 3_600_000 - since)
        assert_books()
        transaction.set_rollback(True)
