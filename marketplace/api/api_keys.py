from typing import ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.accounts import roles
from marketplace.accounts import services as accounts
from marketplace.accounts.models import ApiKey

from .authentication import principal
from .resource import Resource, checked, made
from .serializers import PageQuery, Strict, UtcField


class ApiKeyIn(Strict):
    name = serializers.CharField(max_length=80)
    expires_at = UtcField(required=False, allow_null=True, default=None)
    scopes = serializers.MultipleChoiceField(
        choices=roles.ACTS, required=False, default=None, help_text="left out: all that you may"
    )
    per_minute = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        min_value=1,
        max_value=accounts.MOST_PER_MINUTE,
        help_text="requests at most; left out: the usual limit",
    )


class ApiKeyOut(serializers.Serializer[ApiKey]):
    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()
    prefix = serializers.CharField(help_text="the first characters, to tell keys apart")
    created_by = serializers.EmailField(source="created_by.email", help_text="whom it acts as")
    scopes = serializers.ListField(child=serializers.CharField(), help_text="what it may do")
    per_minute = serializers.IntegerField(allow_null=True)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)


class NewApiKeyOut(ApiKeyOut):
    secret = serializers.CharField(help_text="shown this once")


class ApiKeys(Resource):
    """Keys of the organisation, newest first. Asking twice makes two: a secret is shown once."""

    acts: ClassVar = {"GET": roles.MANAGE, "POST": roles.MANAGE}
    query_class = PageQuery

    @extend_schema(responses=ApiKeyOut(many=True))
    def get(self, request: Request) -> Response:
        return self.page(_own(request).order_by("-pk"), ApiKeyOut)

    @extend_schema(request=ApiKeyIn, responses={201: NewApiKeyOut})
    def post(self, request: Request) -> Response:
        acting = principal(request)
        key, secret = accounts.create_api_key(
            organisation=acting.organisation,
            by=acting.user,
            at=now(),
            within=acting.scopes,
            **checked(ApiKeyIn, request.data),
        )
        return made(ApiKeyOut(key).data | {"secret": secret}, "api-key", status=201)


class OneApiKey(Resource):
    """A key; deleting it ends it at once."""

    acts: ClassVar = {"GET": roles.MANAGE, "DELETE": roles.MANAGE}

    @extend_schema(responses=ApiKeyOut)
    def get(self, request: Request, public_id: UUID) -> Response:
        return Response(ApiKeyOut(get_object_or_404(_own(request), public_id=public_id)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, public_id: UUID) -> Response:
        key = get_object_or_404(_own(request), public_id=public_id)
        accounts.revoke_api_key(key=key, by=principal(request).user, at=now())
        return Response(status=204)


def _own(request: Request) -> QuerySet[ApiKey]:
    rows = ApiKey.objects.filter(organisation=principal(request).organisation)
    return rows.select_related("created_by", "organisation")
