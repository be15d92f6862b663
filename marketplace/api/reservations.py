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
from marketplace.brokerage.models import Assignment, IfLost, Reservation, RollRefusal
from marketplace.brokerage.services import Ask
from marketplace.brokerage.states import State

from .authentication import principal
from .keeping_shapes import KeepingOut, known_keeping, latest_keeping
from .quotes import BidIn, QuoteIn, asked_for, known_offer
from .resource import Resource, checked, given_key, idempotency_key, made
from .schema import MAY_BE_KEYED
from .serializers import PageQuery, Strict
from .terms import TermsOut
from .workload import WorkloadField


class ReservationQuery(PageQuery):
    state = serializers.ChoiceField(choices=State.choices, required=False)


class ReservationIn(BidIn):
    workload = WorkloadField()
    auto_confirm = serializers.BooleanField(
        default=True, help_text="false: the hold waits for a confirmation, and runs out"
    )

    pay_at_start = serializers.BooleanField(
        default=False,
        help_text=(
            "hold a deposit now and the rest an hour before the start, from the wallet or the "
            "default card; for what begins in two hours or later"
        ),
    )

    resumes = serializers.UUIDField(
        required=False,
        help_text=(
            "id of a keeping: it goes on with that kept workspace, on its machine; together must "
            "be offer, and it must start before the workspace is wiped"
        ),
    )


class PinIn(QuoteIn):
    workload = WorkloadField(required=False, help_text="or with the confirmation")


