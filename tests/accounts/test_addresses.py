"""Confirmed addresses, and what nobody does without one."""

import pytest
from allauth.account.models import EmailAddress

from marketplace.accounts import services as accounts
from marketplace.accounts.models import Invitation, User
from marketplace.accounts.services import NotConfirmed
from marketplace.core.models import AuditEvent
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def eve():
    return make.user("eve@example.test", confirmed=False)


def test_an_address_is_confirmed_once_and_stands_on_the_trail(eve):
    for _ in range(2):
        accounts.confirm_email(user=eve, at=NOON)
    assert User.objects.get(pk=eve.pk).email_confirmed
    event = AuditEvent.objects.get()
    assert (event.verb, event.actor, event.at) == ("confirmed e-mail", eve.public_id, NOON)
    row = EmailAddress.objects.get()
    assert (row.user, row.email, row.verified, row.primary) == (eve, eve.email, True, True)


def test_another_address_is_not_confirmed_by_the_first(eve):
    accounts.confirm_email(user=eve, at=NOON)
    User.objects.filter(pk=eve.pk).update(email="new@example.test")
    assert not User.objects.get(pk=eve.pk).email_confirmed
    accounts.confirm_email(user=User.objects.get(pk=eve.pk), at=NOON + HOUR)
    # a new password no longer goes to the old one
    assert list(EmailAddress.objects.values_list("email", flat=True)) == ["new@example.test"]


def test_the_system_needs_no_address():
    accounts.require_confirmed(user=None)


def test_who_has_not_confirmed_is_told_where_the_link_is(eve):
    with pytest.raises(NotConfirmed, match=r"that we sent to eve@example\.test"):
        accounts.require_confirmed(user=eve)


@pytest.mark.parametrize("with_letter", [True, False])
def test_only_the_letter_of_an_invitation_confirms_its_address(alice, harbour, with_letter):
    made, secret = accounts.invite(
        organisation=harbour, by=alice, email="dora@example.test", role="viewer", at=NOON
    )
    proof = accounts.letter_proof(invitation=made) if with_letter else ""
    dora = accounts.accept_as_new(
        secret=secret, name="Dora", password="a long pass phrase", proof=proof, at=NOON
    )
    assert User.objects.get(pk=dora.pk).email_confirmed is with_letter


def test_the_letter_of_another_invitation_confirms_nothing(alice, harbour, eve):
    other, _ = accounts.invite(
        organisation=harbour, by=alice, email="else@example.test", role="viewer", at=NOON
    )
    _, secret = accounts.invite(
        organisation=harbour, by=alice, email=eve.email, role="viewer", at=NOON
    )
    for proof in (accounts.letter_proof(invitation=other), "made up"):
        accounts.accept(secret=secret, user=eve, proof=proof, at=NOON)
        assert not User.objects.get(pk=eve.pk).email_confirmed
        Invitation.objects.filter(email=eve.email).update(accepted_at=None, accepted_by=None)
