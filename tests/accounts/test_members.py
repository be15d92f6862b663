import hashlib
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from marketplace.accounts import services as accounts
from marketplace.accounts.models import Invitation, Membership, User
from marketplace.accounts.services import BadInvitation, LastOwner, NotPermitted
from marketplace.core.models import AuditEvent
from tests import make
from tests.make import NOON

pytestmark = pytest.mark.django_db

WEEK = timedelta(days=7)
BLINK = timedelta(microseconds=1)


def invite(organisation, by, email="Dora@Example.test ", role="engineer", at=NOON):
    return accounts.invite(organisation=organisation, by=by, email=email, role=role, at=at)


def role_of(user, organisation):
    found = accounts.principal_of_user(user=user, organisation=organisation.public_id)
    return found and found.role


def test_an_invitation_keeps_a_digest_of_its_secret_only(alice, harbour):
    made, secret = invite(harbour, alice)
    made.refresh_from_db()
    assert bytes(made.secret_sha256) == hashlib.sha256(secret.encode()).digest()
    assert (made.email, made.role, made.expires_at) == (
        "dora@example.test",
        "engineer",
        NOON + WEEK,
    )
    event = AuditEvent.objects.get(verb="invited")
    assert event.detail == {"email": "dora@example.test", "role": "engineer"}
    assert secret not in str(AuditEvent.objects.values())


def test_whoever_is_invited_joins_with_that_role_once(alice, harbour):
    dora = make.user("dora@example.test")
    _, secret = invite(harbour, alice)
    accounts.accept(secret=secret, user=dora, at=NOON + WEEK - BLINK)
    assert role_of(dora, harbour) == "engineer"
    with pytest.raises(BadInvitation):
        accounts.accept(secret=secret, user=dora, at=NOON)
    assert AuditEvent.objects.filter(verb="joined").count() == 1


def test_a_new_person_joins_with_the_address_of_the_invitation(alice, harbour):
    _, secret = invite(harbour, alice)
    dora = accounts.accept_as_new(
        secret=secret, name="Dora", password="a long pass phrase", at=NOON
    )
    assert (dora.email, dora.name) == ("dora@example.test", "Dora")
    assert dora.check_password("a long pass phrase")
    assert role_of(dora, harbour) == "engineer"


@pytest.mark.parametrize(("password", "taken"), [("12345678", False), ("a long pass phrase", True)])
def test_a_new_person_that_cannot_be_made_leaves_the_invitation_open(
    alice, harbour, password, taken
):
    _, secret = invite(harbour, alice)
    if taken:
        make.user("dora@example.test")
    with pytest.raises(ValidationError):
        accounts.accept_as_new(secret=secret, name="Dora", password=password, at=NOON)
    assert User.objects.filter(email="dora@example.test").exists() == taken
    assert Invitation.objects.open().count() == 1
    assert harbour.members.count() == 1


def test_an_invitation_is_for_its_address_only(alice, harbour, charlie):
    _, secret = invite(harbour, alice)
    with pytest.raises(BadInvitation, match="another address"):
        accounts.accept(secret=secret, user=charlie, at=NOON)
    assert role_of(charlie, harbour) is None
    assert Invitation.objects.open().count() == 1


def test_an_invitation_ends_with_its_week_or_when_withdrawn(alice, harbour):
    dora = make.user("dora@example.test")
    made, secret = invite(harbour, alice)
    with pytest.raises(BadInvitation):
        accounts.accept(secret=secret, user=dora, at=NOON + WEEK)
    accounts.withdraw_invitation(invitation=made, by=alice, at=NOON)
    accounts.withdraw_invitation(invitation=made, by=alice, at=NOON)
    with pytest.raises(BadInvitation):
        accounts.accept(secret=secret, user=dora, at=NOON)
    assert role_of(dora, harbour) is None
    assert AuditEvent.objects.filter(verb="withdrew").count() == 1


def test_a_second_invitation_replaces_the_first(alice, harbour):
    dora = make.user("dora@example.test")
    _, first = invite(harbour, alice)
    _, second = invite(harbour, alice, role="viewer")
    with pytest.raises(BadInvitation):
        accounts.accept(secret=first, user=dora, at=NOON)
    accounts.accept(secret=second, user=dora, at=NOON)
    assert role_of(dora, harbour) == "viewer"


