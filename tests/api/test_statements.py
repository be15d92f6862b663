import pytest

from compliance.models import EndUseStatement, Party
from marketplace.core.models import AuditEvent
from tests import make
from tests.api.asking import bearer, places, refused

pytestmark = pytest.mark.django_db
PATH = "end-use-statements"
SAID = {
    "wording": "2026-11",
    "end_use": "training",
    "text": "Our own models.",
    "signed_name": "Alice Lim",
}


@pytest.fixture
def unsigned(harbour):
    """`harbour` has signed nothing."""
    harbour.party = make.party("Harbour Light Ltd", signed=False)
    harbour.save()
    return harbour


def signed(of):
    return EndUseStatement.objects.filter(party=of.party)


def test_the_sentence_can_be_read_and_signed(unsigned, api):
    told = api.get(f"{PATH}/wording").json()
    assert told["wording"] == SAID["wording"]
    answer = api.post(PATH, SAID, key="once")
    assert answer.status_code == 201
    row = signed(unsigned).get()
    made = answer.json()
    assert made["id"] == str(row.public_id)
    assert answer["Location"] == f"/api/v1/{PATH}/{row.public_id}"
    assert (made["sentence"], made["withdrawn_at"]) == (told["sentence"], None)
    assert (row.party, row.signed_name, row.end_users) == (unsigned.party, "Alice Lim", "")
    assert Party.objects.get(pk=row.party.pk).end_use == "training"
    assert api.get(f"{PATH}/{row.public_id}").json() == made
    assert api.get(PATH).json()["results"] == [made]


def test_the_same_key_signs_once(unsigned, api):
    first = api.post(PATH, SAID, key="once").json()
    assert api.post(PATH, SAID, key="once").json() == first
    refused(api.post(PATH, {**SAID, "text": "Other."}, key="once"), 422, "idempotency-key-reused")
    assert signed(unsigned).count() == 1


@pytest.mark.parametrize(
    ("change", "status", "slug", "place"),
    [
        ({"end_use": "refused"}, 400, "invalid", "/end_use"),
        ({"text": ""}, 400, "invalid", "/text"),
        ({"text": "x" * 4001}, 400, "invalid", "/text"),
        ({"wording": "2020-01"}, 422, "refused", "/wording"),
        ({"founded_on": "2020-01-01"}, 400, "invalid", "/founded_on"),
    ],
)
def test_what_cannot_be_signed_names_its_place(unsigned, api, change, status, slug, place):
    problem = refused(api.post(PATH, {**SAID, **change}), status, slug)
    assert places(problem) == [f"#{place}"]
    assert not signed(unsigned).exists()


def test_withdrawing_it_leaves_it_on_record(unsigned, api):
    place = f"{PATH}/{api.post(PATH, SAID).json()['id']}"
    assert api.delete(place).status_code == 204
    assert api.delete(place).status_code == 204
    assert api.get(place).json()["withdrawn_at"] is not None
    event = AuditEvent.objects.get(verb="withdraw_end_use")
    assert event.actor_label == "alice@example.test"


def test_another_organisations_statement_is_not_there(unsigned, api, outsider, stranger):
    place = f"{PATH}/{api.post(PATH, SAID).json()['id']}"
    for act in (outsider.get, outsider.delete):
        refused(act(place), 404, "not-found")
    for act in (stranger.get, stranger.delete):
        refused(act(place), 401, "unauthenticated")
    theirs = [one["id"] for one in outsider.get(PATH).json()["results"]]
    assert len(theirs) == 1
    assert theirs[0] not in place
    assert not hasattr(signed(unsigned).get(), "withdrawn")


@pytest.mark.parametrize("role", ["billing", "engineer", "viewer"])
def test_only_an_owner_signs_and_withdraws(unsigned, api, role):
    other = bearer(make.api_key(unsigned, make.member(unsigned, role)))
    refused(other.post(PATH, SAID), 403, "forbidden")
    assert not signed(unsigned).exists()
    place = f"{PATH}/{api.post(PATH, SAID).json()['id']}"
    assert other.get(place).status_code == 200
    refused(other.delete(place), 403, "forbidden")


def test_an_offer_tells_what_is_on_record_about_its_place(api, offer):
    risks = api.get(f"offers/{offer.public_id}").json()["site_risks"]
    assert {one["dimension"] for one in risks} == {
        "geopolitical",
        "data_security",
        "export_control",
        "physical",
    }
    for one in risks:
        assert one["country"] == "MY"
        assert one["as_of"] == "2026-11-01"
        assert one["source"]
        assert one["verification"] == "unverified: to be checked by counsel"
