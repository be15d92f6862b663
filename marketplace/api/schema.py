"""The OpenAPI document: what drf-spectacular cannot see by itself."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from .errors import PROBLEM
from .resource import KEY_HEADER, Resource

ALWAYS = (400, 401, 403, 406, 429, 500)
ON_WRITING = (409, 413, 415, 422)
IDEMPOTENCY_KEY = OpenApiParameter(
    name=KEY_HEADER,
    type=OpenApiTypes.STR,
    location=OpenApiParameter.HEADER,
    required=True,
    pattern="^[!-~]{1,200}$",
    description=(
        "Names this act. The same key with the same content answers with what was made before; "
        "with other content it is refused."
    ),
)
#: for acts that may be done again without harm
MAY_BE_KEYED = OpenApiParameter(
    name=KEY_HEADER,
    type=OpenApiTypes.STR,
    location=OpenApiParameter.HEADER,
    pattern="^[!-~]{1,200}$",
    description="The same key again answers with what was done, rather than that it was done.",
)


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # untyped base
    target_class = "marketplace.api.authentication.ApiKeyAuthentication"
    name = "bearerKey"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "straits_..."}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # untyped base
    target_class = "marketplace.api.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "A signed-in browser; writing also needs the header X-CSRFToken.",
        }


class Place(serializers.Serializer[Any]):
    pointer = serializers.CharField(required=False, help_text="JSON pointer into the body")
    parameter = serializers.CharField(required=False, help_text="name of a query parameter")
    detail = serializers.CharField()
    position = serializers.IntegerField(
        required=False, help_text="only of q: the column, counted from 1"
    )
    hint = serializers.CharField(required=False, help_text="only of q: how to mend it")


class Problem(serializers.Serializer[Any]):
    """RFC 9457. A program reads `type`; a person reads `detail`."""

    type = serializers.CharField(help_text="urn:straits:problem:...")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    # the metaclass takes declared fields off the class, so the property stays
    errors = Place(many=True, required=False)  # type: ignore[assignment]  # see above
    free = serializers.IntegerField(required=False, help_text="only of not-enough-gpus")
    fee_micro = serializers.IntegerField(required=False, help_text="only of fee-changed")
    alternatives = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        help_text="offers that would do, only of not-enough-gpus",
    )


class Schema(AutoSchema):
    """Adds what every resource does alike: its query, its key and its problems."""

    def get_operation(
        self,
        path: str,
        path_regex: str,
        path_prefix: str,
        method: str,
        registry: ComponentRegistry,
    ) -> dict[str, Any] | None:
        operation = super().get_operation(path, path_regex, path_prefix, method, registry)
        if operation is not None:
            shape = self.resolve_serializer(Problem, "response").ref
            for status in self._problems():
                operation["responses"][str(status)] = {
                    "description": "problem",
                    "content": {PROBLEM: {"schema": shape}},
                }
        return operation

    def _problems(self) -> list[int]:
        found = {*ALWAYS, *getattr(self.view, "refusals", ())}
        if self.method != "GET":
            found |= set(ON_WRITING)
        if "{" in self.path:
            found.add(404)
        return sorted(found)

    def get_override_parameters(self) -> list[Any]:
        if not isinstance(self.view, Resource):
            return []
        if self.method == "GET":
            return [self.view.query_class] if self.view.query_class().fields else []
        return [IDEMPOTENCY_KEY] if self.method == "POST" and self.view.keyed else []
