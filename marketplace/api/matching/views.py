from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.timezone import now
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from compliance import services as compliance
from compliance.matching import Bands
from marketplace.api.errors import BadQuery, Kind, problem
from marketplace.api.resource import checked
from marketplace.api.serializers import Strict

from .entities import entities, parts_of, scored
from .examples import queries_of

NOT_READY = Kind(
    503, "not-ready", "Not ready", "a list is missing or too old, or not in memory yet"
)
FEATURES = {
    "name": {
        "description": "how alike the names are, token by token",
        "coefficient": 1.0,
        "url": None,
    },
    "identifier": {
        "description": "the same number, whatever the name",
        "coefficient": 1.0,
        "url": None,
    },
}


class IsScreener(BasePermission):
    """Staff who may look at the lists; for everybody else who is known there is nothing here."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        user = request.user
        if not user.is_authenticated:
            return False
        if not (user.is_staff and user.has_perm("compliance.view_listentry")):
            raise NotFound
        return True


class Screening(APIView):
    permission_classes: Sequence[type[BasePermission]] = (IsScreener,)
    throttle_scope = "screening"
    #: not part of the customers' document; its shape is documented with yente
    schema = None
    metadata_class = None
    query_class: ClassVar[type[Strict]] = Strict
    query: dict[str, Any]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        try:
            self.query = checked(self.query_class, dict(request.query_params.items()))
        except ValidationError as error:
            raise BadQuery(error.detail) from error


def algorithm() -> str:
    """The scorer's name without its numbers."""
    return Bands().scorer.split()[0]


class MatchQuery(Strict):
    limit = serializers.IntegerField(min_value=1, max_value=500, default=5)
    threshold = serializers.FloatField(min_value=0, max_value=1, default=None)
    algorithm = serializers.CharField(max_length=80, default="best")

    def validate_algorithm(self, value: str) -> str:
        if value not in ("best", algorithm()):
            raise serializers.ValidationError(f"is not known; there are: best, {algorithm()}")
        return value


class Match(Screening):
    query_class = MatchQuery

    def post(self, request: Request, dataset: str) -> Response:
        queries = queries_of(request.data)
        found = compliance.match(
            examples=[example for _, _, example in queries.values()], dataset=dataset, at=now()
        )
        limit = self.query["limit"]
        results = scored(found, limit=limit, threshold=self.query["threshold"])
        responses = {
            key: _response(schema, used, one, told)
            for (key, (schema, used, _)), one, told in zip(
                queries.items(), found, results, strict=True
            )
        }
        return Response({"responses": responses, "matcher": FEATURES, "limit": limit})


def _response(
    schema: str, used: dict[str, list[str]], found: compliance.Found, results: list[dict[str, Any]]
) -> dict[str, Any]:
    """A name that cannot be compared has status 422: no result for it means nothing."""
    content: dict[str, Any] = {
        "status": 422 if found.problem else 200,
        "results": results,
        "total": {"value": len(found.matches), "relation": "gte" if found.more else "eq"},
        "query": {"schema": schema, "properties": used},
    }
    return {**content, "detail": found.problem} if found.problem else content


class OneEntity(Screening):
    def get(self, request: Request, entity_id: str) -> Response:
        found = compliance.entries(keys=[parts_of(entity_id)])
        if not found:
            raise NotFound
        [entity] = entities(found.values()).values()
        return Response(entity)


class Catalog(Screening):
    def get(self, request: Request) -> Response:
        states = {one.code: one for one in compliance.list_states(at=now())}
        sources = compliance.sources()
        datasets = [_dataset(states[code], sources[code].title) for code in states]
        whole = {
            "name": "default",
            "title": "All lists",
            "children": sorted(states),
            "version": None,
            "updated_at": None,
            "entity_count": sum(one["entity_count"] for one in datasets),
            "load": False,
            "index_current": all(one["index_current"] for one in datasets),
        }
        fresh = [code for code, one in states.items() if one.state == "fresh"]
        outdated = [code for code in states if code not in fresh]
        content = {"datasets": [whole, *datasets], "current": fresh, "outdated": outdated}
        return Response({**content, "index_stale": not fresh or bool(outdated)})


def _dataset(state: compliance.ListState, title: str) -> dict[str, Any]:
    snapshot = state.snapshot
    return {
        "name": state.code,
        "title": title,
        "children": [],
        "version": str(snapshot.public_id) if snapshot else None,
        "updated_at": snapshot.imported_at.strftime("%Y-%m-%dT%H:%M:%S") if snapshot else None,
        "entity_count": snapshot.entry_count if snapshot else 0,
        "load": True,
        "index_current": state.state == "fresh",
    }


class Algorithms(Screening):
    def get(self, request: Request) -> Response:
        one = {"name": algorithm(), "description": Bands().scorer, "features": FEATURES}
        return Response({"algorithms": [one], "default": algorithm(), "best": algorithm()})


class Probe(Screening):
    """For whoever starts and stops processes; tells nobody anything else."""

    authentication_classes = ()
    permission_classes = ()


class Healthz(Probe):
    def get(self, request: Request) -> Response:
        return Response({"status": "ok"})


class Readyz(Probe):
    def get(self, request: Request) -> Any:
        if compliance.ready(at=now()):
            return Response({"status": "ok"})
        return problem(NOT_READY, NOT_READY.detail)
