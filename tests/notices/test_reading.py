"""What a person reads: of the own organisation, within the role, unread until read."""

from datetime import timedelta

import pytest

from marketplace.accounts.models import User
from marketplace.accounts.services import Principal
from marketplace.notices import services as notices
from marketplace.notices.models import SHOWN, Seen
from tests import make
from tests.make import NOON
from tests.notices.telling import tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(harbour, alice):
    User.objects.update(created_at=NOON - timedelta(days=365))
    return Principal(User.objects.get(pk=alice.pk), harbour, "owner")


def kinds(principal, at=NOON):
    return [row.kind for row in notices.page_of(principal=principal, at=at)]


def unread(principal, at=NOON):
    return notices.unread(principal=principal, at=at)


def test_newest_first_and_nothing_of_others(owner, harbour):
    tell(harbour, "reservation.started")
    tell(harbour, "reservation.ended")
    tell(make.organisation("Other"), "reservation.failed")
    assert kinds(owner) == ["reservation.ended", "reservation.started"]
    assert unread(owner) == 2


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("owner", {"reservation.ended", "payout.paid", "member.joined", "machine.back"}),
        ("billing", {"reservation.ended", "payout.paid"}),
        ("engineer", {"reservation.ended", "machine.back"}),
        ("viewer", {"reservation.ended"}),
    ],
)
def test_a_role_reads_what_it_may(role, expected, owner, harbour):
    for kind in ("reservation.ended", "payout.paid", "member.joined", "machine.back"):
        tell(harbour, kind)
    assert set(kinds(Principal(owner.user, harbour, role))) == expected


def test_reading_is_each_persons_own(owner, harbour):
    row = tell(harbour)
    viewer = make.member(harbour, "viewer", created_at=NOON - timedelta(days=9))
    other = Principal(viewer, harbour, "viewer")
    assert notices.read_one(principal=owner, notice=row.public_id, at=NOON)
    assert notices.read_one(principal=owner, notice=row.public_id, at=NOON)
    assert (unread(owner), unread(other), Seen.objects.count()) == (0, 1, 1)
    assert [one.read for one in notices.page_of(principal=owner, at=NOON)] == [True]


def test_what_one_may_not_read_is_not_marked(owner, harbour):
    row = tell(harbour, "payout.paid")
    viewer = Principal(owner.user, harbour, "viewer")
    assert not notices.read_one(principal=viewer, notice=row.public_id, at=NOON)
    strange = tell(make.organisation("Other"))
    assert not notices.read_one(principal=owner, notice=strange.public_id, at=NOON)
    assert not Seen.objects.exists()


def test_all_are_marked_at_once(owner, harbour):
    for number in range(3):
        tell(harbour, key=str(number))
    assert notices.read_all(principal=owner, at=NOON) == 3
    assert (unread(owner), notices.read_all(principal=owner, at=NOON)) == (0, 0)


def test_old_ones_are_no_longer_shown(owner, harbour):
    tell(harbour)
    assert unread(owner, NOON + SHOWN - timedelta(seconds=1)) == 1
    assert unread(owner, NOON + SHOWN) == 0


def test_what_was_before_one_came_is_for_others(owner, harbour):
    tell(harbour)
    late = make.member(harbour, "viewer", created_at=NOON + timedelta(seconds=1))
    assert kinds(Principal(late, harbour, "viewer")) == []


def test_what_was_switched_off_is_not_shown(owner, harbour):
    tell(harbour)
    ways = {"reservation.failed": (True, False)}
    notices.choose(person=owner.user, ways=ways, at=NOON)
    assert (kinds(owner), unread(owner)) == ([], 0)


def test_a_bell_counts_no_further_than_it_says(owner, harbour, django_assert_num_queries):
    events = [
        notices.Event(kind="reservation.ended", organisation=harbour.pk, key=str(number))
        for number in range(130)
    ]
    notices.record(events=events, at=NOON)
    with django_assert_num_queries(1):
        assert unread(owner) == 100
