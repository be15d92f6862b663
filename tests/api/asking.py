"""A client of the API as tests use it."""

import itertools
import json
from datetime import timedelta

from django.utils.timezone import now
from rest_framework.test import APIClient

from tests import make

HOUR = timedelta(hours=1)
_number = itertools.count(1)


class Client(APIClient):
    """Paths are below /api/v1/; a POST carries a fresh Idempotency-Key unless one is given."""

    def get(self, path, **query):
        return super().get(f"/api/v1/{path}", query)

    def post(self, path, content=None, *, key="", **extra):
        headers = {"Idempotency-Key": key or f"api-{next(_number)}"}
        body = "" if content is None else json.dumps(content)
        kind = "application/json"
        return self.generic("POST", f"/api/v1/{path}", body, kind, headers=headers, **extra)

    def put(self, path, content):
        return self.generic("PUT", f"/api/v1/{path}", json.dumps(content), "application/json")

    def delete(self, path):
        return super().delete(f"/api/v1/{path}")


def bearer(secret):
    client = Client()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


def ask(of, **changes):
    """The body of a reservation of one GPU for the hour after the next minute."""
    start = now() + timedelta(minutes=1)
    return {
        "offer": str(of.public_id),
        "gpu_count": 1,
        "start": start.isoformat(),
        "end": (start + HOUR).isoformat(),
        "workload": {"command": ["sleep", "60"]},
    } | changes


def refused(answer, status, slug):
    """The problem, once it is sure that the answer is one, of this status and type."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    content = answer.json()
    assert content["status"] == status
    assert content["type"] == f"urn:straits:problem:{slug}"
    assert content["title"]
    return content


def places(problem):
    return [one.get("pointer") or one["parameter"] for one in problem["errors"]]


def later(**span):
    """A moment that far from now, as text."""
    return (now() + timedelta(**span)).isoformat()


def booked(renter, offer, **facts):
    """A reservation that the broker took as far as it goes, now."""
    at = now()
    make.funded(renter)
    return make.reservation(renter, offer, at=at, **{"start": at, **facts})
