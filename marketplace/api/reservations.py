from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.accounts import roles
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Reservation
from marketplace.brokerage.services import Ask
from marketplace.brokerage.states import State

from .authentication import principal
from .quotes import QuoteIn, known_offer
from .resource import Resource, checked, idempotency_key, made
from .serializers import PageQuery, Strict
from .workload import WorkloadField


class ReservationQuery(PageQuery):
    state = serializers.ChoiceField(choices=State.choices, required=False)


class ReservationIn(QuoteIn):
    workload = WorkloadField()
    auto_confirm = serializers.BooleanField(
        default=True, help_text="false: the hold waits for a confirmation, and runs out"
    )


class ReservationOut(serializers.Serializer[Reservation]):
    """The workload is not read back: its environment may hold secrets."""

    id = serializers.UUIDField(source="public_id")
    state = serializers.ChoiceField(choices=State.choices)
    reason = serializers.CharField(help_text="why it was refused or ended")
    offer = serializers.UUIDField(source="offer.public_id")
    chip = serializers.CharField(source="offer.chip.name")
    country = serializers.CharField(source="offer.machine.site.country")
    gpu_count = serializers.IntegerField()
    together = serializers.CharField(help_text="how close the GPUs must be")
    start = serializers.DateTimeField(source="during.lower")
    end = serializers.DateTimeField(source="during.upper")
    auto_confirm = serializers.BooleanField()
    price_micro_per_gpu_hour = serializers.IntegerField()
    cost_micro = serializers.SerializerMethodField(help_text="the most it can cost")
    currency = serializers.CharField()
    hold_expires_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()

    def get_cost_micro(self, row: Reservation) -> int:
        return brokerage.cost_micro(row)


class EndpointOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    scheme = serializers.CharField()
    host = serializers.CharField()
    port = serializers.IntegerField()
    path = serializers.CharField(help_text="may hold a secret token")


class OneReservationOut(ReservationOut):
    """Besides: what its machines do, and to who may rent, where it is reached."""

    progress = serializers.SerializerMethodField(help_text="the step that each machine is at")
    endpoints = serializers.SerializerMethodField()

    def get_progress(self, row: Reservation) -> list[str]:
        return [part.progress for part in row.assignments.all() if part.progress]

    @extend_schema_field(EndpointOut(many=True))
    def get_endpoints(self, row: Reservation) -> list[dict[str, Any]]:
        if not self.context["may_rent"]:
            return []
        return [endpoint for part in row.assignments.all() for endpoint in part.endpoints]


def own_reservations(request: Request) -> QuerySet[Reservation]:
    """Those of the organisation that asks; to everybody else they do not exist."""
    return Reservation.objects.filter(renter=principal(request).organisation).select_related(
        "offer__chip", "offer__machine__site"
    )


class Reservations(Resource):
    """Own reservations, newest first; and asking for one, which a worker then brokers."""

    acts: ClassVar = {"GET": roles.VIEW, "POST": roles.RENT}
    query_class = ReservationQuery
    keyed = True
    refusals = (402,)

    @extend_schema(responses=ReservationOut(many=True))
    def get(self, request: Request) -> Response:
        rows = own_reservations(request).order_by("-pk")
        if "state" in self.query:
            rows = rows.filter(state=self.query["state"])
        return self.page(rows, ReservationOut)

    @extend_schema(request=ReservationIn, responses={202: ReservationOut})
    def post(self, request: Request) -> Response:
        acting = principal(request)
        key = idempotency_key(request)
        asked = checked(ReservationIn, request.data)
        row = brokerage.request(
            renter=acting.organisation,
            by=acting.user,
            ask=Ask(**{**asked, "offer": known_offer(asked["offer"])}),
            key=key,
            at=now(),
        )
        return made(ReservationOut(row).data, "reservation", status=202)


class OneReservation(Resource):
    """A reservation as it stands now."""

    @extend_schema(responses=OneReservationOut)
    def get(self, request: Request, public_id: UUID) -> Response:
        row = get_object_or_404(own_reservations(request), public_id=public_id)
        may_rent = principal(request).may(roles.RENT)
        return Response(OneReservationOut(row, context={"may_rent": may_rent}).data)


class Act(Resource):
    """Something done to a reservation; it takes no body."""

    acts: ClassVar = {"POST": roles.RENT}

    def act(self, reservation: Reservation, request: Request) -> None:
        raise NotImplementedError

    @extend_schema(request=None, responses={200: ReservationOut})
    def post(self, request: Request, public_id: UUID) -> Response:
        checked(Strict, request.data)
        row = get_object_or_404(own_reservations(request), public_id=public_id)
        self.act(row, request)
        return Response(ReservationOut(own_reservations(request).get(pk=row.pk)).data)


class Confirm(Act):
    """Turn a hold into a booking; while that is impossible (503) it stays held."""

    refusals = (503,)

    def act(self, reservation: Reservation, request: Request) -> None:
        brokerage.confirm(reservation=reservation, at=now())


class Cancel(Act):
    """Take it back before it begins: free of charge."""

    def act(self, reservation: Reservation, request: Request) -> None:
        brokerage.cancel(reservation=reservation, by=principal(request).user, at=now())


class Stop(Act):
    """End it early: charged until now, and the rest of the hold is given back."""

    def act(self, reservation: Reservation, request: Request) -> None:
        brokerage.stop(reservation=reservation, by=principal(request).user, at=now())
