"""End-use statements: what the GPUs are for and for whom, signed for a year."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance import services as compliance
from compliance.models import EndUse, EndUseStatement
from compliance.models.statements import WORDING, WORDINGS
from marketplace.accounts import roles

from .authentication import principal
from .resource import Resource, checked, idempotency_key, made
from .serializers import PageQuery, Strict

#: a statement says something
END_USES = [choice for choice in EndUse.choices if choice[0] != EndUse.REFUSED]


class StatementIn(Strict):
    wording = serializers.CharField(
        max_length=16, help_text="the version of the sentence that you sign"
    )
    end_use = serializers.ChoiceField(choices=END_USES)
    text = serializers.CharField(max_length=4000, help_text="in your own words")
    end_users = serializers.CharField(
        max_length=4000,
        required=False,
        default="",
        allow_blank=True,
        help_text="who else uses what you rent; empty: only your organisation",
    )
    signed_name = serializers.CharField(max_length=200, help_text="who signs")


class StatementOut(serializers.Serializer[EndUseStatement]):
    id = serializers.UUIDField(source="public_id")
    wording = serializers.CharField()
    sentence = serializers.CharField()
    end_use = serializers.ChoiceField(choices=END_USES)
    text = serializers.CharField()
    end_users = serializers.CharField()
    signed_name = serializers.CharField()
    signed_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    withdrawn_at = serializers.DateTimeField(
        source="withdrawn.withdrawn_at", default=None, allow_null=True
    )


class WordingOut(serializers.Serializer[Any]):
    wording = serializers.CharField()
    sentence = serializers.CharField()


class Wording(Resource):
    """The sentence that is signed today."""

    @extend_schema(responses=WordingOut)
    def get(self, request: Request) -> Response:
        return Response({"wording": WORDING, "sentence": WORDINGS[WORDING]})


class Statements(Resource):
    """Own statements, newest first; the newest counts. Signing one replaces the one before."""

    acts: ClassVar = {"GET": roles.VIEW, "POST": roles.MANAGE}
    query_class = PageQuery
    keyed = True

    @extend_schema(responses=StatementOut(many=True))
    def get(self, request: Request) -> Response:
        return self.page(_own(request).order_by("-signed_at", "-pk"), StatementOut)

    @extend_schema(request=StatementIn, responses={201: StatementOut})
    def post(self, request: Request) -> Response:
        acting = principal(request)
        row = compliance.sign_end_use(
            party=acting.organisation.party,
            signed_by=acting.user.public_id,
            email=acting.user.email,
            key=idempotency_key(request),
            at=now(),
            **checked(StatementIn, request.data),
        )
        return made(StatementOut(row).data, "end-use-statement", status=201)


class OneStatement(Resource):
    """A statement; deleting it withdraws it. It stays on record."""

    acts: ClassVar = {"GET": roles.VIEW, "DELETE": roles.MANAGE}

    @extend_schema(responses=StatementOut)
    def get(self, request: Request, public_id: UUID) -> Response:
        return Response(StatementOut(get_object_or_404(_own(request), public_id=public_id)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, public_id: UUID) -> Response:
        row = get_object_or_404(_own(request), public_id=public_id)
        compliance.withdraw_end_use(statement=row, by=principal(request).user.email, at=now())
        return Response(status=204)


def _own(request: Request) -> QuerySet[EndUseStatement]:
    party = principal(request).organisation.party_id
    return EndUseStatement.objects.filter(party=party).select_related("withdrawn")
