import pytest
from django.core.management import call_command
from django.utils.timezone import now

from compliance import services as compliance
from compliance.models import Case, CaseEvent
from tests import make
from tests.api.asking import bearer, refused
from tests.compliance import caseroom

pytestmark = pytest.mark.django_db
PATH = "organisation/screening"


@pytest.fixture
def asked(open_market, harbour):
    """What an officer asked of harbour, which does not say what it rents for."""
    compliance.amend_party(party=harbour.party, by="x", at=now(), end_use_statement="")
    compliance.screen(party=harbour.party, question=None, at=now())
    case = compliance.assign_case(case=Case.objects.get(), by=caseroom.officer(), at=now())
    return compliance.request_information(case=case, by=caseroom.officer(), text="Who?", at=now())


def answer_path(asked):
    return f"{PATH}/requests/{asked.public_id}/answer"


@pytest.mark.parametrize(
    ("facts", "standing"),
    [
        ({}, "cleared"),
        ({"end_use_statement": ""}, "under review"),
        ({"end_use": "military"}, "not available"),
    ],
)
def test_the_standing_is_one_of_three_words(api, open_market, harbour, facts, standing):
    compliance.amend_party(party=harbour.party, by="x", at=now(), **facts)
    assert api.get(PATH).json() == {"standing": standing, "requests": []}


def test_without_a_fresh_list_nobody_is_cleared(api, harbour):
    call_command("load_reference", verbosity=0)
    assert api.get(PATH).json()["standing"] == "not available"


def test_what_we_ask_is_seen_and_answered_once(api, asked):
    [told] = api.get(PATH).json()["requests"]
    assert (told["id"], told["text"]) == (str(asked.public_id), "Who?")
    assert (told["answered_at"], told["answer"]) == (None, None)
    done = api.post(answer_path(asked), {"text": "Us."})
    assert (done.status_code, done.json()["answer"]) == (200, "Us.")
    assert api.get(PATH).json()["requests"] == [done.json()]
    refused(api.post(answer_path(asked), {"text": "Them."}), 409, "answered-already")
    assert CaseEvent.objects.get(kind="answered").text == "Us."


@pytest.mark.parametrize("content", [{}, {"text": ""}, {"text": "x" * 4001}, {"text": "x", "y": 1}])
def test_what_has_not_the_form_is_refused(api, asked, content):
    for path in (answer_path(asked), f"{PATH}/ask"):
        refused(api.post(path, content), 400, "invalid")
    assert not CaseEvent.objects.filter(kind__in=["asked", "answered"]).exists()


def test_asking_is_taken_up_and_not_by_who_is_cleared(api, asked, harbour):
    told = api.post(f"{PATH}/ask", {"text": "Please look."})
    assert (told.status_code, told.json()["text"]) == (202, "Please look.")
    assert CaseEvent.objects.get(kind="asked").case == asked.case
    other = make.organisation("Clear")
    theirs = bearer(make.api_key(other, make.member(other, "owner")))
    refused(theirs.post(f"{PATH}/ask", {"text": "Why?"}), 422, "refused")


def test_a_decided_case_takes_no_answer(api, asked):
    caseroom.propose(Case.objects.get(), "uphold")
    for _ in range(2):
        caseroom.approve(Case.objects.get())
    refused(api.post(answer_path(asked), {"text": "Us."}), 409, "wrong-state")


# --- who gets in


def test_another_organisation_finds_nothing(api, outsider, stranger, asked):
    assert outsider.get(PATH).json() == {"standing": "cleared", "requests": []}
    refused(outsider.post(answer_path(asked), {"text": "x"}), 404, "not-found")
    for answer in (stranger.get(PATH), stranger.post(answer_path(asked), {"text": "x"})):
        refused(answer, 401, "unauthenticated")
    refused(stranger.post(f"{PATH}/ask", {"text": "x"}), 401, "unauthenticated")
    assert not CaseEvent.objects.filter(kind__in=["asked", "answered"]).exists()


@pytest.mark.parametrize("role", ["viewer", "engineer", "billing"])
def test_only_owners_ask_and_answer(harbour, asked, role):
    member = bearer(make.api_key(harbour, make.member(harbour, role)))
    assert member.get(PATH).status_code == 200
    for path in (answer_path(asked), f"{PATH}/ask"):
        refused(member.post(path, {"text": "x"}), 403, "forbidden")
    assert not CaseEvent.objects.filter(kind__in=["asked", "answered"]).exists()
