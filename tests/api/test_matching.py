"""The lists as a service in yente's shape, driven with the bodies that its documentation shows."""

import json
import threading

import pytest
from django.contrib.auth.models import Permission
from django.utils.timezone import now
from rest_framework.test import APIClient

from compliance import index as held
from compliance import services as compliance
from compliance.matching import Bands
from marketplace.api.matching.examples import queries_of
from marketplace.api.throttling import PerKeyThrottle
from tests import make
from tests.api.asking import places, refused
from tests.compliance import ofac
from tests.make import HOUR

pytestmark = pytest.mark.django_db
#: of https://www.opensanctions.org/docs/api/matching/ and /docs/api/quickstart/
PERSON = {
    "schema": "Person",
    "properties": {
        "name": ["Arkadiii Romanovich Rotenberg", "Ротенберг Аркадий"],
        "birthDate": ["1951"],
        "nationality": ["Russia"],
    },
}
COMPANY = {
    "schema": "Company",
    "properties": {"name": ["Stroygazmontazh"], "jurisdiction": ["Russia"]},
}
PARTS = {
    "schema": "Person",
    "properties": {
        "firstName": ["Arkadii"],
        "fatherName": ["Romanovich"],
        "lastName": ["Rotenberg", "Ротенберг"],
        "birthDate": ["1951"],
        "nationality": ["Russia"],
    },
}
#: in the manner of OFAC's file, for those examples to find
LISTED = [
    ofac.party(
        501, "ROTENBERG, Arkady Romanovich", "individual", "DOB 15 Dec 1951; Tax ID No. 99120"
    ),
    ofac.party(502, "STROYGAZMONTAZH OOO"),
]
RESULT = {
    "id", "caption", "schema", "properties", "datasets", "referents", "target", "first_seen",
    "last_seen", "last_change", "score", "features", "match", "explanations",
}  # fmt: skip


@pytest.fixture
def snapshot(tmp_path):
    folder = ofac.write(tmp_path, *ofac.numbered(5), *LISTED)
    return compliance.import_list(
        source_code="ofac_sdn", folder=folder, published_on=None, at=now()
    )


def client_of(user, scheme="Bearer"):
    """A client with a key of this person's."""
    organisation = make.organisation(f"Firm of {user.email}", member=user)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"{scheme} {make.api_key(organisation, user)}")
    return client


@pytest.fixture
def service(sally):
    """Another service, by the key of a staff account and the scheme that yente's clients send."""
    return client_of(sally, "ApiKey")


def post(client, queries, dataset="default", params="", **more):
    body = json.dumps({"queries": queries, **more})
    path = f"/api/screening/match/{dataset}{params}"
    return client.generic("POST", path, body, "application/json")


def asking(query):
    return {"queries": {"q": query}}


def matched(client, query, dataset="default", params=""):
    answer = post(client, {"q": query}, dataset, params)
    assert answer.status_code == 200, answer.content
    return answer.json()["responses"]["q"]


def test_the_documented_batch_is_answered_in_the_documented_shape(service, snapshot):
    content = post(service, {"q1": PERSON, "q2": COMPANY}).json()
    assert set(content) == {"responses", "matcher", "limit"}
    assert content["limit"] == 5
    assert list(content["responses"]) == ["q1", "q2"]
    one, other = content["responses"].values()
    assert (one["status"], one["total"]) == (200, {"value": 1, "relation": "eq"})
    assert one["query"]["schema"] == "Person"
    assert one["query"]["properties"]["birthDate"] == ["1951"]
    [result] = one["results"]
    assert set(result) == RESULT
    moment = snapshot.imported_at.strftime("%Y-%m-%dT%H:%M:%S")
    assert {name: result[name] for name in RESULT - {"score", "features", "explanations"}} == {
        "id": "ofac_sdn-501",
        "caption": "ROTENBERG, Arkady Romanovich",
        "schema": "Person",
        "properties": {
            "name": ["ROTENBERG, Arkady Romanovich"],
            "taxNumber": ["99120"],
            "birthDate": ["1951-12-15"],
            "program": ["SDGT"],
            "notes": ["DOB 15 Dec 1951; Tax ID No. 99120"],
            "topics": ["sanction"],
        },
        "datasets": ["ofac_sdn"],
        "referents": [],
        "target": True,
        "first_seen": moment,
        "last_seen": moment,
        "last_change": moment,
        "match": True,
    }
    assert result["features"] == {"name": result["score"]}
    assert set(result["features"]) <= set(content["matcher"])
    explained = result["explanations"]["name"]
    assert explained["candidate"] == "ROTENBERG, Arkady Romanovich"
    assert explained["detail"]
    assert [found["id"] for found in other["results"]] == ["ofac_sdn-502"]
    assert other["results"][0]["schema"] == "Organization"


