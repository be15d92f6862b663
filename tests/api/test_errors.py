import json
import zlib

import pytest
from django.core.exceptions import SuspiciousOperation, ValidationError
from rest_framework.test import APIRequestFactory

from marketplace.api import offers, organisation
from marketplace.api.errors import problem_handler
from marketplace.api.throttling import PerKeyThrottle
from marketplace.core.money import BadAmount
from marketplace.core.states import LostRace
from tests import make
from tests.api.asking import bearer, places, refused

pytestmark = pytest.mark.django_db

TOP_UP = {"amount_micro": 5_000_000, "payment_method": "pm_card_visa"}


def send(client, body, content_type="application/json"):
    """A top-up with this very body."""
    return client.generic(
        "POST",
        "/api/v1/wallet/top-ups",
        body,
        content_type=content_type,
        headers={"Idempotency-Key": "k"},
    )


@pytest.mark.parametrize("path", ["v1/nowhere", "v1/reservations/17", "v1/wallet/", "v2/offers"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_where_nothing_is_there_is_a_problem(api, path, method):
    problem = refused(api.generic(method, f"/api/{path}"), 404, "not-found")
    assert problem == {
        "type": "urn:straits:problem:not-found",
        "title": "There is no such thing",
        "status": 404,
        "detail": "check the address and the id",
    }


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "offers"), ("DELETE", "wallet"), ("PUT", "reservations"), ("OPTIONS", "offers")],
)
def test_a_method_that_is_not_there_is_a_problem(api, method, path):
    refused(api.generic(method, f"/api/v1/{path}"), 405, "method-not-allowed")


def test_head_is_get_without_its_body(api):
    answer = api.generic("HEAD", "/api/v1/wallet")
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"amount_micro": NaN}',
        b"\xff\xfe",
        b"[" * 200_000,
        b'{"amount_micro": ' + b"9" * 5_000 + b"}",
    ],
)
def test_what_is_not_json_is_a_problem(api, harbour, body):
    refused(send(api, body), 400, "malformed")
    assert not harbour.top_ups.exists()


def test_a_charset_is_not_a_way_to_unpack_a_bomb(api, harbour):
    packed = zlib.compress(json.dumps(TOP_UP).encode())
    refused(send(api, packed, "application/json; charset=zlib"), 400, "malformed")
    assert not harbour.top_ups.exists()


def test_a_body_that_is_too_large_is_a_problem(api, harbour):
    body = json.dumps(TOP_UP | {"padding": "x" * 1_000_000})
    refused(send(api, body), 413, "body-too-large")
    assert not harbour.top_ups.exists()


def test_a_form_is_not_taken(api, harbour):
    body = "amount_micro=5000000&payment_method=pm_card_visa"
    answer = send(api, body, "application/x-www-form-urlencoded")
    refused(answer, 415, "unsupported-media-type")
    assert not harbour.top_ups.exists()


def test_only_json_is_answered(api):
    answer = api.generic("GET", "/api/v1/organisation", headers={"Accept": "image/png"})
    refused(answer, 406, "not-acceptable")


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["#/amount_micro", "#/payment_method"]),
        ({"amount_micro": "much", "payment_method": "pm_x"}, ["#/amount_micro"]),
        ({"amount_micro": True, "payment_method": "pm_x"}, ["#/amount_micro"]),
        (TOP_UP | {"payment_method": "pm_\x00"}, ["#/payment_method"]),
        (TOP_UP | {"payment_method": "pm_\ud800"}, ["#/payment_method"]),
        (TOP_UP | {"ammount": 1}, ["#/ammount"]),
        (TOP_UP | {"a/b~c": 1}, ["#/a~1b~0c"]),
        (TOP_UP | {"\ud800": 1}, ["#/\ud800"]),
        ([], ["#"]),
        ("text", ["#"]),
    ],
)
def test_a_body_of_the_wrong_form_names_each_place(api, harbour, body, pointers):
    problem = refused(send(api, json.dumps(body)), 400, "invalid")
    assert places(problem) == pointers
    assert all(one["detail"] for one in problem["errors"])
    assert not harbour.top_ups.exists()


def test_an_unknown_field_is_told_what_is_known(api):
    problem = refused(send(api, json.dumps(TOP_UP | {"ammount": 1})), 400, "invalid")
    known = "is not known here; known are: amount_micro, payment_method"
    assert problem["errors"] == [{"pointer": "#/ammount", "detail": known}]


