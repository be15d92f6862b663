import hashlib
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from marketplace.accounts import roles
from marketplace.accounts import services as accounts
from marketplace.accounts.models import ApiKey, Membership
from marketplace.accounts.services import NotPermitted
from marketplace.core.models import AuditEvent
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db


def create(organisation, by, **facts):
    known = {"name": "training", "at": NOON}
    return accounts.create_api_key(organisation=organisation, by=by, **{**known, **facts})


def test_a_key_is_kept_as_a_digest_only(alice, harbour):
    key, secret = create(harbour, alice, name=" training ")
    assert secret.startswith("straits_")
    assert len(secret) == len("straits_") + 43, "256 random bits"
    key.refresh_from_db()
    assert bytes(key.secret_sha256) == hashlib.sha256(secret.encode()).digest()
    assert (key.prefix, key.name, key.created_at) == (secret[:12], "training", NOON)
    event = AuditEvent.objects.get(verb="created key")
    told = {"name": "training", "scopes": "view rent pay provide manage"}
    assert (event.actor, event.detail) == (alice.public_id, told)
    assert secret not in str(AuditEvent.objects.values())


def test_a_key_speaks_for_its_maker(alice, harbour):
    _, secret = create(harbour, alice)
    acting = accounts.principal_of_key(secret=secret, at=NOON)
    assert (acting.user, acting.organisation, acting.role) == (alice, harbour, "owner")


def test_a_key_of_one_organisation_never_speaks_for_another(alice, harbour):
    other = make.organisation("Second", member=alice)
    _, secret = create(other, alice)
    assert accounts.principal_of_key(secret=secret, at=NOON).organisation == other
    Membership.objects.filter(organisation=other).delete()
    assert accounts.principal_of_key(secret=secret, at=NOON) is None


def test_a_key_ends_at_its_time(alice, harbour):
    _, secret = create(harbour, alice, expires_at=NOON + HOUR)
    before = NOON + HOUR - timedelta(microseconds=1)
    assert accounts.principal_of_key(secret=secret, at=before) is not None
    assert accounts.principal_of_key(secret=secret, at=NOON + HOUR) is None


def test_a_revoked_key_is_ended_once(alice, harbour):
    key, secret = create(harbour, alice)
    accounts.revoke_api_key(key=key, by=alice, at=NOON)
    accounts.revoke_api_key(key=key, by=alice, at=NOON + HOUR)
    assert key.revoked_at == NOON
    assert accounts.principal_of_key(secret=secret, at=NOON) is None
    assert AuditEvent.objects.filter(verb="revoked key").count() == 1


@pytest.mark.parametrize("role", ["billing", "engineer", "viewer"])
def test_only_an_owner_makes_and_ends_keys(alice, harbour, role):
    member = make.member(harbour, role)
    with pytest.raises(NotPermitted, match=rf"your role \({role}\) may not manage"):
        create(harbour, member)
    assert not ApiKey.objects.exists()
    key, _ = create(harbour, alice)
    with pytest.raises(NotPermitted):
        accounts.revoke_api_key(key=key, by=member, at=NOON)
    key.refresh_from_db()
    assert key.revoked_at is None


def test_an_outsider_makes_and_ends_no_keys(alice, harbour, charlie, sally):
    key, _ = create(harbour, alice)
    for person in (charlie, sally):
        with pytest.raises(NotPermitted):
            create(harbour, person)
        with pytest.raises(NotPermitted):
            accounts.revoke_api_key(key=key, by=person, at=NOON)
    key.refresh_from_db()
    assert key.revoked_at is None
    assert ApiKey.objects.count() == 1


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "n" * 81}, "name"),
        ({"expires_at": NOON}, "expires_at"),
    ],
)
def test_a_key_that_cannot_be_made_leaves_nothing(alice, harbour, facts, field):
    with pytest.raises(ValidationError) as refusal:
        create(harbour, alice, **facts)
    assert list(refusal.value.message_dict) == [field]
    assert not ApiKey.objects.exists()
    assert not AuditEvent.objects.exists()


def test_a_key_does_only_what_it_was_made_for(alice, harbour):
    key, secret = create(harbour, alice, scopes=["rent", "view"], per_minute=30)
    assert (key.scopes, key.per_minute) == (["view", "rent"], 30)
    acting = accounts.principal_of_key(secret=secret, at=NOON)
    assert [act for act in roles.ACTS if acting.may(act)] == ["view", "rent"]
    with pytest.raises(NotPermitted, match="was not made to pay"):
        acting.require("pay")


def test_a_scope_gives_nothing_that_the_role_does_not(alice, harbour):
    _, secret = create(harbour, alice)
    make.member(harbour, "owner")
    Membership.objects.filter(user=alice).update(role="viewer")
    acting = accounts.principal_of_key(secret=secret, at=NOON)
    assert [act for act in roles.ACTS if acting.may(act)] == ["view"]


def test_a_key_makes_no_key_that_may_do_more(alice, harbour):
    within = frozenset({"view", "manage"})
    with pytest.raises(NotPermitted):
        create(harbour, alice, within=within, scopes=["view", "pay"])
    assert not ApiKey.objects.exists()
    key, _ = create(harbour, alice, within=within)
    assert key.scopes == ["view", "manage"]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"scopes": []}, "scopes"),
        ({"scopes": ["view", "fly"]}, "scopes"),
        ({"per_minute": 0}, "per_minute"),
        ({"per_minute": 601}, "per_minute"),
    ],
)
def test_a_key_of_no_use_is_not_made(alice, harbour, facts, field):
    with pytest.raises(ValidationError) as refusal:
        create(harbour, alice, **facts)
    assert list(refusal.value.message_dict) == [field]
    assert not ApiKey.objects.exists()
