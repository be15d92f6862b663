"""What usage carries of the usage before it: the same as a union, and as cheap for an old lease."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.range import TimestamptzRange

from marketplace.billing import services as billing
from marketplace.brokerage.models import Lease
from marketplace.metering import services as metering
from marketplace.metering.models import BilledTime, OutageRuling, Usage
from tests import make
from tests.make import HOUR, NOON
from tests.metering.reporting import MINUTE, sealed_ms, send

pytestmark = pytest.mark.django_db

US = timedelta(microseconds=1)
FEW = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
INSERT = """
INSERT INTO metering_usage (public_id, created_at, lease_id, during, sealed_at)
SELECT gen_random_uuid(), now(), %s, tstzrange(b, e), now()
FROM unnest(%s::timestamptz[], %s::timestamptz[]) AS x (b, e)
"""
LOOSE = """
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE metering_usage DISABLE TRIGGER append_only;
"""
READ = """
SELECT sum(seq_tup_read + idx_tup_fetch) FROM pg_stat_xact_user_tables WHERE relname = ANY (%s)
"""


def use(lease, *spans):
    """Seal spans of microseconds since NOON as they come, past everything that would order them."""
    begins, ends = zip(*((NOON + a * US, NOON + b * US) for a, b in spans), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [lease.pk, list(begins), list(ends)])


def sums(lease):
    rows = Usage.objects.filter(lease=lease).order_by("pk")
    return list(rows.values_list("before_us", "in_order"))


def billed_us(lease, since=None, until=None):
    """What the multirange of all that is billed has within [since, until)."""
    spans = Lease.objects.annotate(billed=BilledTime("pk")).get(pk=lease.pk).billed or ()
    lowest, highest = since or NOON - HOUR, until or NOON + 99 * HOUR
    cut = ((max(one.lower, lowest), min(one.upper, highest)) for one in spans)
    return sum((end - begin) // US for begin, end in cut if begin < end)


@pytest.fixture
def lease(assignment):
    return assignment.leases.order_by("pk").first()


def test_each_row_carries_what_came_before_it(lease):
    use(lease, (0, 10), (20, 35))
    use(lease, (50, 51))
    use(lease, (12, 15), (51, 60))
    assert sums(lease) == [(0, True), (10, True), (25, True), (26, False), (29, True)]
    use(lease, (40, 41))
    assert sums(lease)[-1] == (38, False)
    assert metering.verify() == []


@pytest.mark.parametrize("facts", [{"before_us": 11}, {"before_us": 0}, {"in_order": False}])
def test_a_sum_that_is_not_the_sum_is_refused(lease, facts):
    use(lease, (0, 10))
    wrong = Usage(
        lease=lease,
        during=TimestamptzRange(NOON + 20 * US, NOON + 30 * US),
        sealed_at=NOON,
        **facts,
    )
    with pytest.raises(DatabaseError, match="is 10 us, in order t, not"), transaction.atomic():
        wrong.save(force_insert=True)
    assert sums(lease) == [(0, True)]
    wrong.before_us = wrong.in_order = None
    wrong.save(force_insert=True)
    assert sums(lease) == [(0, True), (10, True)]


def test_a_sum_that_was_falsified_is_found(lease, capsys):
    use(lease, (0, 10), (20, 35), (50, 51))
    call_command("verify_metering")
    assert capsys.readouterr().out == "Sealed usage agrees with its sums.\n"
    row = Usage.objects.order_by("pk")[1]
    with connection.cursor() as cursor:
        cursor.execute(LOOSE)
        cursor.execute("UPDATE metering_usage SET before_us = 9 WHERE id = %s", [row.pk])
    said = f"usage {row.public_id} of lease {lease.public_id} shows 9 us before it, in order True"
    assert metering.verify() == [f"{said}; it is 10 us, True"]
    with pytest.raises(CommandError, match="1 disagreements; nothing was changed"):
        call_command("verify_metering")


def test_rows_from_before_are_given_their_sums(lease, assignment):
    """As the migration finds them: without any, in whatever order they came."""
    other = assignment.leases.order_by("pk").last()
    for of in (lease, other):
        use(of, (0, 10), (20, 35), (12, 15))
        use(of, (50, 51), (36, 40))
    before = sums(lease) + sums(other)
    earlier = import_module("marketplace.metering.migrations.0004_running_sums").EARLIER
    with connection.cursor() as cursor:
        cursor.execute(LOOSE)
        cursor.execute("UPDATE metering_usage SET before_us = -id, in_order = false")
        assert len(metering.verify()) == 10
        cursor.execute(earlier)
    assert sums(lease) + sums(other) == before
    assert metering.verify() == []
    with pytest.raises(DatabaseError, match="its rows are evidence"), transaction.atomic():
        Usage.objects.update(before_us=0)


#: twelve pieces between thirteen edges, touching or not, in any order
pieces = st.lists(st.integers(0, 3_600_000_000), min_size=24, max_size=24, unique=True).flatmap(
    lambda edges: st.permutations(list(zip(*[iter(sorted(edges))] * 2, strict=True)))
)
moments = st.none() | st.integers(-1_000, 3_600_001_000).map(lambda us: NOON + us * US)


@given(
    spans=pieces,
    slices=st.lists(st.tuples(moments, moments), min_size=1, max_size=5),
    rulings=st.lists(st.tuples(st.integers(0, 59), st.integers(1, 30)), max_size=3),
    ended=st.none() | st.integers(1, 3_600_000_000),
)
@FEW
def test_what_is_billed_of_any_slice_is_the_union(
    running, assignment, lease, sally, spans, slices, rulings, ended
):
    """Whatever order pieces came in, whatever was ruled, whenever the lease ended."""
    with transaction.atomic():
        for span in spans:
            use(lease, span)
        for begin, length in rulings:
            during = TimestamptzRange(
                NOON + begin * MINUTE, NOON + min(60, begin + length) * MINUTE
            )
            OutageRuling.objects.create(
                assignment=assignment, during=during, reason="-", ruled_by=sally, ruled_at=NOON
            )
        if ended:
            Lease.objects.filter(pk=lease.pk).update(state="ended", ended_at=NOON + ended * US)
        asked = [metering.Slice(lease.pk, since or NOON, until) for since, until in slices]
        told = metering.billed_ms(slices=asked)
        assert told == [billed_us(lease, one.since, one.until) // 1_000 for one in asked]
        assert metering.covered_ms(lease=lease) == billed_us(lease) // 1_000
        assert metering.verify() == []
        transaction.set_rollback(True)


#: segments: seconds since the last, length, when it is sealed after its end, and whether it waits
stories = st.lists(
    st.tuples(
        st.integers(-4, 240), st.integers(1, 300), st.sampled_from([-30, 0, 200]), st.booleans()
    ),
    min_size=1,
    max_size=8,
)


@given(story=stories, shuffle=st.randoms(use_true_random=False))
@FEW
def test_seals_on_the_way_come_to_what_one_seal_of_the_whole_chain_does(
    running, assignment, story, shuffle
):
    """Overlaps, gaps, replays, shuffled batches, seals before a segment's end and after it."""
    make._heads.clear()
    second = timedelta(seconds=1)
    with transaction.atomic():
        reached, waiting = NOON, []
        for after, length, late, hold in story:
            begin = max(NOON, reached + after * second)
            reached = begin + length * second
            waiting.append(make.segment(assignment, begin, reached))
            if hold:
                continue
            shuffle.shuffle(waiting)
            send(assignment, *waiting, at=reached + 60 * second)
            send(assignment, *waiting[:1], at=reached + 60 * second)
            metering.seal(reservation=running, at=reached + late * second)
            waiting = []
        send(assignment, *waiting)
        on_the_way = sealed_ms(running)
        rows = Usage.objects.count()
        metering.seal(reservation=running, at=NOON + 2 * HOUR, anew=True)
        assert (Usage.objects.count(), sealed_ms(running)) == (rows, on_the_way)
        assert metering.verify() == []
        transaction.set_rollback(True)


