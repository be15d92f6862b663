"""What opens a case, and how it is worked on."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from compliance import services
from compliance.models import Case, CaseDeadline, CaseDocument, CaseEvent, PolicyRule
from compliance.tasks import pass_deadlines
from marketplace.core.states import IllegalMove
from tests import make
from tests.compliance import caseroom, ofac
from tests.compliance.caseroom import PDF, assigned, officer, opened, screen
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ready():
    return caseroom.ready()


def kinds(case):
    return list(case.events.order_by("pk").values_list("kind", flat=True))


# --- what opens a case


@pytest.mark.parametrize(
    ("facts", "chip", "kind", "risk"),
    [
        ({"legal_name": "Pelagik Dawn Systems Ltd"}, "", "name_match", "medium"),
        ({"legal_name": "3M"}, "", "name_match", "high"),
        ({"legal_name": "3M", "end_use": "military"}, "", "name_match", "critical"),
        ({"registration_number": ""}, "", "information", "low"),
        ({"end_use_statement": ""}, "", "information", "low"),
        ({"hq_country": "CN"}, "", "red_flag", "low"),
        ({}, "MI308X", "rental", "low"),
        ({"hq_country": "CN"}, "H200 SXM", "rental", "low"),
        ({"parent_name": "Pelagik Dawn Systems Ltd"}, "", "name_match", "medium"),
    ],
)
def test_what_a_person_must_look_at_is_a_case(facts, chip, kind, risk):
    decision = screen(make.party(**facts), chip=chip)
    case = Case.objects.get()
    assert (case.kind, case.risk, case.state) == (kind, risk, "open")
    assert (case.decision, case.party, case.opened_at) == (decision, decision.party, NOON)
    hours = {"critical": 4, "high": 24, "medium": 72, "low": 120}[risk]
    assert case.deadline == NOON + hours * HOUR
    [event] = case.events.all()
    assert (event.kind, event.decision, event.actor_label) == ("opened", decision, "system")
    assert event.detail == {"risk": risk, "reasons": case.reasons}


def test_a_director_like_a_listed_person_is_a_case_about_ownership():
    party = make.party()
    make.director(party, "Ysolde Vellacott-Zarrin")
    screen(party)
    case = Case.objects.get()
    assert (case.kind, case.risk) == ("ownership", "critical")
    assert case.reasons[0].startswith("director Ysolde Vellacott-Zarrin is like ofac_sdn 990013 ")


@pytest.mark.parametrize(
    "facts", [{"legal_name": "Pelagic Dawn Systems Ltd"}, {"hq_country": "RU"}]
)
def test_a_first_refusal_opens_none(facts):
    assert screen(make.party(**facts)).outcome == "deny"
    assert not Case.objects.exists()


def test_nothing_opens_a_case_on_a_stale_list():
    party = make.party("Pelagik Dawn Systems Ltd")
    assert screen(party, at=NOON + 25 * HOUR).outcome == "deny_temporary"
    assert not Case.objects.exists()


def test_who_is_allowed_costs_no_query_of_cases():
    party = make.party()
    screen(party)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert screen(party).outcome == "allow"
    assert not [query for query in asked if "compliance_case" in query["sql"]]
    assert not [query for query in asked if "FOR NO KEY UPDATE" in query["sql"]]


def test_a_clearance_that_falls_is_a_critical_case():
    party = make.party()
    assert screen(party, chip="H200 SXM").outcome == "allow"
    services.amend_party(party=party, by="staff", at=NOON, end_use="military")
    assert screen(party).outcome == "deny"
    assert not Case.objects.exists()
    fallen = screen(party, chip="H200 SXM")
    assert fallen.outcome == "deny"
    case = Case.objects.get()
    assert (case.kind, case.risk, case.decision) == ("flip", "critical", fallen)
    assert case.reasons == ["rule P050 v1", "rule P052 v1"]  # nothing signed says so


def test_the_same_reasons_again_add_nothing_and_new_ones_an_event():
    case = opened()
    screen(case.party)
    assert kinds(case) == ["opened"]
    services.amend_party(party=case.party, by="staff", at=NOON, native_name="Peladawn")
    later = screen(case.party, at=NOON + HOUR)
    case.refresh_from_db()
    recurred = case.events.get(kind="recurred")
    assert (recurred.decision, len(recurred.detail["reasons"])) == (later, 1)
    assert recurred.detail["reasons"][0].startswith("native_name is like ofac_sdn 990001 ")
    assert set(recurred.detail["reasons"]) < set(case.reasons)
    assert Case.objects.count() == 1


def test_an_amended_party_is_noted_so_that_officers_decide_on_the_party_as_it_is():
    case = opened()
    name = "Pelagik Dawn Systems Limited"
    services.amend_party(party=case.party, by="staff", at=NOON, legal_name=name, parent_name=name)
    later = screen(case.party)
    screen(case.party)
    assert kinds(case) == ["opened", "recurred"]
    assert case.events.get(kind="recurred").detail == {"risk": "medium", "reasons": []}
    caseroom.decided(case)
    assert set(case.clearings.values_list("subject_sha256", flat=True)) <= {
        name["subject"] for name in later.reasons["names"]
    }
    assert screen(case.party).outcome == "allow"


def test_a_graver_reason_makes_the_case_more_urgent():
    case = opened()
    assert case.deadline == NOON + 72 * HOUR
    services.amend_party(party=case.party, by="staff", at=NOON, legal_name="3M", parent_name="3M")
    screen(case.party, at=NOON + HOUR)
    case.refresh_from_db()
    assert (case.risk, case.deadline) == ("high", NOON + 25 * HOUR)


def test_two_kinds_are_two_cases_and_one_kind_is_one():
    party = make.party(registration_number="")
    screen(party)
    screen(party, chip="MI308X")
    screen(party, chip="H20")
    assert sorted(Case.objects.values_list("kind", flat=True)) == ["information", "rental"]
    case = Case.objects.get(kind="rental")
    assert "rule P044 v1 for H20 in MY" in case.reasons
    with pytest.raises(IntegrityError, match="case_once_open"), transaction.atomic():
        Case.objects.create(
            party=party, kind="rental", risk="low", decision=case.decision, state="open",
            reasons=[], opened_at=NOON, deadline=NOON,
        )  # fmt: skip


def test_a_refused_window_leaves_neither_decision_nor_case(monkeypatch):
    monkeypatch.setattr("compliance.services.cases.opening.note", lambda *_, **__: 1 / 0)
    party = make.party("Pelagik Dawn Systems Ltd")
    with pytest.raises(ZeroDivisionError):
        screen(party)
    assert not party.decisions.exists()
    assert not Case.objects.exists()


def test_an_upheld_verdict_opens_no_case_for_the_same_reasons_until_the_party_changes():
    case = caseroom.decided(verdict="uphold")
    assert screen(case.party).outcome == "manual_review"
    assert Case.objects.count() == 1
    services.amend_party(party=case.party, by="staff", at=NOON, registration_number="7")
    screen(case.party)
    assert [one.state for one in Case.objects.order_by("pk")] == ["decided", "open"]


def test_an_upheld_verdict_says_nothing_of_other_reasons():
    case = caseroom.decided(verdict="uphold")
    PolicyRule.objects.create(
        rule_id="T900", effective_from=NOON.date(), outcome="manual_review", reason="A new rule.",
        conditions={"fact": "name_match", "is": "possible"}, citation="test",
    )  # fmt: skip
    screen(case.party)
    assert Case.objects.live().get().reasons[-1] == "rule T900 v1"


def test_a_case_settled_while_nothing_changed_is_open_again_at_the_next_screening():
    case = caseroom.decided(verdict="settled")
    screen(case.party)
    assert Case.objects.live().get().kind == "name_match"


def test_officers_set_how_long_a_risk_may_take():
    CaseDeadline.objects.create(risk="medium", hours=5)
    assert opened().deadline == NOON + 5 * HOUR


# --- working on it


def test_an_officer_takes_a_case_and_it_is_told():
    case, by = opened(), officer()
    assert services.assign_case(case=case, by=by, at=NOON).state == "assigned"
    case.refresh_from_db()
    assert (case.assignee, case.assignee_label) == (by.public_id, by.email)
    event = case.events.get(kind="assigned")
    assert (event.actor, event.actor_label, event.at) == (by.public_id, by.email, NOON)
    other = officer()
    services.assign_case(case=case, by=other, at=NOON)
    assert kinds(case) == ["opened", "assigned", "assigned"]
    assert Case.objects.get().assignee == other.public_id


def test_a_request_waits_for_its_answer_and_the_answer_hands_it_back(harbour, alice):
    harbour.party.legal_name = "Pelagik Dawn Systems Ltd"
    harbour.party.save()
    screen(harbour.party)
    case = assigned(Case.objects.get())
    by = officer()
    first = services.request_information(case=case, by=by, text="Your register extract?", at=NOON)
    second = services.request_information(case=case, by=by, text="Who directs you?", at=NOON)
    assert Case.objects.get().state == "waiting"
    services.answer_request(
        request=first, by=alice, text="Here.", at=NOON,
        uploads=[services.Upload("extract.pdf", PDF)],
    )  # fmt: skip
    assert Case.objects.get().state == "waiting"
    services.answer_request(request=second, by=alice, text="Ada.", at=NOON)
    assert Case.objects.get().state == "assigned"
    assert kinds(case)[2:] == ["requested", "requested", "document", "answered", "answered"]
    [document] = services.documents_of(party=harbour.party)
    assert (document.name, document.media_type, bytes(document.content)) == (
        "extract.pdf",
        "application/pdf",
        PDF,
    )
    told = CaseEvent.objects.get(kind="document").detail
    assert (told["sha256"], told["size"]) == (document.sha256, len(PDF))


def test_a_request_is_answered_once_and_not_after_the_verdict(alice):
    case = assigned()
    request = services.request_information(case=case, by=officer(), text="Who?", at=NOON)
    services.answer_request(request=request, by=alice, text="Us.", at=NOON)
    with pytest.raises(services.AnsweredAlready):
        services.answer_request(
            request=request, by=alice, text="Them.", at=NOON,
            uploads=[services.Upload("x.pdf", PDF)],
        )  # fmt: skip
    other = services.request_information(case=Case.objects.get(), by=officer(), text="?", at=NOON)
    case = Case.objects.get()
    caseroom.propose(case, "uphold")
    caseroom.approve(case)
    caseroom.approve(case)
    with pytest.raises(IllegalMove):
        services.answer_request(request=other, by=alice, text="Us.", at=NOON)
    assert CaseEvent.objects.filter(kind="answered").count() == 1
    assert not CaseDocument.objects.exists()


@pytest.mark.parametrize("text", ["", "  ", "x" * 4001, "null\x00"])
def test_what_is_no_text_is_refused(text):
    case = assigned()
    for verb in (services.note_case, services.request_information, services.escalate_case):
        with pytest.raises(ValidationError):
            verb(case=case, by=officer(), text=text, at=NOON)
    assert kinds(case) == ["opened", "assigned"]
    assert Case.objects.get().state == "assigned"


@pytest.mark.parametrize(
    ("verb", "content"),
    [
        (services.assign_case, {}),
        (services.note_case, {"text": "x"}),
        (services.request_information, {"text": "x"}),
        (services.escalate_case, {"text": "x"}),
        (services.close_case, {"text": "x"}),
        (services.add_document, {"name": "x.pdf", "content": PDF}),
        (services.propose_verdict, {"verdict": "uphold", "reason": "x"}),
        (services.approve_verdict, {"reason": "x"}),
        (services.reject_verdict, {"reason": "x"}),
    ],
)
def test_without_the_permission_nothing_is_done(verb, content):
    case = assigned()
    caseroom.propose(case, "uphold")
    before = kinds(case)
    approving = verb in (services.approve_verdict, services.reject_verdict)
    lesser = officer("work_cases" if approving else "approve_cases")
    with pytest.raises(services.NotAnOfficer):
        verb(case=case, by=lesser, at=NOON, **content)
    assert kinds(case) == before
    assert Case.objects.get().state == "proposed"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"<html>%PDF-", "PDF, PNG or JPEG"),
        (b"", "PDF, PNG or JPEG"),
        (b"GIF89a", "PDF, PNG or JPEG"),
        (PDF + b"x" * (10 * 2**20), "10 MB"),
    ],
)
def test_a_file_of_another_type_or_too_large_is_refused(content, told):
    case = assigned()
    with pytest.raises(ValidationError, match=told):
        services.add_document(case=case, by=officer(), name="x.pdf", content=content, at=NOON)
    assert not CaseDocument.objects.exists()
    assert kinds(case) == ["opened", "assigned"]


def test_a_file_is_named_by_what_it_holds_and_kept_once():
    case, by = assigned(), officer()
    keep = lambda name: services.add_document(  # noqa: E731
        case=case, by=by, name=name, content=PDF, at=NOON
    )
    kept = keep('../../etc/"pass\r\nwd".html')
    assert kept.name == "_pass__wd_.pdf"
    assert keep("other.pdf") == kept
    assert kinds(case) == ["opened", "assigned", "document"]


def test_a_case_holds_so_many_files_and_no_more(monkeypatch):
    monkeypatch.setattr("compliance.services.cases.documents.MOST", 1)
    case, by = assigned(), officer()
    services.add_document(case=case, by=by, name="a", content=PDF, at=NOON)
    with pytest.raises(ValidationError, match="1 files at most"):
        services.add_document(case=case, by=by, name="b", content=PDF + b"2", at=NOON)
    assert CaseDocument.objects.get().name == "a.pdf"


# --- deadlines


def test_a_deadline_that_passes_escalates_once(monkeypatch):
    case = opened()
    before = case.deadline - timedelta(microseconds=1)
    services.pass_deadlines(at=before)
    assert kinds(case) == ["opened"]
    monkeypatch.setattr("compliance.tasks.now", lambda: case.deadline)
    pass_deadlines()
    pass_deadlines()
    assert kinds(case) == ["opened", "deadline_passed", "escalated"]
    row = Case.objects.get()
    assert (row.state, row.deadline_passed_at) == ("escalated", case.deadline)
    assigned(row)
    services.pass_deadlines(at=case.deadline + HOUR)
    assert Case.objects.get().state == "assigned"


def test_a_proposed_verdict_stays_proposed_when_the_deadline_passes():
    case = assigned()
    caseroom.propose(case)
    services.pass_deadlines(at=case.deadline)
    assert kinds(case)[-1] == "deadline_passed"
    assert Case.objects.get().state == "proposed"


def test_one_case_that_fails_does_not_stop_the_others(monkeypatch):
    first, second = opened(), opened("Peladawn")
    real = services.cases.working.note

    def fails(case, *args, **content):
        if case == first:
            raise RuntimeError
        return real(case, *args, **content)

    monkeypatch.setattr(services.cases.working, "note", fails)
    services.pass_deadlines(at=NOON + 100 * HOUR)
    states = [(one.state, one.deadline_passed_at) for one in Case.objects.order_by("pk")]
    assert states == [("open", None), ("escalated", NOON + 100 * HOUR)]
    assert second.events.count() == 3


# --- evidence


@pytest.mark.parametrize(
    "table",
    ["caseevent", "casedecision", "casedocument", "clearing"],
)
@pytest.mark.parametrize("sql", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_what_happened_cannot_be_rewritten(table, sql):
    case = assigned()
    services.add_document(case=case, by=officer(), name="a", content=PDF, at=NOON)
    caseroom.propose(case)
    caseroom.approve(case)
    caseroom.approve(case)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        refused = pytest.raises(DatabaseError, match="is forbidden: its rows are evidence")
        with refused, transaction.atomic():
            cursor.execute(sql.format(f"compliance_{table}"))


@pytest.mark.parametrize("sql", ["DELETE FROM compliance_case", "TRUNCATE compliance_case CASCADE"])
def test_a_case_is_never_removed(sql):
    opened()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="is forbidden"), transaction.atomic():
            cursor.execute(sql)


def test_a_case_stays_about_what_it_was_opened_for():
    case = opened()
    with pytest.raises(DatabaseError, match="cannot change"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(party=make.party())
    assert Case.objects.get().party == case.party


def test_a_document_is_what_its_hash_says():
    document = services.add_document(case=assigned(), by=officer(), name="a", content=PDF, at=NOON)
    facts = {"case": document.case, "name": "b", "media_type": "image/png", "by_party": False}
    facts |= {"sha256": "0" * 64, "size": 1, "uploaded_by": "x", "uploaded_at": NOON}
    with pytest.raises(IntegrityError, match="case_document_named_by_hash"), transaction.atomic():
        CaseDocument.objects.create(content=b"x", **facts)


def test_a_list_that_changed_an_entry_brings_a_new_reason(tmp_path):
    case = opened()
    parties = ofac.numbered(30)
    parties.append(ofac.party(990001, "PELAGIC DAWN SYSTEMS LTD.", remarks="Other remarks."))
    services.import_list(
        source_code="ofac_sdn", folder=ofac.write(tmp_path / "new", *parties), published_on=None,
        at=NOON + HOUR, sample=True,
    )  # fmt: skip
    screen(case.party, at=NOON + HOUR)
    assert kinds(case) == ["opened", "recurred"]
