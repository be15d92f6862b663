"""Two owners who remove each other at once: one stays. One invitation, many who accept it."""

import threading

import pytest

from marketplace.accounts import services as accounts
from marketplace.accounts.models import Membership
from marketplace.accounts.services import BadInvitation, members
from marketplace.core.models import AuditEvent
from tests import make
from tests.make import NOON
from tests.race import PATIENCE, together

pytestmark = pytest.mark.django_db(transaction=True)


def remove_each_other(harbour, alice, eve):
    rows = {row.user_id: row for row in harbour.memberships.select_related("user", "organisation")}
    pairs = [(rows[eve.pk], alice), (rows[alice.pk], eve)]
    return together(
        *[
            lambda pair=pair: accounts.remove_member(membership=pair[0], by=pair[1], at=NOON)
            for pair in pairs
        ]
    )


def test_two_owners_who_remove_each_other_leave_one(alice, harbour):
    eve = make.member(harbour, "owner")
    outcome = remove_each_other(harbour, alice, eve)
    assert sorted(type(one).__name__ for one in outcome) == ["NoneType", "NotPermitted"]
    assert Membership.objects.filter(role="owner").count() == 1


def test_control_without_the_lock_nobody_is_left(alice, harbour, monkeypatch):
    """If this stops losing both owners, the race above proves nothing."""
    eve = make.member(harbour, "owner")
    look, both = members._keep_an_owner, threading.Barrier(2, timeout=PATIENCE)

    def look_then_wait(membership):
        look(membership)
        both.wait()

    monkeypatch.setattr(members, "_lock", lambda organisation: None)
    monkeypatch.setattr(members, "_keep_an_owner", look_then_wait)
    remove_each_other(harbour, alice, eve)
    assert not Membership.objects.filter(role="owner").exists()


def test_one_invitation_accepted_eight_times_is_one_membership(alice, harbour):
    dora = make.user("dora@example.test")
    _, secret = accounts.invite(
        organisation=harbour, by=alice, email=dora.email, role="viewer", at=NOON
    )
    outcome = together(
        *[lambda: accounts.accept(secret=secret, user=dora, at=NOON) for _ in range(8)]
    )
    assert [type(one) for one in outcome].count(BadInvitation) == 7
    assert harbour.memberships.filter(user=dora).count() == 1
    assert AuditEvent.objects.filter(verb="joined").count() == 1
