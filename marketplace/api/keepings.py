"""Having a rental's workspace kept when it ends, and what that would cost."""

from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.accounts import roles
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.keepings import MOST_HOURS
from marketplace.brokerage.models import Keeping, Reservation

from .authentication import principal
from .keeping_shapes import KeepingOut, latest_keeping
from .reservations import own_reservations
from .resource import Resource, checked, idempotency_key
from .serializers import Strict


class KeepIn(Strict):
    hours = serializers.IntegerField(
        min_value=1, max_value=MOST_HOURS, help_text="kept for so long after the rental, at most"
    )


class KeepingCostOut(serializers.Serializer[Any]):
    hours = serializers.IntegerField()
    most_micro = serializers.IntegerField(help_text="the most it can cost, and what would be held")
    price_micro_per_gib_hour = serializers.IntegerField()
    currency = serializers.CharField()


class KeepingCost(Resource):
    """What keeping the workspace would cost at most; nothing is asked for or set aside."""

    acts: ClassVar = {"POST": roles.VIEW}
    throttle_scope = "read"

    @extend_schema(request=KeepIn, responses={200: KeepingCostOut})
    def post(self, request: Request, public_id: UUID) -> Response:
        row = _own(request, public_id)
        hours = checked(KeepIn, request.data)["hours"]
        content = {
            "hours": hours,
            "most_micro": brokerage.most_micro(reservation=row, hours=hours),
            "price_micro_per_gib_hour": row.offer.keep_micro_per_gib_hour,
            "currency": row.currency,
        }
        return Response(KeepingCostOut(content).data)


class OneKeeping(Resource):
    """The latest wish to have the workspace kept when the rental ends, whatever ends it.

    It is asked for while it runs. Deleting takes the wish back, for nothing, or has what is kept
    deleted, for good: it is charged until then.
    """

    acts: ClassVar = {"GET": roles.VIEW, "POST": roles.RENT, "DELETE": roles.RENT}
    keyed = True
    refusals = (402, 503)

    @extend_schema(responses=KeepingOut)
    def get(self, request: Request, public_id: UUID) -> Response:
        return Response(KeepingOut(_latest(_own(request, public_id))).data)

    @extend_schema(request=KeepIn, responses={201: KeepingOut})
    def post(self, request: Request, public_id: UUID) -> Response:
        key = idempotency_key(request)
        row = _own(request, public_id)
        hours = checked(KeepIn, request.data)["hours"]
        by = principal(request).user
        made = brokerage.keep(reservation=row, hours=hours, by=by, key=key, at=now())
        return Response(KeepingOut(made).data, status=201)

    @extend_schema(request=None, responses={200: KeepingOut})
    def delete(self, request: Request, public_id: UUID) -> Response:
        row = _own(request, public_id)
        by = principal(request).user
        brokerage.give_up_keeping(keeping=_latest(row), by=by, at=now())
        return Response(KeepingOut(_latest(row)).data)


def _own(request: Request, public_id: UUID) -> Reservation:
    rows = own_reservations(request).select_related("renter__party")
    return get_object_or_404(rows, public_id=public_id)


def _latest(row: Reservation) -> Keeping:
    found = latest_keeping(row)
    if found is None:
        raise Http404
    return found
