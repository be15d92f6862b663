import pytest
from django.core.exceptions import ValidationError

from compliance.models import Party
from marketplace.accounts import services as accounts
from marketplace.accounts.models import Membership, Organisation, User
from marketplace.core.models import AuditEvent
from tests import make
from tests.make import NOON

pytestmark = pytest.mark.django_db

PARTY = {"legal_name": "Harbour Light Research Ltd", "country": "sg"}


def sign_up(**facts):
    known = {
        "email": " Ada@Harbour-Light.example ",
        "password": "a long enough phrase",
        "name": " Ada ",
        "organisation_name": " Harbour Light ",
        "party": PARTY,
        "at": NOON,
    }
    return accounts.sign_up(**{**known, **facts})


def nothing_written():
    tables = (User, Organisation, Membership, Party, AuditEvent)
    return not any(table.objects.exists() for table in tables)


def test_a_new_person_owns_a_new_organisation_that_compliance_knows():
    user, organisation = sign_up()
    assert (user.email, user.name) == ("ada@harbour-light.example", "Ada")
    assert user.check_password("a long enough phrase")
    assert (user.is_staff, user.is_superuser) == (False, False)
    membership = Membership.objects.get()
    assert (membership.user, membership.organisation) == (user, organisation)
    assert (membership.role, membership.created_at) == ("owner", NOON)
    assert (organisation.name, organisation.party.legal_name) == (
        "Harbour Light",
        "Harbour Light Research Ltd",
    )
    assert organisation.party.country == "SG"
    event = AuditEvent.objects.get()
    assert (event.verb, event.at, event.actor) == ("signed up", NOON, user.public_id)
    assert event.subject == f"accounts.Organisation {organisation.public_id}"


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": ""}, "email"),
        ({"email": f"{'a' * 250}@example.test"}, "email"),
        ({"name": "n" * 121}, "name"),
        ({"organisation_name": " "}, "organisation_name"),
        ({"organisation_name": "n" * 201}, "organisation_name"),
        ({"party": {"legal_name": ""}}, "legal_name"),
        ({"party": {"legal_name": "X", "country": "XX"}}, "country"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_written(facts, field):
    with pytest.raises(ValidationError) as refusal:
        sign_up(**facts)
    assert list(refusal.value.message_dict) == [field]
    assert nothing_written()


@pytest.mark.parametrize("password", ["short", "password1", "73501846", "ada@harbour-light"])
def test_a_weak_password_is_refused_and_nothing_is_written(password):
    with pytest.raises(ValidationError) as refusal:
        sign_up(password=password)
    assert list(refusal.value.message_dict) == ["password"]
    assert nothing_written()


def test_an_address_signs_up_once():
    make.user("ada@harbour-light.example")
    with pytest.raises(ValidationError) as refusal:
        sign_up(email="ADA@harbour-light.example")
    assert list(refusal.value.message_dict) == ["email"]
    assert User.objects.count() == 1
    assert not Organisation.objects.exists()
    assert not Party.objects.exists()