@pytest.mark.parametrize(
    ("path", "query", "parameter"),
    [
        ("offers", {"limit": "many"}, "limit"),
        ("offers", {"limit": "0"}, "limit"),
        ("offers", {"limit": "201"}, "limit"),
        ("offers", {"offset": "-1"}, "offset"),
        ("reservations", {"status": "active"}, "status"),
        ("reservations", {"state": "happy"}, "state"),
        ("wallet", {"currency": "USD"}, "currency"),
    ],
)
def test_a_wrong_query_parameter_is_named(api, path, query, parameter):
    problem = refused(api.get(path, **query), 400, "invalid")
    assert [set(one) for one in problem["errors"]] == [{"parameter", "detail"}]
    assert places(problem) == [parameter]


def test_a_post_takes_no_query(api, harbour):
    answer = api.post("wallet/top-ups?limit=3", TOP_UP)
    assert places(refused(answer, 400, "invalid")) == ["limit"]
    assert not harbour.top_ups.exists()


@pytest.mark.parametrize("key", [None, " ", "é", "k" * 201])
@pytest.mark.parametrize("path", ["wallet/top-ups", "reservations"])
def test_what_makes_something_needs_a_key(api, harbour, path, key):
    headers = {} if key is None else {"Idempotency-Key": key}
    answer = api.generic(
        "POST", f"/api/v1/{path}", "{}", content_type="application/json", headers=headers
    )
    assert "Idempotency-Key" in refused(answer, 400, "idempotency-key")["detail"]
    assert not harbour.top_ups.exists()
    assert not harbour.reservations.exists()


def test_too_many_requests_wait(api, harbour, alice, monkeypatch):
    monkeypatch.setattr(PerKeyThrottle, "THROTTLE_RATES", {"read": "2/min", "write": "1/min"})
    assert [api.get("wallet").status_code for _ in range(2)] == [200, 200]
    answer = api.get("wallet")
    refused(answer, 429, "throttled")
    assert 0 < int(answer["Retry-After"]) <= 60
    assert api.post("wallet/top-ups", TOP_UP).status_code == 202, "writes are counted by themselves"
    refused(api.post("wallet/top-ups", TOP_UP), 429, "throttled")
    assert harbour.top_ups.count() == 1
    other = bearer(make.api_key(harbour, alice))
    assert other.get("wallet").status_code == 200, "each key is counted by itself"


def test_what_nobody_expected_is_logged_and_not_told(api, monkeypatch, caplog):
    def stumble(request):
        raise RuntimeError("disk on fire")

    monkeypatch.setattr(organisation, "principal", stumble)
    answer = api.get("organisation")
    problem = refused(answer, 500, "internal")
    assert "fire" not in answer.content.decode()
    assert set(problem) == {"type", "title", "status", "detail"}
    assert "GET /api/v1/organisation failed" in caplog.text
    assert "disk on fire" in caplog.text


@pytest.mark.parametrize(
    ("error", "status", "slug", "errors"),
    [
        (LostRace("x 1: no longer held"), 409, "wrong-state", None),
        (BadAmount("too fine"), 422, "refused", None),
        (SuspiciousOperation("odd"), 400, "malformed", None),
        (ValidationError("no"), 422, "refused", [{"pointer": "#", "detail": "no"}]),
        (
            ValidationError({"name": ["short"]}),
            422,
            "refused",
            [{"pointer": "#/name", "detail": "short"}],
        ),
    ],
)
def test_errors_of_the_rooms_below_become_problems(error, status, slug, errors):
    context = {"request": APIRequestFactory().get("/")}
    answer = problem_handler(error, context)
    assert answer.status_code == status
    told = json.loads(answer.content)
    assert told["type"] == f"urn:straits:problem:{slug}"
    assert told.get("errors") == errors
    assert "no longer held" not in told["detail"]


def test_no_answer_is_kept_by_a_cache(api):
    assert api.get("wallet")["Cache-Control"] == "no-store"
    assert api.get("wallet", nonsense=1)["Cache-Control"] == "no-store"


def test_every_method_of_every_view_says_which_act_it_is():
    from marketplace.api import urls

    views = [getattr(route.callback, "view_class", None) for route in urls.urlpatterns]
    acts = {view: set(view.acts) for view in views if hasattr(view, "acts")}
    assert len(acts) == len(urls.urlpatterns) - 1, "all but the document"
    for view, known in acts.items():
        found = {name for name in ("get", "post", "put", "patch", "delete") if hasattr(view, name)}
        assert known >= {name.upper() for name in found}, view
    assert acts[offers.Offers] == {"GET"}
