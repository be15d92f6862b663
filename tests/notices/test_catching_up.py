"""What rooms below did is noticed by comparing."""

import pytest

from compliance import services as compliance
from compliance.models import Case
from marketplace.accounts import services as accounts
from marketplace.notices import services as notices
from marketplace.notices.models import Notice
from tests import make
from tests.compliance import caseroom
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db


def test_who_joined_is_told_once(harbour, alice):
    _, secret = accounts.invite(
        organisation=harbour, by=alice, email="new@example.test", role="viewer", at=NOON
    )
    assert notices.catch_up(at=NOON) == 0
    accounts.accept(secret=secret, user=make.user("new@example.test"), at=NOON)
    assert notices.catch_up(at=NOON + HOUR) == 1
    assert notices.catch_up(at=NOON + HOUR) == 0
    row = Notice.objects.get()
    assert (row.organisation, row.kind) == (harbour, "member.joined")
    assert row.facts == {"email": "new@example.test", "role": "viewer"}


def test_a_decided_review_is_told_without_what_it_found(market, harbour):
    party = harbour.party
    party.legal_name = party.parent_name = "Pelagik Dawn Systems Ltd"
    party.save()
    compliance.screen(party=party, question=None, at=NOON)
    case = Case.objects.get(party=party)
    assert notices.catch_up(at=NOON) == 0
    caseroom.decided(case)
    assert notices.catch_up(at=NOON + HOUR) == 1
    assert notices.catch_up(at=NOON + HOUR) == 0
    row = Notice.objects.get()
    assert (row.organisation, row.kind, row.facts) == (harbour, "screening.decided", {})