@pytest.mark.parametrize(
    ("email", "role"),
    [("alice@example.test", "viewer"), ("nobody", "viewer"), ("dora@example.test", "king")],
)
def test_a_bad_invitation_is_refused(alice, harbour, email, role):
    with pytest.raises(ValidationError):
        invite(harbour, alice, email=email, role=role)
    assert not Invitation.objects.exists()
    assert not AuditEvent.objects.filter(verb="invited").exists()


@pytest.mark.parametrize("role", ["billing", "engineer", "viewer", None])
def test_only_owners_manage_members(alice, harbour, charlie, role):
    by = make.member(harbour, role) if role else charlie
    made, _ = invite(harbour, alice)
    owner = harbour.memberships.get(user=alice)
    for act in (
        lambda: invite(harbour, by, email="eve@example.test"),
        lambda: accounts.withdraw_invitation(invitation=made, by=by, at=NOON),
        lambda: accounts.change_role(membership=owner, by=by, role="viewer", at=NOON),
        lambda: accounts.remove_member(membership=owner, by=by, at=NOON),
    ):
        with pytest.raises(NotPermitted):
            act()
    assert Invitation.objects.open().get() == made
    assert role_of(alice, harbour) == "owner"


def test_the_last_owner_stays_one(alice, harbour):
    owner = harbour.memberships.get()
    make.member(harbour, "engineer")
    with pytest.raises(LastOwner):
        accounts.change_role(membership=owner, by=alice, role="viewer", at=NOON)
    with pytest.raises(LastOwner):
        accounts.remove_member(membership=owner, by=alice, at=NOON)
    assert role_of(alice, harbour) == "owner"
    inactive = make.member(harbour, "owner")
    User.objects.filter(pk=inactive.pk).update(is_active=False)
    with pytest.raises(LastOwner):
        accounts.remove_member(membership=owner, by=alice, at=NOON)


def test_roles_change_and_the_trail_says_so(alice, harbour):
    eve = make.member(harbour, "viewer")
    row = harbour.memberships.get(user=eve)
    accounts.change_role(membership=row, by=alice, role="owner", at=NOON)
    assert role_of(eve, harbour) == "owner"
    accounts.change_role(membership=row, by=alice, role="owner", at=NOON)
    event = AuditEvent.objects.get(verb="changed role")
    assert event.detail == {"email": eve.email, "was": "viewer", "role": "owner"}
    accounts.remove_member(membership=harbour.memberships.get(user=alice), by=eve, at=NOON)
    assert role_of(alice, harbour) is None


def test_everybody_may_leave_and_their_keys_stop(alice, harbour):
    eve = make.member(harbour, "owner")
    secret = make.api_key(harbour, eve)
    accounts.remove_member(membership=harbour.memberships.get(user=eve), by=eve, at=NOON)
    assert role_of(eve, harbour) is None
    assert accounts.principal_of_key(secret=secret, at=NOON) is None


def test_the_database_keeps_one_open_invitation_an_address(alice, harbour):
    made, _ = invite(harbour, alice)
    row = {"organisation": harbour, "email": made.email, "role": "viewer", "invited_by": alice}
    with pytest.raises(IntegrityError, match="invitation_one_open"), transaction.atomic():
        Invitation.objects.create(**row, secret_sha256=b"other", expires_at=NOON)


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"email": "Dora@example.test"}, "invitation_email_lower_case"),
        ({"role": "king"}, "invitation_role_known"),
        ({"accepted_at": NOON}, "invitation_accepted_by_somebody"),
    ],
)
def test_the_database_refuses_what_cannot_be(alice, harbour, facts, constraint):
    made, _ = invite(harbour, alice)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Invitation.objects.filter(pk=made.pk).update(**facts)


def test_a_membership_that_is_there_already_keeps_its_role(alice, harbour):
    dora = make.user("dora@example.test")
    _, secret = invite(harbour, alice, role="viewer")
    Membership.objects.create(user=dora, organisation=harbour, role="billing")
    accounts.accept(secret=secret, user=dora, at=NOON)
    assert role_of(dora, harbour) == "billing"
