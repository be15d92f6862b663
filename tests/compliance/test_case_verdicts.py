"""Two people decide, and the database insists on it."""

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction

from compliance import services
from compliance.models import Case, CaseDecision, Clearing, ReviewClearance
from compliance.services.cases.clearing import grant
from marketplace.accounts.models import Membership
from marketplace.core.states import IllegalMove
from tests import make
from tests.compliance import caseroom
from tests.compliance.caseroom import approve, assigned, newest, officer, propose
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ready():
    return caseroom.ready()


def kinds(case):
    return list(case.events.order_by("pk").values_list("kind", flat=True))


def proposed(verdict="clear"):
    case = assigned()
    propose(case, verdict)
    return Case.objects.get(pk=case.pk)


def test_two_signatures_decide_and_one_does_not():
    case, first, second = proposed(), officer(), officer()
    assert approve(case, by=first).state == "proposed"
    assert not Clearing.objects.exists()
    assert approve(case, by=second, at=NOON + HOUR).state == "decided"
    assert kinds(case)[2:] == ["proposed", "approved", "approved", "decided"]
    signatures = CaseDecision.objects.order_by("pk")
    assert [(one.actor, one.role, one.verdict, one.reason) for one in signatures] == [
        (first.public_id, "other", "approve", "I agree."),
        (second.public_id, "other", "approve", "I agree."),
    ]
    cleared = Clearing.objects.first()
    assert (cleared.approved_by_1, cleared.approved_by_2) == (first.public_id, second.public_id)
    assert (cleared.granted_at, cleared.expires_at) == (NOON + HOUR, NOON + (1 + 365 * 24) * HOUR)


def test_who_proposes_may_be_one_of_the_two():
    case, by = assigned(), officer()
    propose(case, by=by)
    assert approve(case, by=by).state == "proposed"
    assert CaseDecision.objects.get().role == "proposer"
    assert approve(case).state == "decided"


def test_nobody_signs_twice():
    case, by = proposed(), officer()
    approve(case, by=by)
    for verb in (services.approve_verdict, services.reject_verdict):
        with pytest.raises(services.SignedAlready, match="another officer must"):
            verb(case=case, by=by, reason="Again.", at=NOON)
    assert kinds(case)[2:] == ["proposed", "approved"]
    assert Case.objects.get().state == "proposed"


def test_one_against_sends_it_back_and_the_next_proposal_starts_anew():
    case, one, other = proposed(), officer(), officer()
    approve(case, by=one)
    rejected = services.reject_verdict(case=case, by=other, reason="No extract.", at=NOON)
    assert rejected.state == "assigned"
    assert kinds(case)[2:] == ["proposed", "approved", "rejected"]
    propose(case)
    assert approve(Case.objects.get(), by=one).state == "proposed"
    assert approve(Case.objects.get(), by=other).state == "decided"


def test_a_member_of_the_partys_organisation_neither_proposes_nor_signs():
    case, insider = proposed(), officer()
    organisation = make.organisation(party=case.party)
    Membership.objects.create(user=insider, organisation=organisation, role="viewer")
    with pytest.raises(services.NotAnOfficer, match="belongs to"):
        approve(case, by=insider)
    services.reject_verdict(case=case, by=officer(), reason="x", at=NOON)
    with pytest.raises(services.NotAnOfficer, match="belongs to"):
        propose(Case.objects.get(), by=insider)
    assert kinds(case)[2:] == ["proposed", "rejected"]


def test_what_was_not_proposed_cannot_be_signed():
    case = assigned()
    for verb in (services.approve_verdict, services.reject_verdict):
        with pytest.raises(IllegalMove, match="no verdict is proposed"):
            verb(case=case, by=officer(), reason="x", at=NOON)
    assert not CaseDecision.objects.exists()


def test_a_decided_case_takes_no_more_acts_but_notes_and_closing():
    case, by = caseroom.decided(), officer()
    for verb in (services.request_information, services.escalate_case):
        with pytest.raises(IllegalMove):
            verb(case=case, by=by, text="x", at=NOON)
    with pytest.raises(IllegalMove):
        services.assign_case(case=case, by=by, at=NOON)
    services.note_case(case=case, by=by, text="x", at=NOON)
    assert services.close_case(case=case, by=by, text="Filed.", at=NOON).state == "closed"
    assert kinds(case)[-2:] == ["note", "closed"]


@pytest.mark.parametrize("state", ["open", "assigned", "waiting", "escalated", "proposed"])
def test_only_a_decided_case_is_closed(state):
    case = proposed()
    Case.objects.update(state=state)
    case.refresh_from_db()
    with pytest.raises(IllegalMove):
        services.close_case(case=case, by=officer(), text="x", at=NOON)


# --- the database


@pytest.mark.parametrize("state", ["decided", "closed"])
@pytest.mark.parametrize("signatures", [0, 1])
def test_by_hand_a_case_is_not_decided_with_fewer_than_two(state, signatures):
    case = proposed()
    for _ in range(signatures):
        approve(case)
    told = f"cannot be {state}: {signatures} of two officers approved"
    with pytest.raises(IntegrityError, match=told), transaction.atomic():
        run("UPDATE compliance_case SET state = %s WHERE id = %s", state, case.pk)
    assert Case.objects.get().state == "proposed"


