"""Whatever happens to a rental, and whatever clocks say: each statement of it verifies."""

import hashlib
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.billing import services
from marketplace.billing.models import Charge, UsageStatement
from marketplace.brokerage import services as brokerage
from marketplace.ledger import services as ledger
from marketplace.metering import services as metering
from tests import make
from tests.billing import use
from tests.billing.test_statements import PRICE, SCRIPT
from tests.billing.use import MINUTE
from tests.make import HOUR, NOON

pytestmark = [pytest.mark.django_db, pytest.mark.fault(13), pytest.mark.fault(19)]
MS = timedelta(milliseconds=1)

#: how long after the last, how long, when its GPUs were last found missing, and whether it rebooted
slices = st.lists(
    st.tuples(
        st.integers(0, 120_000),
        st.integers(0, 600_000),
        st.one_of(st.none(), st.integers(-1_000, 600_000)),
        st.integers(0, 9),
    ),
    min_size=1,
    max_size=8,
)
spans = st.tuples(st.integers(0, 3_000_000), st.integers(1, 600_000))
acts = st.lists(
    st.one_of(
        st.tuples(st.just("rule"), spans),
        st.tuples(st.just("correct"), spans),
        st.tuples(st.just("charge"), spans),
    ),
    max_size=4,
)
#: how far the clock of whoever acts is off, seconds
skews = st.integers(-300, 300)


class Story:
    """One rental; every act has a clock of its own."""

    def __init__(self, renter, by, data):
        self.data, self.by, self.price = data, by, PRICE
        self.of = use.running(renter, gpus=2, price_micro=PRICE)
        self.assignment = self.of.assignments.get()

    def at(self, moment):
        return moment + timedelta(seconds=self.data.draw(skews))

    def report(self):
        end, parts = NOON, []
        for gap, length, since, reboot in self.data.draw(slices):
            start = end + gap * MS
            end = start + length * MS
            facts = {"verified_since": None if since is None else start + since * MS}
            if reboot == 9:
                facts["boot_id"] = UUID(int=99)
            parts.append(make.segment(self.assignment, start, end, **facts))
        late = self.data.draw(st.integers(0, len(parts)))
        make.accept(machine=self.assignment.machine, segments=parts[late:], at=NOON + 2 * HOUR)
        make.accept(machine=self.assignment.machine, segments=parts[:late], at=NOON + 2 * HOUR)
        metering.seal(reservation=self.of, at=NOON + 2 * HOUR)

    def act(self, moment):
        for what, (begin, length) in self.data.draw(acts):
            start = NOON + begin * MS
            if what == "charge":
                services.charge(reservation=self.of, at=self.at(moment))
            elif what == "rule":
                ruling = metering.rule_outage(
                    assignment=self.assignment,
                    start=start,
                    end=start + length * MS,
                    reason="The rack had no power.",
                    by=self.by,
                    at=self.at(moment),
                )
                services.rerate(ruling=ruling, at=self.at(moment))
            else:
                self.price -= length
                self.of.refresh_from_db()
                services.correct_terms(
                    reservation=self.of,
                    price_micro=self.price,
                    since=start,
                    reason="as agreed",
                    by=self.by,
                    at=self.at(moment),
                )


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data(), minimum=st.sampled_from([0, 60, 1_800]))
def test_every_statement_of_any_rental_verifies(market, harbour, sally, settings, data, minimum):
    settings.MINIMUM_BILLED_SECONDS = minimum
    script = {"__name__": "verify_usage"}
    exec(compile(SCRIPT.read_text(), str(SCRIPT), "exec"), script)  # noqa: S102
    with transaction.atomic():
        story = Story(harbour, sally, data)
        story.report()
        story.act(NOON + 3 * HOUR)
        brokerage.stop(
            reservation=story.of, by=None, at=NOON + data.draw(st.integers(1, 60)) * MINUTE
        )
        story.act(NOON + 4 * HOUR)
        services.settle(reservation=story.of, at=story.at(NOON + 5 * HOUR))
        story.act(NOON + 5 * HOUR)
        for known in UsageStatement.objects.all():
            raw = services.statement_file(statement=known)[1]
            assert hashlib.sha256(raw).hexdigest() == known.hexdigest, known.revision
            _, lines = script["verify"](raw)
        charged = Charge.objects.aggregate(sum=Sum("amount_micro"))["sum"] or 0
        assert sum(line[4] for line in lines) == charged
        assert ledger.verify() == []
        transaction.set_rollback(True)
