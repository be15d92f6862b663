"""Disputes about reservations: renters raise and withdraw them, providers answer."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.accounts import roles
from marketplace.billing import services as billing
from marketplace.billing.models import DisputeEntry, RentalDispute
from marketplace.billing.states import RentalDisputeState

from .authentication import principal
from .reservations import own_reservations
from .resource import Resource, checked, idempotency_key, made
from .serializers import PageQuery, Strict


class DisputeIn(Strict):
    reservation = serializers.UUIDField()
    claim = serializers.CharField(max_length=4000)
    claimed_micro = serializers.IntegerField(help_text="what you want back")


class AnswerIn(Strict):
    text = serializers.CharField(max_length=4000)


class EntryOut(serializers.Serializer[DisputeEntry]):
    side = serializers.ChoiceField(choices=DisputeEntry.Side.choices)
    text = serializers.CharField()
    evidence = serializers.JSONField(help_text="what our own records said then")
    at = serializers.DateTimeField()


class DisputeOut(serializers.Serializer[RentalDispute]):
    id = serializers.UUIDField(source="public_id")
    reservation = serializers.UUIDField(source="reservation.public_id")
    state = serializers.ChoiceField(choices=RentalDisputeState.choices)
    claim = serializers.CharField()
    claimed_micro = serializers.IntegerField()
    currency = serializers.CharField()
    raised_at = serializers.DateTimeField()
    answer_by = serializers.DateTimeField()
    decide_by = serializers.DateTimeField()
    ruling = serializers.CharField()
    granted_micro = serializers.IntegerField(allow_null=True)
    ruled_at = serializers.DateTimeField(allow_null=True)
    credit_note = serializers.SerializerMethodField(help_text="its number")

    def get_credit_note(self, row: RentalDispute) -> str | None:
        return row.credit_note.code if row.credit_note else None


class OneDisputeOut(DisputeOut):
    entries = serializers.SerializerMethodField()

    def get_entries(self, row: RentalDispute) -> list[dict[str, Any]]:
        rows: Any = row.entries.order_by("pk")
        return list(EntryOut(rows, many=True).data)


class Disputes(Resource):
    """Disputes that the organisation raised, or is to answer as provider; newest first."""

    acts: ClassVar = {"GET": roles.VIEW, "POST": roles.PAY}
    query_class = PageQuery
    keyed = True

    @extend_schema(responses=DisputeOut(many=True))
    def get(self, request: Request) -> Response:
        return self.page(_seen(request).order_by("-pk"), DisputeOut)

    @extend_schema(request=DisputeIn, responses={201: OneDisputeOut})
    def post(self, request: Request) -> Response:
        key = idempotency_key(request)
        asked = checked(DisputeIn, request.data)
        row = billing.raise_dispute(
            reservation=get_object_or_404(
                own_reservations(request), public_id=asked["reservation"]
            ),
            claim=asked["claim"],
            claimed_micro=asked["claimed_micro"],
            by=principal(request).user,
            key=key,
            at=now(),
        )
        return made(OneDisputeOut(row).data, "dispute", status=201)


class OneDispute(Resource):
    """A dispute with everything that was put on record in it."""

    @extend_schema(responses=OneDisputeOut)
    def get(self, request: Request, public_id: UUID) -> Response:
        return Response(OneDisputeOut(get_object_or_404(_seen(request), public_id=public_id)).data)


class AnswerDispute(Resource):
    """The provider's answer, once and before the deadline."""

    acts: ClassVar = {"POST": roles.PROVIDE}

    @extend_schema(request=AnswerIn, responses=OneDisputeOut)
    def post(self, request: Request, public_id: UUID) -> Response:
        acting = principal(request)
        rows = RentalDispute.objects.filter(provider=acting.organisation)
        row = billing.answer_dispute(
            dispute=get_object_or_404(rows, public_id=public_id),
            by=acting.user,
            at=now(),
            **checked(AnswerIn, request.data),
        )
        return Response(OneDisputeOut(row).data)


class WithdrawDispute(Resource):
    """Take the claim back before it is ruled."""

    acts: ClassVar = {"POST": roles.PAY}

    @extend_schema(request=None, responses=OneDisputeOut)
    def post(self, request: Request, public_id: UUID) -> Response:
        checked(Strict, request.data)
        acting = principal(request)
        rows = RentalDispute.objects.filter(renter=acting.organisation)
        row = billing.withdraw_dispute(
            dispute=get_object_or_404(rows, public_id=public_id), by=acting.user, at=now()
        )
        return Response(OneDisputeOut(row).data)


def _seen(request: Request) -> QuerySet[RentalDispute]:
    own = principal(request).organisation
    rows = RentalDispute.objects.filter(Q(renter=own) | Q(provider=own))
    return rows.select_related("reservation", "credit_note")
