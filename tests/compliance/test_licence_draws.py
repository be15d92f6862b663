"""What is drawn on a licence never comes to more than it grants, to the GPU-microsecond."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from psycopg.types.range import TimestamptzRange

from compliance import services
from compliance.models import LicenceDraw, LicenceReturn
from compliance.services import LicenceSpent
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
TICK = timedelta(microseconds=1)
ONE, TWO, THREE = (UUID(int=number) for number in (1, 2, 3))
HOUR_US = 3_600_000_000


@pytest.fixture
def party():
    return make.party()


@pytest.fixture
def licence(party):
    return make.licence(party, gpu_hours=10, gpus_at_once=4)


def draw(licence, rental=ONE, *, gpus=1, start=NOON, end=NOON + HOUR, at=NOON, during=None):
    during = during or TimestamptzRange(NOON - HOUR, NOON + 100 * HOUR)
    decision = make.decision(
        licence.party, outcome="allow_licence", licence=licence, during=during, at=at
    )
    services.draw(decision=decision, rental=rental, gpus=gpus, start=start, end=end, at=at)


def left(licence):
    return licence.gpu_hours * HOUR_US - services.drawn_gpu_us(licence=licence)


def test_a_draw_is_gpus_times_the_window(licence):
    draw(licence, gpus=3, end=NOON + HOUR + TICK)
    row = LicenceDraw.objects.get()
    assert (row.gpus, row.gpu_us, row.rental) == (3, 3 * HOUR_US + 3, ONE)
    assert left(licence) == 7 * HOUR_US - 3


def test_the_last_microsecond_can_be_drawn_and_none_more(licence):
    draw(licence, ONE, gpus=2, end=NOON + 5 * HOUR - TICK)
    with pytest.raises(LicenceSpent, match="BIS D"):
        draw(licence, TWO, gpus=1, end=NOON + 3 * TICK)
    assert LicenceDraw.objects.count() == 1
    draw(licence, TWO, gpus=1, end=NOON + 2 * TICK)
    assert left(licence) == 0


def test_never_more_at_once_than_it_says(licence):
    draw(licence, ONE, gpus=2, start=NOON, end=NOON + HOUR)
    draw(licence, TWO, gpus=2, start=NOON + HOUR, end=NOON + 2 * HOUR)
    with pytest.raises(LicenceSpent):
        draw(licence, THREE, gpus=3, start=NOON + HOUR - TICK, end=NOON + HOUR)
    draw(licence, THREE, gpus=2, start=NOON, end=NOON + 2 * HOUR)
    with pytest.raises(LicenceSpent):
        draw(licence, UUID(int=4), gpus=1, start=NOON + 2 * HOUR - TICK, end=NOON + 3 * HOUR)
    assert LicenceDraw.objects.count() == 3


def test_what_is_put_back_can_be_drawn_again(licence):
    draw(licence, ONE, gpus=4, end=NOON + 2 * HOUR + HOUR / 2)
    assert left(licence) == 0
    services.put_back(rental=ONE, until=NOON + HOUR, at=NOON + HOUR)
    assert LicenceReturn.objects.get().gpu_us == 6 * HOUR_US
    assert left(licence) == 6 * HOUR_US
    draw(licence, TWO, gpus=4, start=NOON + HOUR, end=NOON + 2 * HOUR)
    assert left(licence) == 2 * HOUR_US


@pytest.mark.parametrize(
    ("until", "back"),
    [
        (NOON - HOUR, HOUR_US),
        (NOON, HOUR_US),
        (NOON + HOUR - TICK, 1),
        (NOON + HOUR, None),
        (NOON + 2 * HOUR, None),
    ],
)
def test_what_was_before_stays_used(licence, until, back):
    draw(licence)
    services.put_back(rental=ONE, until=until, at=NOON)
    assert list(LicenceReturn.objects.values_list("gpu_us", flat=True)) == ([back] if back else [])


def test_it_is_put_back_once_and_only_if_it_was_drawn(licence):
    services.put_back(rental=ONE, until=NOON, at=NOON)
    assert not LicenceReturn.objects.exists()
    draw(licence)
    for _ in range(2):
        services.put_back(rental=ONE, until=NOON, at=NOON)
    assert LicenceReturn.objects.count() == 1


def test_asking_again_under_the_same_licence_draws_nothing_more(licence):
    draw(licence, gpus=4, end=NOON + 2 * HOUR)
    draw(licence, gpus=4, end=NOON + 2 * HOUR)
    assert LicenceDraw.objects.count() == 1


def test_another_licence_is_drawn_for_the_rest_only(licence, party):
    draw(licence, end=NOON + 2 * HOUR)
    other = make.licence(party)
    draw(other, start=NOON + HOUR, end=NOON + 2 * HOUR, at=NOON + HOUR)
    assert services.drawn_gpu_us(licence=licence) == HOUR_US
    assert services.drawn_gpu_us(licence=other) == HOUR_US


def test_where_none_is_needed_any_more_the_rest_goes_back(licence, party):
    draw(licence, end=NOON + 2 * HOUR)
    free = make.decision(party)
    services.draw(
        decision=free, rental=ONE, gpus=1, start=NOON + HOUR, end=NOON + 2 * HOUR, at=NOON
    )
    assert services.drawn_gpu_us(licence=licence) == HOUR_US
    assert LicenceDraw.objects.count() == 1


def test_when_the_other_is_spent_the_first_draw_stays(licence, party):
    draw(licence, end=NOON + 2 * HOUR)
    small = make.licence(party, gpu_hours=1)
    with pytest.raises(LicenceSpent):
        draw(small, start=NOON, end=NOON + 2 * HOUR)
    assert not LicenceReturn.objects.exists()
    assert services.drawn_gpu_us(licence=licence) == 2 * HOUR_US


def test_what_is_not_in_force_is_not_drawn(party):
    revoked = make.licence(party)
    services.revoke_licence(
        licence=revoked, reason="Withdrawn.", actor=make.SECOND, actor_label="ben", at=NOON
    )
    closed = {
        "is revoked": revoked,
        "has not been approved by a second person": make.licence(party, approved=False),
        "is not in force for all of it": make.licence(party, valid_to=date(2026, 11, 23)),
    }
    for fault, licence in closed.items():
        with pytest.raises(LicenceSpent) as refused:
            draw(licence)
        assert fault in str(refused.value.__cause__)
    assert not LicenceDraw.objects.exists()


def test_the_edge_of_its_last_day(party):
    licence = make.licence(party, valid_to=date(2026, 11, 24))
    midnight = NOON + 12 * HOUR
    with pytest.raises(LicenceSpent):
        draw(licence, end=midnight + TICK)
    draw(licence, end=midnight)
    assert LicenceDraw.objects.count() == 1


def bare(licence, **facts):
    decision = make.decision(
        licence.party,
        outcome="allow_licence",
        licence=licence,
        during=TimestamptzRange(NOON, NOON + 2 * HOUR),
    )
    known = {
        "licence": licence,
        "decision": decision,
        "rental": ONE,
        "gpus": 1,
        "during": TimestamptzRange(NOON, NOON + HOUR),
        "gpu_us": HOUR_US,
        "at": NOON,
    }
    return LicenceDraw.objects.create(**{**known, **facts})


def test_the_database_itself_adds_up(licence, party):
    wrong = {
        "draw_adds_up": {"gpu_us": HOUR_US - 1},
        "is not the one that the decision names": {"decision": make.decision(party)},
        "draw_window_bounded": {"during": TimestamptzRange(NOON, NOON + HOUR, "[]")},
    }
    for told, facts in wrong.items():
        with pytest.raises(IntegrityError, match=told), transaction.atomic():
            bare(licence, **facts)
    row = bare(licence)
    with pytest.raises(IntegrityError, match="cannot be drawn twice"), transaction.atomic():
        bare(licence)
    for facts in ({"until": NOON, "gpu_us": 1}, {"until": NOON - HOUR, "gpu_us": 2 * HOUR_US}):
        with pytest.raises(IntegrityError, match="return_adds_up"), transaction.atomic():
            LicenceReturn.objects.create(draw=row, at=NOON, **facts)
    assert (LicenceDraw.objects.count(), LicenceReturn.objects.count()) == (1, 0)
