"""A notice is recorded with what it tells of, once, and what it says stays."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from marketplace.notices import services as notices
from marketplace.notices.kinds import CODES, KINDS
from marketplace.notices.models import Notice
from marketplace.notices.wording import LABELS, WORDS, said
from tests import make
from tests.make import NOON
from tests.notices.telling import tell

pytestmark = pytest.mark.django_db


def test_an_event_is_told_once(harbour):
    first = tell(harbour, reason="no")
    tell(harbour, reason="another")
    assert Notice.objects.get() == first
    assert Notice.objects.get().facts == {"reason": "no"}
    tell(make.organisation("Other"))
    assert Notice.objects.count() == 2


def test_it_goes_with_what_it_tells_of(harbour):
    class Fails(Exception):
        pass

    def fail():
        with transaction.atomic():
            tell(harbour)
            raise Fails

    with pytest.raises(Fails):
        fail()
    assert not Notice.objects.exists()


def test_no_event_writes_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        notices.record(events=[], at=NOON)


def test_many_are_one_statement(harbour, django_assert_num_queries):
    events = [
        notices.Event(kind="reservation.ended", organisation=harbour.pk, key=str(number))
        for number in range(50)
    ]
    with django_assert_num_queries(1):
        notices.record(events=events, at=NOON)
    assert Notice.objects.count() == 50


@pytest.mark.parametrize(
    "change", [{"kind": "reservation.ended"}, {"facts": {"reason": "other"}}, {"key": "other"}]
)
def test_the_database_keeps_what_was_said(harbour, change):
    tell(harbour, reason="no")
    stays = pytest.raises(DatabaseError, match="what a notice says does not change")
    with stays, transaction.atomic():
        Notice.objects.update(**change)
    with pytest.raises(DatabaseError, match="its rows are evidence"), transaction.atomic():
        Notice.objects.all().delete()
    assert Notice.objects.get().facts == {"reason": "no"}


def test_the_database_knows_the_kinds(harbour):
    with pytest.raises(IntegrityError, match="notice_of_known_kind"):
        tell(harbour, "reservation.fried")


def test_every_kind_has_its_words():
    assert set(WORDS) == set(LABELS) == set(CODES)


@pytest.mark.parametrize("kind", CODES)
def test_a_kind_says_something_with_and_without_facts(kind):
    whole = {
        "id": "3f0b1c9e-6a39-4f0b-9d8e-2b1f0e9a7c11",
        "chip": "H100 80GB",
        "gpu_count": 2,
        "amount_micro": 12_340_000,
        "currency": "USD",
        "about": "2026-11-24T12:00:00Z",
        "start": "2026-11-24T12:00:00Z",
        "end": "2026-11-24T13:00:30Z",
        "ended_at": None,
        "reason": "it was asked for",
        "number": "INV-7",
        "hours": 6,
        "name": "node-1",
        "email": "ada@example.test",
        "role": "viewer",
        "url": "https://hooks.example.test/",
    }
    told = said(kind, whole)
    assert "{" not in told.head + told.more
    assert told.page.startswith("/")
    bare = said(kind, {})
    assert "{" not in bare.head + bare.more


def test_facts_are_written_as_people_read_them():
    facts = {"chip": "H100 80GB", "gpu_count": 2, "about": "2026-11-24T12:00:00Z"}
    told = said("reservation.starting", facts)
    assert told.head == "2 \N{MULTIPLICATION SIGN} H100 80GB: begins 24 Nov 2026, 12:00 UTC"
    assert said("payout.paid", {"amount_micro": 12_340_000, "currency": "USD"}).head == (
        "A payout of 12.34 USD was made"
    )


def test_only_what_concerns_law_or_security_is_fixed():
    assert [kind.code for kind in KINDS if kind.fixed] == [
        "wallet.frozen",
        "screening.decided",
        "member.joined",
    ]
