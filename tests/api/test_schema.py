import json
import re

import pytest
from django.core.management import call_command

from marketplace.api import urls
from marketplace.api.throttling import PerKeyThrottle
from tests.api.asking import refused

pytestmark = pytest.mark.django_db

JSON = "application/vnd.oai.openapi+json"
WRITES = [
    ("/api/v1/disputes", "post"),
    ("/api/v1/end-use-statements", "post"),
    ("/api/v1/invoices", "post"),
    ("/api/v1/quotes/pinned", "post"),
    ("/api/v1/reservations", "post"),
    ("/api/v1/reservations/{public_id}/extend", "post"),
    ("/api/v1/reservations/{public_id}/keeping", "post"),
    ("/api/v1/reservations/{public_id}/shorten", "post"),
    ("/api/v1/waitlist", "post"),
    ("/api/v1/wallet/cards", "post"),
    ("/api/v1/wallet/checkouts", "post"),
    ("/api/v1/wallet/top-ups", "post"),
]


@pytest.fixture
def document(stranger):
    answer = stranger.generic("GET", "/api/v1/schema", headers={"Accept": JSON})
    assert answer.status_code == 200
    return json.loads(answer.content)


def operations(document):
    return [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_the_document_is_valid_and_made_without_a_warning(tmp_path):
    place = tmp_path / "openapi.yaml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(place))
    assert place.read_text().startswith("openapi: 3.0")


def test_everybody_may_read_it(stranger):
    assert stranger.get("schema").status_code == 200
    refused(stranger.get("offers"), 401, "unauthenticated")


def test_it_is_made_once_and_strangers_do_not_ask_for_it_too_often(stranger, monkeypatch):
    monkeypatch.setattr(PerKeyThrottle, "THROTTLE_RATES", {"read": "1/min"})
    first = stranger.get("schema")
    assert first["Content-Type"].startswith("application/vnd.oai.openapi")
    assert stranger.get("schema").content == first.content
    refused(stranger.get("schema", again=1), 429, "throttled")


def test_exactly_the_views_of_the_api_are_in_it(document):
    known = {
        "/api/v1/" + re.sub(r"<\w+:(\w+)>", r"{\1}", str(view.pattern))
        for view in urls.urlpatterns
        if view.name != "schema"
    }
    assert {path for path, _, _ in operations(document)} == known


def test_each_operation_asks_for_a_key_or_a_session(document):
    schemes = document["components"]["securitySchemes"]
    assert (schemes["bearerKey"]["type"], schemes["bearerKey"]["scheme"]) == ("http", "bearer")
    for path, method, operation in operations(document):
        assert operation["security"] == [{"bearerKey": []}, {"session": []}], (path, method)


def test_each_operation_tells_its_problems(document):
    problem = {"$ref": "#/components/schemas/Problem"}
    for path, method, operation in operations(document):
        answers = operation["responses"]
        told = {status for status, answer in answers.items() if status >= "4"}
        for status in told:
            content = answers[status]["content"]
            assert content == {"application/problem+json": {"schema": problem}}, (path, method)
        assert told >= {"400", "401", "403", "429", "500"}
        assert ("404" in told) == ("{" in path)
        assert (method == "get") == ("422" not in told)
    assert "402" in document["paths"]["/api/v1/reservations"]["post"]["responses"]


def test_what_makes_something_takes_an_idempotency_key(document):
    asking = [
        (path, method)
        for path, method, operation in operations(document)
        for parameter in operation.get("parameters", [])
        if (parameter["name"], parameter["in"]) == ("Idempotency-Key", "header")
        and parameter.get("required")
    ]
    assert asking == WRITES


def test_query_parameters_and_pages_are_told(document):
    listing = document["paths"]["/api/v1/offers"]["get"]
    told = {one["name"] for one in listing["parameters"] if one["in"] == "query"}
    assert told == {
        "chip",
        "country",
        "end",
        "gpu_count",
        "limit",
        "max_price_micro",
        "min_memory_gb",
        "offset",
        "order",
        "q",
        "start",
    }
    shape = document["components"]["schemas"]["PaginatedOfferOutList"]
    assert set(shape["properties"]) == {"as_of", "count", "next", "previous", "results"}
