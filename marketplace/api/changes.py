"""Making a booking longer or shorter, and what that would mean."""

from typing import Any, ClassVar
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.accounts import roles
from marketplace.billing import services as billing
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Notice, Reservation, WindowChange

from .authentication import principal
from .reservations import GiveUpIn, own_reservations
from .resource import Resource, checked, idempotency_key
from .serializers import PageQuery, Strict, UtcField


class EndIn(Strict):
    end = UtcField()


class ShortenIn(GiveUpIn, EndIn):
    pass


class ConsequenceOut(serializers.Serializer[Any]):
    end = serializers.DateTimeField(source="until")
    fee_micro = serializers.IntegerField(help_text="for the time given up, as of now")
    cost_micro = serializers.IntegerField(help_text="the most it can cost then, without the fee")
    held_more_micro = serializers.IntegerField()
    back_micro = serializers.IntegerField(help_text="back into the wallet, at once or at the end")


class ChangeOut(serializers.Serializer[WindowChange]):
    id = serializers.UUIDField(source="public_id")
    kind = serializers.ChoiceField(choices=WindowChange.Kind.choices)
    was_end = serializers.DateTimeField(source="was_until")
    end = serializers.DateTimeField(source="until")
    fee_micro = serializers.IntegerField()
    at = serializers.DateTimeField()


class NoticeOut(serializers.Serializer[Notice]):
    kind = serializers.ChoiceField(choices=Notice.Kind.choices)
    about = serializers.DateTimeField(help_text="the moment that it is about")
    noted_at = serializers.DateTimeField()


class Notices(Resource):
    """What the renter was told of it: starts, ends and failures, newest first."""

    query_class = PageQuery

    @extend_schema(responses=NoticeOut(many=True))
    def get(self, request: Request, public_id: UUID) -> Response:
        row = get_object_or_404(own_reservations(request), public_id=public_id)
        return self.page(row.notices.order_by("-pk"), NoticeOut)


class Consequence(Resource):
    """What ending at another time would mean; nothing is changed. The calendar is not asked."""

    acts: ClassVar = {"POST": roles.VIEW}
    throttle_scope = "read"

    @extend_schema(request=EndIn, responses={200: ConsequenceOut})
    def post(self, request: Request, public_id: UUID) -> Response:
        row = get_object_or_404(own_reservations(request), public_id=public_id)
        asked = checked(EndIn, request.data)
        found = brokerage.consequence(reservation=row, until=asked["end"], at=now())
        return Response(ConsequenceOut(found).data)


class Changes(Resource):
    """What became of the window since it was booked, newest first."""

    query_class = PageQuery

    @extend_schema(responses=ChangeOut(many=True))
    def get(self, request: Request, public_id: UUID) -> Response:
        row = get_object_or_404(own_reservations(request), public_id=public_id)
        return self.page(row.changes.order_by("-pk"), ChangeOut)


class Change(Resource):
    """A change of the window, made once for each Idempotency-Key."""

    acts: ClassVar = {"POST": roles.RENT}
    keyed = True
    shape: ClassVar[type[Strict]] = EndIn

    def change(self, row: Reservation, asked: dict[str, Any], **acting: Any) -> WindowChange:
        raise NotImplementedError

    def post(self, request: Request, public_id: UUID) -> Response:
        key = idempotency_key(request)
        row = get_object_or_404(
            own_reservations(request).select_related("renter__party"), public_id=public_id
        )
        asked = checked(self.shape, request.data)
        by = principal(request).user
        return Response(ChangeOut(self.change(row, asked, key=key, by=by, at=now())).data)


@extend_schema(request=EndIn, responses={200: ChangeOut})
class Extend(Change):
    """End later, on the same GPUs at the same price, if nobody else has booked them."""

    refusals = (402, 503)

    def change(self, row: Reservation, asked: dict[str, Any], **acting: Any) -> WindowChange:
        return billing.extend(reservation=row, until=asked["end"], **acting)


@extend_schema(request=ShortenIn, responses={200: ChangeOut})
class Shorten(Change):
    """End sooner: the rest is free for others at once, for the fee of its schedule."""

    shape = ShortenIn

    def change(self, row: Reservation, asked: dict[str, Any], **acting: Any) -> WindowChange:
        until = asked.pop("end")
        return brokerage.shorten(reservation=row, until=until, **asked, **acting)
