import pytest

from marketplace.accounts import roles
from marketplace.accounts import services as accounts
from marketplace.accounts.models import Role
from tests import make

ACTS = {"view", "rent", "pay", "provide", "manage"}
MAY = {
    "owner": ACTS,
    "billing": {"view", "pay"},
    "engineer": {"view", "rent", "provide"},
    "viewer": {"view"},
}


@pytest.mark.parametrize("role", [*Role.values, "", "superuser"])
def test_a_role_may_do_exactly_this(role):
    assert {act for act in ACTS if roles.may(role, act)} == MAY.get(role, set())


def test_every_role_is_in_the_table():
    assert set(roles.MAY) == set(Role.values)


@pytest.mark.django_db
def test_a_person_acts_for_the_organisation_joined_first(alice, harbour):
    second = make.organisation("Second", member=alice)
    assert accounts.principal_of_user(user=alice).organisation == harbour
    chosen = accounts.principal_of_user(user=alice, organisation=second.public_id)
    assert chosen.organisation == second


@pytest.mark.django_db
def test_nobody_acts_for_an_organisation_of_others(harbour, charlie, sally):
    assert accounts.principal_of_user(user=charlie, organisation=harbour.public_id) is None
    assert accounts.principal_of_user(user=sally) is None