def test_a_name_may_come_in_its_parts(service, snapshot):
    assert [one["id"] for one in matched(service, PARTS)["results"]] == ["ofac_sdn-501"]


def test_a_single_value_needs_no_list(service, snapshot):
    query = {"schema": "Company", "properties": {"name": "Stroygazmontazh"}}
    assert [one["id"] for one in matched(service, query)["results"]] == ["ofac_sdn-502"]


def test_a_number_finds_its_owner_whatever_the_name():
    [(_, _, example)] = queries_of(
        {
            "queries": {
                "q": {
                    "schema": "Company",
                    "properties": {
                        "name": ["Somebody"],
                        "alias": ["Anybody"],
                        "taxNumber": ["99120"],
                        "leiCode": ["529900T8BM49AURSDO55"],
                        "jurisdiction": ["hk"],
                        "country": ["HK"],
                    },
                }
            }
        }
    ).values()
    told = [(one.name, one.kind, one.country, one.identifier) for one in example.queries()]
    assert told == [
        ("Somebody", "organisation", "HK", "99120"),
        ("Anybody", "organisation", "HK", "99120"),
        ("Somebody", "organisation", "HK", "529900T8BM49AURSDO55"),
    ]


def test_what_may_be_either_of_two_speaks_against_nobody():
    properties = {"name": ["A B"], "nationality": ["us", "ru"], "birthDate": ["1951", "1960"]}
    query = {"schema": "Person", "properties": properties}
    [(_, used, example)] = queries_of({"queries": {"q": query}}).values()
    assert (example.country, example.birth_date) == ("", "")
    assert used == properties


def test_what_is_not_understood_is_not_said_to_be_used():
    [(_, used, _)] = queries_of({"queries": {"q": PERSON}}).values()
    assert set(used) == {"name", "birthDate"}


def test_nobody_of_that_name_is_an_empty_answer(service, snapshot):
    found = matched(service, {"schema": "Person", "properties": {"name": ["Grete Holmquistsen"]}})
    assert (found["status"], found["results"], found["total"]["value"]) == (200, [], 0)


@pytest.mark.parametrize("name", [["x"], ["Grete Holmquistsen", "x"], [], "  "])
def test_a_name_that_cannot_be_compared_is_never_an_empty_answer_alone(service, snapshot, name):
    found = matched(service, {"schema": "Person", "properties": {"name": name}})
    assert (found["status"], found["results"]) == (422, [])
    assert "name" in found["detail"] or "letters" in found["detail"]


def test_whatever_is_flagged_is_a_match_unless_the_caller_sets_a_threshold(service, snapshot):
    near = {"schema": "Company", "properties": {"name": ["Stroygazmontazhh OOO"]}}
    [found] = matched(service, near)["results"]
    assert found["match"] is True
    score = found["score"]
    assert score < 1
    for threshold, match in ((score, True), (min(score + 0.001, 1), False)):
        [found] = matched(service, near, params=f"?threshold={threshold}")["results"]
        assert found["match"] is match


def test_only_so_many_results_as_asked_for(service, tmp_path):
    many = [ofac.party(600 + n, "VELMORANE HOLDINGS LTD") for n in range(8)]
    folder = ofac.write(tmp_path, *many)
    compliance.import_list(source_code="ofac_sdn", folder=folder, published_on=None, at=now())
    query = {"schema": "Company", "properties": {"name": ["Velmorane Holdings"]}}
    found = matched(service, query, params="?limit=2")
    assert (len(found["results"]), found["total"]) == (2, {"value": 8, "relation": "eq"})


