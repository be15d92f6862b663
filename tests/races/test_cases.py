"""Four eyes under threads: one officer is one, however fast; and what happens without the guard."""

import pytest
from django.db import IntegrityError, connection, transaction

from compliance import services
from compliance.models import Case, CaseDecision, CaseEvent, Clearing
from compliance.services.cases import deciding
from tests import make
from tests.compliance import caseroom
from tests.compliance.caseroom import officer
from tests.make import NOON
from tests.race import all_have_called, together

pytestmark = pytest.mark.django_db(transaction=True)
GUARD = next(c for c in CaseDecision._meta.constraints if c.name == "case_signed_once")


@pytest.fixture
def proposed(db):
    caseroom.ready()
    case = caseroom.assigned()
    caseroom.propose(case)
    return Case.objects.get()


@pytest.fixture
def unguarded():
    """A signature may be given twice, and nobody waits for anybody."""
    with connection.schema_editor() as editor:
        editor.remove_constraint(CaseDecision, GUARD)
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("DELETE FROM compliance_casedecision")
        cursor.execute("SET session_replication_role = origin")
    with connection.schema_editor() as editor:
        editor.add_constraint(CaseDecision, GUARD)


def approvals(*officers):
    return together(
        *[
            lambda by=by: services.approve_verdict(
                case=Case.objects.get(), by=by, reason="I agree.", at=NOON
            )
            for by in officers
        ]
    )


def test_one_officer_twice_at_once_is_one_signature(proposed):
    by = officer()
    outcome = approvals(by, by)
    assert sorted(type(one).__name__ for one in outcome) == ["Case", "SignedAlready"]
    assert CaseDecision.objects.count() == 1
    assert Case.objects.get().state == "proposed"
    assert not Clearing.objects.exists()


def test_control_without_the_constraint_one_officer_signs_twice_and_a_count_of_rows_is_fooled(
    proposed, unguarded
):
    """If this gives one signature, the race above proves nothing. The trigger still refuses."""
    by = officer()
    outcome = approvals(by, by)
    [refused] = [one for one in outcome if isinstance(one, IntegrityError)]
    assert "cannot be decided: 1 of two officers approved" in str(refused)
    with transaction.atomic():
        deciding._signed(Case.objects.get(), by, "approve", "Again.", NOON)
    assert CaseDecision.objects.filter(actor=by.public_id).count() == 2
    assert Case.objects.get().state == "proposed"
    assert not Clearing.objects.exists()


def test_two_officers_at_once_decide_once(proposed):
    outcome = approvals(officer(), officer())
    assert sorted(one.state for one in outcome) == ["decided", "proposed"]
    assert Case.objects.get().state == "decided"
    assert Clearing.objects.count() == len(proposed.proposal.detail["entries"])


def test_three_officers_at_once_decide_once(proposed):
    outcome = approvals(officer(), officer(), officer())
    assert [type(one).__name__ for one in outcome].count("IllegalMove") == 1
    assert CaseDecision.objects.count() == 2
    assert CaseEvent.objects.filter(kind="decided").count() == 1
    assert Clearing.objects.count() == len(proposed.proposal.detail["entries"])


def test_decisions_at_once_open_one_case(db):
    caseroom.ready()
    party = make.party("Pelagik Dawn Systems Ltd")
    calls = [lambda: services.screen(party=party, question=None, at=NOON)] * 6
    outcome = together(*calls)
    assert {one.outcome for one in outcome} == {"manual_review"}
    case = Case.objects.get()
    assert [event.kind for event in case.events.all()] == ["opened"]


def test_control_without_the_lock_opening_collides(db, monkeypatch):
    """If this stops colliding, the race above proves nothing."""
    from compliance.services.cases import opening

    monkeypatch.setattr(opening, "_lock", lambda party_id: None)
    monkeypatch.setattr(opening, "_upheld", all_have_called(opening._upheld, 3))
    caseroom.ready()
    party = make.party("Pelagik Dawn Systems Ltd")
    outcome = together(*[lambda: services.screen(party=party, question=None, at=NOON)] * 3)
    assert any("case_once_open" in str(one) for one in outcome)
    assert Case.objects.count() == 1


def test_a_request_is_answered_once_by_two_at_once(db):
    caseroom.ready()
    case = caseroom.assigned()
    request = services.request_information(case=case, by=officer(), text="Who?", at=NOON)
    people = [make.user(), make.user()]
    outcome = together(
        *[
            lambda by=by: services.answer_request(request=request, by=by, text="Us.", at=NOON)
            for by in people
        ]
    )
    assert sorted(type(one).__name__ for one in outcome) == ["AnsweredAlready", "CaseEvent"]
    assert Case.objects.get().state == "assigned"
