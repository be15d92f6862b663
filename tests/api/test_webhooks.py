"""Webhooks by the API: the same acts, a secret once, problems that name the place."""

import pytest

from marketplace.hooks.models import Attempt, Delivery, Endpoint
from tests.make import NOON

pytestmark = pytest.mark.django_db
ROOT = "webhooks"
GIVEN = {"url": "https://hooks.example.test/x", "kinds": ["reservation.ended"]}


@pytest.fixture
def made(api):
    return api.post(ROOT, GIVEN).json()


def test_it_is_made_read_changed_and_removed(api):
    answer = api.post(ROOT, GIVEN)
    assert answer.status_code == 201
    made = answer.json()
    place = f"{ROOT}/{made['id']}"
    assert answer["Location"] == f"/api/v1/{place}"
    assert made["secret"].startswith("whsec_")
    read = api.get(place).json()
    assert read == {name: fact for name, fact in made.items() if name != "secret"}
    assert (read["state"], read["kinds"], read["note"]) == ("active", ["reservation.ended"], "")
    changed = api.put(place, {**GIVEN, "kinds": ["payout.paid"], "note": "books"}).json()
    assert (changed["kinds"], changed["note"]) == (["payout.paid"], "books")
    assert [one["id"] for one in api.get(ROOT).json()["results"]] == [made["id"]]
    assert api.delete(place).status_code == 204
    assert api.get(place).status_code == 404


@pytest.mark.parametrize(
    ("changes", "status", "pointer"),
    [
        ({"url": "http://a.example/"}, 422, "/url"),
        ({"url": "https://me:secret@a.example/"}, 422, "/url"),
        ({"kinds": ["everything"]}, 400, "/kinds"),
        ({"kinds": []}, 400, "/kinds"),
        ({"secret": "mine"}, 400, "/secret"),
    ],
)
def test_a_mistake_names_its_place_and_makes_nothing(api, changes, status, pointer):
    answer = api.post(ROOT, GIVEN | changes)
    assert answer.status_code == status
    assert answer.json()["errors"][0]["pointer"].startswith(f"#{pointer}")
    assert not Endpoint.objects.exists()


def test_its_secret_is_replaced(api, made):
    answer = api.post(f"{ROOT}/{made['id']}/secret").json()
    assert answer["secret"] not in (made["secret"], "")
    assert answer["old_secret_until"] is not None


def test_deliveries_show_how_they_were_answered(api, made):
    place = f"{ROOT}/{made['id']}"
    sent = api.post(f"{place}/test")
    assert (sent.status_code, sent.json()["kind"]) == (202, "webhook.test")
    row = Delivery.objects.get()
    again = f"{place}/deliveries/{row.public_id}/again"
    assert api.post(again).json()["type"] == "urn:straits:problem:delivery-under-way"
    Delivery.objects.update(state="failed")
    Attempt.objects.create(
        delivery=row, claim=row.public_id, at=NOON, took_ms=3, status=404, answer="none"
    )
    [shown] = api.get(f"{place}/deliveries").json()["results"]
    assert (shown["id"], shown["state"]) == (str(row.public_id), "failed")
    assert shown["attempts"] == [
        {"at": "2026-11-24T12:00:00Z", "took_ms": 3, "status": 404, "error": "", "answer": "none"}
    ]
    assert api.post(again).json()["state"] == "pending"


def test_what_is_paused_is_resumed(api, made):
    Endpoint.objects.update(paused_at=NOON)
    place = f"{ROOT}/{made['id']}"
    assert api.get(place).json()["state"] == "paused"
    assert api.post(f"{place}/test").status_code == 422
    assert api.post(f"{place}/resume").json()["state"] == "active"


def test_a_key_that_may_only_look_keeps_none(api, made):
    from marketplace.accounts.models import ApiKey

    ApiKey.objects.update(scopes=["view"])
    assert api.get(ROOT).status_code == 403
    assert api.post(ROOT, GIVEN).status_code == 403
    assert Endpoint.objects.count() == 1