def test_a_list_by_its_name_is_asked_alone_even_if_others_crowd_it_out(service, tmp_path):
    crowd = [ofac.party(600 + n, "VELMORANE HOLDINGS LTD") for n in range(12)]
    places = {
        "ofac_sdn": ofac.write(tmp_path / "sdn", *crowd),
        "ofac_cons": ofac.write_cons(tmp_path / "cons", ofac.party(9, "VELMORANNE HOLDINGS")),
    }
    for code, place in places.items():
        compliance.import_list(source_code=code, folder=place, published_on=None, at=now())
    query = {"schema": "Company", "properties": {"name": ["Velmorane Holdings"]}}
    everywhere = matched(service, query, params="?limit=500")
    assert everywhere["total"] == {"value": 10, "relation": "gte"}
    assert {one["datasets"][0] for one in everywhere["results"]} == {"ofac_sdn"}
    assert [one["id"] for one in matched(service, query, "ofac_cons")["results"]] == ["ofac_cons-9"]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ([], "#/queries"),
        ({}, "#/queries"),
        ({"queries": {}}, "#/queries"),
        ({"queries": {str(n): PERSON for n in range(101)}}, "#/queries"),
        ({"queries": {"q": "x"}}, "#/queries/q"),
        ({"queries": {"q": {"properties": {"name": "Banana"}}}}, "#/queries/q/schema"),
        ({"queries": {"q": {"schema": "Robot", "properties": {}}}}, "#/queries/q/schema"),
        ({"queries": {"q": {"schema": ["Person"], "properties": {}}}}, "#/queries/q/schema"),
        (asking({"schema": "Person"}), "#/queries/q/properties"),
        (
            asking({"schema": "Person", "properties": {"name": ["x" * 501]}}),
            "#/queries/q/properties/name",
        ),
        (
            asking({"schema": "Person", "properties": {"name": ["x"] * 21}}),
            "#/queries/q/properties/name",
        ),
        (
            asking({"schema": "Person", "properties": {"name": [{"a": 1}]}}),
            "#/queries/q/properties/name",
        ),
        (
            asking({"schema": "Person", "properties": {str(n): "x" for n in range(51)}}),
            "#/queries/q/properties",
        ),
        ({"queries": {"q": PERSON}, "weights": {"name_literal": 0.1}}, "#/weights"),
        ({"queries": {"q": PERSON}, "config": {"nm_number_mismatch": 0.4}}, "#/config"),
    ],
)  # fmt: skip
def test_a_body_of_another_form_is_refused_with_its_place(service, snapshot, body, place):
    answer = service.generic(
        "POST", "/api/screening/match/default", json.dumps(body), "application/json"
    )
    assert places(refused(answer, 400, "invalid")) == [place]


@pytest.mark.parametrize(
    ("params", "place"),
    [
        ("?limit=0", "limit"),
        ("?threshold=2", "threshold"),
        ("?algorithm=logic-v2", "algorithm"),
        ("?topics=crime", "topics"),
    ],
)
def test_a_parameter_that_is_not_known_is_refused(service, snapshot, params, place):
    assert places(refused(post(service, {"q": PERSON}, params=params), 400, "invalid")) == [place]


def test_the_scorer_goes_by_its_own_name(service, snapshot):
    content = service.get("/api/screening/algorithms").json()
    name = Bands().scorer.split()[0]
    assert (content["default"], content["best"]) == (name, name)
    assert [one["name"] for one in content["algorithms"]] == [name]
    assert matched(service, PERSON, params=f"?algorithm={name}")["results"]


