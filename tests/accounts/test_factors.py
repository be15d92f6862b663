"""Who must have a second factor, and what may be taken away."""

import io

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from marketplace.accounts import services as accounts
from marketplace.accounts.models import Organisation
from marketplace.accounts.services import NotPermitted
from marketplace.core.models import AuditEvent
from tests import make
from tests.make import NOON

pytestmark = pytest.mark.django_db


def has(user, *kinds):
    for kind in kinds:
        Authenticator.objects.create(user=user, type=kind, data={})


def require(harbour, by, *, required=True):
    accounts.require_second_factor(organisation=harbour, required=required, by=by, at=NOON)


def test_an_owner_with_a_factor_requires_it_once(alice, harbour):
    has(alice, "totp")
    require(harbour, alice)
    require(harbour, alice)
    assert Organisation.objects.get(pk=harbour.pk).second_factor_required
    require(harbour, alice, required=False)
    assert not Organisation.objects.get(pk=harbour.pk).second_factor_required
    verbs = AuditEvent.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["required second factors", "no longer required second factors"]


def test_an_owner_without_one_would_be_the_first_to_stand_outside(alice, harbour):
    has(alice, "recovery_codes")
    with pytest.raises(ValidationError, match="of your own first"):
        require(harbour, alice)
    assert not Organisation.objects.get(pk=harbour.pk).second_factor_required
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("role", ["billing", "engineer", "viewer"])
def test_others_do_not_decide_it(harbour, role):
    member = make.member(harbour, role)
    has(member, "totp")
    with pytest.raises(NotPermitted):
        require(harbour, member)
    assert not Organisation.objects.get(pk=harbour.pk).second_factor_required


def test_what_was_lost_is_taken_away_by_an_operator_with_a_reason(alice):
    has(alice, "totp", "recovery_codes")
    call_command("end_factors", "ALICE@example.test", reason="video call", stdout=io.StringIO())
    assert not Authenticator.objects.exists()
    event = AuditEvent.objects.get()
    assert (event.verb, event.actor_label, event.detail) == (
        "ended second factors",
        "system",
        {"reason": "video call"},
    )
    with pytest.raises(CommandError, match="nobody has this address"):
        call_command("end_factors", "bob@example.test", reason="none")


def test_who_must_have_one_keeps_the_last(alice, harbour, sally):
    has(sally, "totp", "recovery_codes")
    has(alice, "totp")
    assert not accounts.may_remove_factor(user=sally)
    assert accounts.may_remove_factor(user=alice)
    require(harbour, alice)
    assert not accounts.may_remove_factor(user=alice)
    has(alice, "webauthn")
    assert accounts.may_remove_factor(user=alice)
