from typing import Any, ClassVar
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance import services as compliance
from compliance.models import CaseEvent
from marketplace.accounts import roles

from .authentication import principal
from .resource import Resource, checked
from .serializers import Strict

SHOWN = 100


class TextIn(Strict):
    text = serializers.CharField(max_length=4000)


class RequestOut(serializers.Serializer[CaseEvent]):
    id = serializers.UUIDField(source="public_id")
    text = serializers.CharField(help_text="what we need to know")
    asked_at = serializers.DateTimeField(source="at")
    answered_at = serializers.DateTimeField(source="answer.at", default=None, allow_null=True)
    answer = serializers.CharField(source="answer.text", default=None, allow_null=True)


class AskedOut(serializers.Serializer[CaseEvent]):
    id = serializers.UUIDField(source="public_id")
    text = serializers.CharField()
    asked_at = serializers.DateTimeField(source="at")


class ScreeningOut(serializers.Serializer[dict[str, Any]]):
    standing = serializers.ChoiceField(choices=["cleared", "under review", "not available"])
    requests = RequestOut(many=True, help_text="newest first")


class Screening(Resource):
    """How the organisation stands, and what we asked of it. Each rental is screened by itself."""

    @extend_schema(responses=ScreeningOut)
    def get(self, request: Request) -> Response:
        party = principal(request).organisation.party
        told = {
            "standing": compliance.standing_of(party=party, at=now()),
            "requests": compliance.requests_to(party=party)[:SHOWN],
        }
        return Response(ScreeningOut(told).data)


class Ask(Resource):
    """Ask for a person to look at the organisation again."""

    acts: ClassVar = {"POST": roles.MANAGE}

    @extend_schema(request=TextIn, responses={202: AskedOut})
    def post(self, request: Request) -> Response:
        acting = principal(request)
        made = compliance.ask_about_screening(
            party=acting.organisation.party,
            by=acting.user,
            at=now(),
            **checked(TextIn, request.data),
        )
        return Response(AskedOut(made).data, status=202)


class Answer(Resource):
    """Answer what we asked, once. Files are sent on the page of the organisation."""

    acts: ClassVar = {"POST": roles.MANAGE}

    @extend_schema(request=TextIn, responses={200: RequestOut})
    def post(self, request: Request, public_id: UUID) -> Response:
        acting = principal(request)
        rows = compliance.requests_to(party=acting.organisation.party)
        row = get_object_or_404(rows, public_id=public_id)
        text = checked(TextIn, request.data)["text"]
        compliance.answer_request(request=row, by=acting.user, text=text, at=now())
        return Response(RequestOut(rows.get(pk=row.pk)).data)
