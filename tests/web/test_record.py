"""The organisation's record: its own acts, in full; ours without reasons; nobody else's."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from compliance import services as compliance
from marketplace.accounts import services as accounts
from marketplace.core import audit
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def lines(client, alice, harbour):
    client.force_login(alice)

    def read(**query):
        answer = client.get(reverse("record"), query)
        assert answer.status_code == 200
        return [(one.who, one.what, one.about, one.detail) for one in answer.context["lines"]]

    return read


def test_what_people_did_is_told_with_its_facts_newest_first(lines, alice, harbour):
    accounts.create_api_key(organisation=harbour, by=alice, name="ci", scopes=["view"], at=NOON)
    compliance.amend_party(party=harbour.party, by=alice.email, at=NOON + HOUR, hq_country="MY")
    assert lines() == [
        (alice.email, "amend party", "facts for screening", [("hq country", "SG → MY")]),
        (alice.email, "created key", "API key", [("name", "ci"), ("scopes", "view")]),
    ]


def test_acts_of_others_and_for_others_are_not_there(lines, alice, harbour, charlie):
    other = make.organisation("Second", member=alice)
    accounts.create_api_key(organisation=other, by=alice, name="other", at=NOON)
    outside = charlie.organisations.get()
    accounts.create_api_key(organisation=outside, by=charlie, name="theirs", at=NOON)
    assert lines() == []


def test_what_officers_find_about_the_party_stays_with_them(lines, harbour, sally):
    make.stake(harbour.party, "Hidden Owner", 6_000, by=sally.email, at=NOON)
    compliance.amend_party(party=harbour.party, by=sally.email, at=NOON, hq_country="MY")
    assert lines() == []


def test_what_staff_did_to_the_organisation_has_no_reasons(lines, harbour, sally):
    audit.record(
        verb="held payouts",
        subject=harbour,
        at=NOON,
        actor=sally.public_id,
        actor_label=sally.email,
        detail={"reason": "looks odd"},
    )
    assert lines() == [("Straits", "held payouts", "organisation", [])]


def test_who_left_stays_on_record(lines, alice, harbour):
    bob = make.member(harbour, "owner")
    compliance.amend_party(party=harbour.party, by=bob.email, at=NOON, hq_country="MY")
    accounts.remove_member(membership=bob.memberships.get(), by=alice, at=NOON + HOUR)
    assert [(who, what) for who, what, *_ in lines()] == [
        (alice.email, "removed"),
        (bob.email, "amend party"),
    ]


def test_one_line_and_sixty_cost_the_same_and_come_in_pages(client, lines, alice, harbour):
    def asked():
        with CaptureQueriesContext(connection) as made:
            lines()
        return len(made)

    accounts.create_api_key(organisation=harbour, by=alice, name="0", at=NOON)
    one = asked()
    for number in range(59):
        audit.record(verb=f"act {number}", subject=harbour, at=NOON, actor_label=alice.email)
    assert asked() == one
    assert (len(lines()), len(lines(page=2))) == (50, 10)


@pytest.mark.parametrize("role", ["billing", "engineer", "viewer"])
def test_only_owners_read_it(client, harbour, role):
    client.force_login(make.member(harbour, role))
    assert client.get(reverse("record")).status_code == 403