def test_a_body_that_is_too_large_is_refused(service, snapshot, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    refused(post(service, {"q": PERSON}), 413, "body-too-large")


def test_an_entity_by_its_id(service, snapshot):
    content = service.get("/api/screening/entities/ofac_sdn-502").json()
    assert (content["caption"], content["datasets"]) == ("STROYGAZMONTAZH OOO", ["ofac_sdn"])
    assert "score" not in content
    for unknown in ("ofac_sdn-9999", "un_sc-502", "x", "ofac_sdn-502/x"):
        refused(service.get(f"/api/screening/entities/{unknown}"), 404, "not-found")


def test_when_an_entry_came_and_when_it_changed(service, tmp_path):
    first, second = now() - 3 * HOUR, now() - HOUR
    for at, name in ((first, "FORMER NAME"), (second, "PRESENT NAME")):
        folder = ofac.write(tmp_path, *ofac.numbered(30), ofac.party(501, name))
        compliance.import_list(source_code="ofac_sdn", folder=folder, published_on=None, at=at)
    found = service.get("/api/screening/entities/ofac_sdn-501").json()
    told = "%Y-%m-%dT%H:%M:%S"
    assert (found["caption"], found["first_seen"]) == ("PRESENT NAME", first.strftime(told))
    assert found["last_change"] == found["last_seen"] == second.strftime(told)


def test_a_stale_list_answers_nothing(service, snapshot, monkeypatch):
    monkeypatch.setattr("marketplace.api.matching.views.now", lambda: now() + 25 * HOUR)
    problem = refused(post(service, {"q": PERSON}), 503, "lists-not-ready")
    assert "ofac_sdn is stale" in problem["detail"]
    content = service.get("/api/screening/catalog").json()
    assert (content["current"], content["outdated"]) == ([], ["ofac_sdn"])
    assert content["index_stale"] is True


def test_without_any_list_there_is_no_answer(service):
    refused(post(service, {"q": PERSON}), 503, "lists-not-ready")
    refused(post(service, {"q": PERSON}, "un_sc"), 404, "not-found")


def test_the_catalog_names_the_lists(service, snapshot):
    content = service.get("/api/screening/catalog").json()
    whole, one = content["datasets"]
    assert (whole["name"], whole["children"], whole["entity_count"]) == ("default", ["ofac_sdn"], 7)
    assert (one["name"], one["version"]) == ("ofac_sdn", str(snapshot.public_id))
    assert (content["current"], content["outdated"], content["index_stale"]) == (
        ["ofac_sdn"],
        [],
        False,
    )


PATHS = ["catalog", "algorithms", "entities/ofac_sdn-502"]


def test_for_a_renter_there_is_nothing_here(snapshot, alice, harbour):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {make.api_key(harbour, alice)}")
    refused(post(client, {"q": PERSON}), 404, "not-found")
    for path in PATHS:
        refused(client.get(f"/api/screening/{path}"), 404, "not-found")


def test_a_stranger_is_asked_who_he_is(snapshot):
    refused(post(APIClient(), {"q": PERSON}), 401, "unauthenticated")
    for path in PATHS:
        refused(APIClient().get(f"/api/screening/{path}"), 401, "unauthenticated")


def test_staff_need_the_right_to_see_the_lists(snapshot):
    clerk = make.user("clerk@example.test", is_staff=True)
    client = client_of(clerk)
    refused(post(client, {"q": PERSON}), 404, "not-found")
    clerk.user_permissions.add(Permission.objects.get(codename="view_listentry"))
    assert post(client, {"q": PERSON}).status_code == 200


def test_staff_may_ask_from_a_signed_in_browser(sally, snapshot):
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(sally)
    assert client.get("/api/screening/catalog").status_code == 200
    refused(post(client, {"q": PERSON}), 403, "forbidden")


def test_it_is_limited_by_itself(service, snapshot, monkeypatch):
    monkeypatch.setattr(PerKeyThrottle, "THROTTLE_RATES", {"screening": "1/min"})
    assert post(service, {"q": PERSON}).status_code == 200
    refused(post(service, {"q": PERSON}), 429, "throttled")


# --- for whoever starts processes


def test_alive_is_whoever_answers(db):
    assert APIClient().get("/api/screening/healthz").json() == {"status": "ok"}


def test_ready_is_who_has_fresh_lists_in_memory(snapshot, monkeypatch):
    stranger = APIClient()
    monkeypatch.setattr(held, "_held", None)
    built = []
    monkeypatch.setattr(
        "compliance.services.matching._warm_up", lambda snapshots: built.append(snapshots)
    )
    problem = refused(stranger.get("/api/screening/readyz"), 503, "not-ready")
    assert "ofac_sdn" not in problem["detail"]
    assert built == [[snapshot]]
    held.index_for([snapshot])
    assert stranger.get("/api/screening/readyz").json() == {"status": "ok"}
    monkeypatch.setattr("marketplace.api.matching.views.now", lambda: now() + 25 * HOUR)
    refused(stranger.get("/api/screening/readyz"), 503, "not-ready")
    assert len(built) == 1


@pytest.mark.django_db(transaction=True)
def test_who_is_not_ready_becomes_so_by_itself(snapshot, monkeypatch):
    monkeypatch.setattr(held, "_held", None)
    before = set(threading.enumerate())
    assert compliance.ready(at=now()) is False
    for thread in set(threading.enumerate()) - before:
        thread.join(120)
    assert compliance.ready(at=now()) is True