class ConfirmIn(Strict):
    workload = WorkloadField(
        required=False, help_text="only for a quote that was pinned without one"
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
    if_lost = serializers.ChoiceField(
        choices=IfLost.choices, help_text="what becomes of it if a machine is lost while it runs"
    )
    price_micro_per_gpu_hour = serializers.IntegerField()
    cost_micro = serializers.SerializerMethodField(help_text="the most it can cost")
    currency = serializers.CharField()
    interruptible = serializers.BooleanField(help_text="rented on a bid, which is its price")
    evict_at = serializers.DateTimeField(
        allow_null=True, help_text="when it gives way to another, once it was told"
    )
    rolling = serializers.BooleanField(
        help_text="asked for until it is stopped; giving it up costs no fee"
    )
    rolls_on = serializers.BooleanField(
        help_text="its end moves on by itself, while it runs; else it ends then"
    )
    roll_refused = serializers.ChoiceField(
        choices=["", *RollRefusal.values],
        help_text="why it was not moved on when last tried, and ends unless that changes",
    )
    terms = TermsOut(source="offer", help_text="frozen when it was asked for")
    resumes = serializers.UUIDField(
        source="resumes.public_id",
        allow_null=True,
        help_text="the keeping with whose workspace it goes on",
    )
    hold_expires_at = serializers.DateTimeField(allow_null=True)
    due_micro = serializers.IntegerField(help_text="what is to be paid before it may run")
    pay_by = serializers.DateTimeField(
        allow_null=True, help_text="it could not be taken; it ends then unless it is paid"
    )
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
    keeping = serializers.SerializerMethodField(
        help_text="the latest wish to have its workspace kept; null: there was none"
    )

    @extend_schema_field(KeepingOut(allow_null=True))
    def get_keeping(self, row: Reservation) -> Any:
        keeping = latest_keeping(row)
        return None if keeping is None else KeepingOut(keeping).data

    def get_progress(self, row: Reservation) -> list[str]:
        return [part.progress for part in _parts(row) if part.progress]

    @extend_schema_field(EndpointOut(many=True))
    def get_endpoints(self, row: Reservation) -> list[dict[str, Any]]:
        if not self.context["may_rent"]:
            return []
        return [endpoint for part in _parts(row) for endpoint in part.endpoints]


def _parts(row: Reservation) -> list[Assignment]:
    return sorted(row.assignments.all(), key=lambda part: part.pk)


def own_reservations(request: Request) -> QuerySet[Reservation]:
    """Those of the organisation that asks; to everybody else they do not exist."""
    return Reservation.objects.filter(renter=principal(request).organisation).select_related(
        *("offer__chip", "offer__machine__site__operator", "offer__schedule", "hold"),
        "resumes",
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
        if "resumes" in asked:
            asked["resumes"] = known_keeping(asked["resumes"], acting.organisation)
        row = brokerage.request(
            renter=acting.organisation,
            by=acting.user,
            ask=asked_for(asked),
            key=key,
            at=now(),
        )
        return made(ReservationOut(row).data, "reservation", status=202)


class Pins(Resource):
    """Pin a quote: its price and terms are kept for good, its GPUs until `hold_expires_at`.

    It is a reservation that is `pinned` (201), or `refused` with its reason. Confirm it to book it;
    no money is set aside before.
    """

    acts: ClassVar = {"POST": roles.RENT}
    keyed = True

    @extend_schema(request=PinIn, responses={201: ReservationOut})
    def post(self, request: Request) -> Response:
        acting = principal(request)
        key = idempotency_key(request)
        asked = checked(PinIn, request.data)
        row = brokerage.pin(
            renter=acting.organisation,
            by=acting.user,
            ask=Ask(**{"workload": {}, **asked, "offer": known_offer(asked["offer"])}),
            key=key,
            at=now(),
        )
        return made(ReservationOut(row).data, "reservation", status=201)


class OneReservation(Resource):
    """A reservation as it stands now."""

    @extend_schema(responses=OneReservationOut)
    def get(self, request: Request, public_id: UUID) -> Response:
        row = get_object_or_404(own_reservations(request), public_id=public_id)
        may_rent = principal(request).may(roles.RENT)
        return Response(OneReservationOut(row, context={"may_rent": may_rent}).data)


class Act(Resource):
    """Something done to a reservation."""

    acts: ClassVar = {"POST": roles.RENT}
    #: what its body may say
    shape: ClassVar[type[Strict]] = Strict

    def act(self, reservation: Reservation, request: Request, asked: dict[str, Any]) -> None:
        raise NotImplementedError

    def post(self, request: Request, public_id: UUID) -> Response:
        row = get_object_or_404(own_reservations(request), public_id=public_id)
        asked = checked(self.shape, request.data)
        self.act(row, request, asked)
        return Response(ReservationOut(own_reservations(request).get(pk=row.pk)).data)


@extend_schema(request=ConfirmIn, responses={200: ReservationOut})
class Confirm(Act):
    """Turn a hold or a quote into a booking; while that is impossible (503) it stays as it is."""

    refusals = (402, 503)
    shape = ConfirmIn

    def act(self, reservation: Reservation, request: Request, asked: dict[str, Any]) -> None:
        brokerage.confirm(reservation=reservation, at=now(), **asked)


@extend_schema(request=Strict, responses={200: ReservationOut})
class Pay(Act):
    """Pay what is due, out of the wallet, before its time; then it may run."""

    refusals = (402, 503)

    def act(self, reservation: Reservation, request: Request, asked: dict[str, Any]) -> None:
        brokerage.pay(reservation=reservation, by=principal(request).user, at=now())


class GiveUpIn(Strict):
    agreed_fee_micro = serializers.IntegerField(
        required=False,
        min_value=0,
        help_text="refuse if the fee is above this by now; without it any fee is agreed to",
    )


@extend_schema(request=GiveUpIn, responses={200: ReservationOut}, parameters=[MAY_BE_KEYED])
class Cancel(Act):
    """Take it back before it begins: for the fee of its schedule, if it was booked."""

    shape = GiveUpIn

    def act(self, reservation: Reservation, request: Request, asked: dict[str, Any]) -> None:
        by, key = principal(request).user, given_key(request)
        brokerage.cancel(reservation=reservation, by=by, at=now(), key=key, **asked)


@extend_schema(request=GiveUpIn, responses={200: ReservationOut}, parameters=[MAY_BE_KEYED])
class Stop(Act):
    """End it early: charged until now, and the fee of its schedule for the rest."""

    shape = GiveUpIn

    def act(self, reservation: Reservation, request: Request, asked: dict[str, Any]) -> None:
        by, key = principal(request).user, given_key(request)
        brokerage.stop(reservation=reservation, by=by, at=now(), key=key, **asked)


class RollOnIn(Strict):
    rolls_on = serializers.BooleanField()


@extend_schema(request=RollOnIn, responses={200: ReservationOut})
class RollOn(Act):
    """Let what was asked for until it is stopped end where it ends now, or go on again."""

    shape = RollOnIn

    def act(self, reservation: Reservation, request: Request, asked: dict[str, Any]) -> None:
        by, on = principal(request).user, asked["rolls_on"]
        brokerage.roll_on(reservation=reservation, on=on, by=by, at=now())


class InstructIn(Strict):
    if_lost = serializers.ChoiceField(choices=IfLost.choices)


@extend_schema(request=InstructIn, responses={200: ReservationOut})
class Instruct(Act):
    """Say beforehand what shall become of it if a machine of it is lost while it runs."""

    shape = InstructIn

    def act(self, reservation: Reservation, request: Request, asked: dict[str, Any]) -> None:
        by = principal(request).user
        brokerage.instruct(reservation=reservation, by=by, at=now(), **asked)