def test_by_hand_a_case_does_not_begin_as_decided():
    case = proposed()
    case.pk, case.kind, case.state, case.public_id = None, "flip", "decided", make.BOOT
    with pytest.raises(IntegrityError, match="0 of two"), transaction.atomic():
        case.save(force_insert=True)


def test_by_hand_signatures_against_and_under_another_proposal_do_not_count():
    case = proposed()
    approve(case)
    services.reject_verdict(case=case, by=officer(), reason="x", at=NOON)
    propose(case)
    approve(Case.objects.get())
    with pytest.raises(IntegrityError, match="1 of two"), transaction.atomic():
        run("UPDATE compliance_case SET state = 'decided'")


def test_by_hand_no_signature_is_given_twice():
    case, by = proposed(), officer()
    approve(case, by=by)
    row = CaseDecision.objects.get()
    row.pk, row.public_id = None, make.BOOT
    with pytest.raises(IntegrityError, match="case_signed_once"), transaction.atomic():
        row.save(force_insert=True)


def test_by_hand_nothing_is_granted_by_a_case_with_one_approver():
    case, one, other = proposed(), officer(), officer()
    approve(case, by=one)
    case.refresh_from_db()
    with pytest.raises(IntegrityError, match="no decided case with two"), transaction.atomic():
        grant(case, case.proposal, [one.public_id, other.public_id], NOON)
    assert not Clearing.objects.exists()


def test_by_hand_a_decided_case_grants_just_what_was_proposed():
    case = caseroom.decided()
    given = Clearing.objects.first()
    for name, other in (
        ("entry_uid", "990002"),
        ("scorer", "another"),
        ("approved_by_2", make.BOOT),
        ("party", make.party()),
    ):
        copy = Clearing.objects.get(pk=given.pk)
        copy.pk, copy.public_id = None, make.BOOT
        setattr(copy, name, other)
        with pytest.raises(IntegrityError, match="no decided case with two"), transaction.atomic():
            copy.save(force_insert=True)
    copy = Clearing.objects.get(pk=given.pk)
    copy.pk, copy.public_id, copy.approved_by_2 = None, make.BOOT, copy.approved_by_1
    with pytest.raises(DatabaseError), transaction.atomic():
        copy.save(force_insert=True)
    assert set(Clearing.objects.values_list("case", flat=True)) == {case.pk}
    assert Clearing.objects.count() == len(case.proposal.detail["entries"])


# --- what may be proposed


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ({"verdict": "allow"}, "verdict"),
        ({"verdict": ""}, "verdict"),
        ({"verdict": "clear", "entries": []}, "entries"),
        ({"verdict": "reviewed", "rules": []}, "rules"),
        ({"verdict": "clear", "entries": [{"source": "ofac_sdn", "entry_uid": "1"}]}, "entries"),
        ({"verdict": "reviewed", "rules": [{"rule_id": "P020"}]}, "rules"),
        ({"verdict": "uphold", "entries": [{"source": "ofac_sdn"}]}, "entries"),
        ({"verdict": "settled", "rules": [{"rule_id": "P020"}]}, "rules"),
    ],
)
def test_a_verdict_that_rests_on_nothing_is_refused(content, place):
    case = assigned()
    with pytest.raises(ValidationError) as refused:
        propose(case, **content)
    assert list(refused.value.message_dict) == [place]
    assert kinds(case) == ["opened", "assigned"]
    assert Case.objects.get().state == "assigned"


def test_no_verdict_without_a_reason():
    case = assigned()
    with pytest.raises(ValidationError, match="Write something"):
        services.propose_verdict(case=case, by=officer(), verdict="uphold", reason=" ", at=NOON)
    propose(case, "uphold")
    with pytest.raises(ValidationError, match="Write something"):
        services.approve_verdict(case=case, by=officer(), reason=" ", at=NOON)
    assert not CaseDecision.objects.exists()


def test_what_the_lists_say_is_never_reviewed_away():
    case = caseroom.opened("3M")
    assert [rule["rule"] for rule in newest(case).reasons["rules"]] == ["P021"]
    assert services.reviews(newest(case)) == []


@pytest.mark.parametrize(("facts", "chip"), [({"hq_country": "CN"}, "H200 SXM"), ({}, "MI308X")])
def test_only_rules_that_ask_for_a_review_can_be_reviewed(facts, chip):
    decision = caseroom.screen(make.party(**facts), chip=chip)
    found = {one["rule_id"] for one in services.reviews(decision)}
    rules = {rule["rule"]: rule["outcome"] for rule in decision.reasons["rules"]}
    assert {rules[rule] for rule in found} == {"manual_review"}
    assert not {rule for rule in found if rules[rule] != "manual_review"}


def test_upholding_and_settling_grant_nothing():
    caseroom.decided(verdict="uphold")
    caseroom.decided(caseroom.opened("Peladawn"), verdict="settled")
    assert not Clearing.objects.exists()
    assert not ReviewClearance.objects.exists()


def run(query, *values):
    with connection.cursor() as cursor:
        cursor.execute(query, values)
