from datetime import timedelta

import pytest
from django.utils.timezone import now

from marketplace.accounts.models import ApiKey
from tests.api.asking import bearer, places, refused

pytestmark = pytest.mark.django_db


def test_a_new_key_shows_its_secret_once_and_works(api, harbour, alice):
    answer = api.post("api-keys", {"name": "training"})
    assert answer.status_code == 201, answer.content
    told = answer.json()
    secret = told.pop("secret")
    assert answer["Location"] == f"/api/v1/api-keys/{told['id']}"
    assert answer["Cache-Control"] == "no-store"
    assert secret.startswith(told["prefix"])
    assert (told["name"], told["created_by"]) == ("training", alice.email)
    assert (told["expires_at"], told["revoked_at"]) == (None, None)
    assert api.get(f"api-keys/{told['id']}").json() == told
    assert api.get("api-keys").json()["results"][0] == told
    assert bearer(secret).get("organisation").json()["id"] == str(harbour.public_id)


def test_a_key_that_is_deleted_opens_nothing(api):
    made = api.post("api-keys", {"name": "training"}).json()
    key = bearer(made["secret"])
    assert key.get("organisation").status_code == 200
    assert api.delete(f"api-keys/{made['id']}").status_code == 204
    assert api.delete(f"api-keys/{made['id']}").status_code == 204, "ending it again is no error"
    refused(key.get("organisation"), 401, "unauthenticated")
    assert api.get(f"api-keys/{made['id']}").json()["revoked_at"] is not None


@pytest.mark.parametrize(
    ("content", "status", "slug", "pointer"),
    [
        ({}, 400, "invalid", "#/name"),
        ({"name": "  "}, 400, "invalid", "#/name"),
        ({"name": "n" * 81}, 400, "invalid", "#/name"),
        ({"name": "n", "expires_at": "2099-01-01T00:00:00"}, 400, "invalid", "#/expires_at"),
        ({"name": "n", "scope": "all"}, 400, "invalid", "#/scope"),
        (
            {"name": "n", "expires_at": (now() - timedelta(days=1)).isoformat()},
            422,
            "refused",
            "#/expires_at",
        ),
    ],
)
def test_a_key_that_cannot_be_made_names_its_field(api, content, status, slug, pointer):
    assert places(refused(api.post("api-keys", content), status, slug)) == [pointer]
    assert ApiKey.objects.count() == 1


def test_a_key_is_refused_what_it_was_not_made_for(api):
    made = api.post("api-keys", {"name": "look", "scopes": ["view"], "per_minute": 600}).json()
    assert (made["scopes"], made["per_minute"]) == (["view"], 600)
    key = bearer(made["secret"])
    assert key.get("organisation").status_code == 200
    refused(key.post("api-keys", {"name": "more"}), 403, "forbidden")
    assert ApiKey.objects.count() == 2


def test_a_key_asks_no_more_often_than_it_was_made_for(api):
    made = api.post("api-keys", {"name": "slow", "per_minute": 2}).json()
    key = bearer(made["secret"])
    assert [key.get("organisation").status_code for _ in range(3)] == [200, 200, 429]
    assert api.get("organisation").status_code == 200


def test_a_key_that_manages_makes_none_that_may_do_more(api):
    made = api.post("api-keys", {"name": "hr", "scopes": ["view", "manage"]}).json()
    key = bearer(made["secret"])
    refused(key.post("api-keys", {"name": "n", "scopes": ["pay"]}), 403, "forbidden")
    assert key.post("api-keys", {"name": "n"}).json()["scopes"] == ["view", "manage"]