def reads(table, call):
    """Rows of a table that the database reads in a call, by its own count."""
    with connection.cursor() as cursor:
        cursor.execute(READ, [[table]])
        before = cursor.fetchone()[0]
        call()
        cursor.execute(READ, [[table]])
        return cursor.fetchone()[0] - before


def aged(renter, pieces):
    """A rental of one GPU with so many pieces of a second, all charged, and one more since."""
    make.funded(renter)
    made = make.reservation(renter, make.offer(), hours=24)
    make.started(made)
    lease = Lease.objects.get(assignment__reservation=made)
    second = 1_000_000
    use(lease, *((n * second, (n + 1) * second) for n in range(pieces)))
    billing.charge(reservation=made, at=NOON + HOUR)
    use(lease, (pieces * second, (pieces + 1) * second))
    return made


def test_a_tick_reads_as_much_of_an_old_lease_as_of_a_young_one(market, harbour):
    old, young = aged(harbour, 3_000), aged(harbour, 2)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE metering_usage")
    tick = lambda made: reads(  # noqa: E731
        "metering_usage", lambda: billing.charge(reservation=made, at=NOON + HOUR)
    )
    assert (tick(young), tick(old)) == (1, 1)
    assert reads("metering_usage", lambda: metering.covered_ms(lease=Lease.objects.first())) == 1


def chained(assignment, count, seals):
    """So many segments of a second each on the chain, sealed after each of the given numbers."""
    second = timedelta(seconds=1)
    for place in range(count):
        one = make.segment(assignment, NOON + place * second, NOON + (place + 1) * second)
        send(assignment, one)
        if place + 1 in seals:
            metering.seal(reservation=assignment.reservation, at=NOON + HOUR)


def test_a_seal_reads_what_follows_on_the_last_one(running, assignment):
    def sealing():
        metering.seal(reservation=running, at=NOON + HOUR)

    chained(assignment, 60, {20, 40, 59})
    with connection.cursor() as cursor:
        # of sixty rows in all the planner would rather read the table
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert reads("metering_link", sealing) == 2, "one link for each of two leases"
    assert reads("metering_link", sealing) == 0
    assert list(Usage.objects.order_by("pk").values_list("links", flat=True)) == (
        [20, 20, 40, 40, 59, 59, 60, 60]
    )
    assert sealed_ms(running) == [60_000, 60_000]
    closing = reads("metering_link", lambda: metering.close(reservation=running, at=NOON + HOUR))
    assert closing >= 120, "the whole chain, once more"
    assert Usage.objects.count() == 8
