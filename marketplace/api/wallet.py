from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.accounts import roles
from marketplace.billing import services as billing
from marketplace.billing.models import TopUp
from marketplace.billing.services.forecasting import WARNINGS
from marketplace.billing.states import TopUpState
from marketplace.ledger.models import Balance

from .authentication import principal
from .resource import Resource, checked, idempotency_key, made
from .serializers import PageQuery, Strict


class WalletOut(serializers.Serializer[Balance]):
    currency = serializers.CharField(source="account.currency")
    posted_micro = serializers.IntegerField(source="posted", help_text="what there is")
    held_micro = serializers.IntegerField(source="held", help_text="set aside for reservations")
    available_micro = serializers.IntegerField(source="available", help_text="the rest")
    owed_micro = serializers.IntegerField(
        source="forecast.owed_micro",
        help_text="used or lent, and not paid; taken from what comes in",
    )
    burn_micro_per_hour = serializers.IntegerField(
        source="forecast.burn_micro_per_hour", help_text="what runs now costs"
    )
    lasts_ms = serializers.IntegerField(
        source="forecast.lasts_ms",
        allow_null=True,
        help_text="until the money is used up if that goes on; null while nothing runs",
    )
    warning = serializers.ChoiceField(
        source="forecast.warning", choices=["", *(name for _, name in WARNINGS)]
    )


class TopUpIn(Strict):
    amount_micro = serializers.IntegerField()
    payment_method = serializers.CharField(max_length=64, help_text="of Stripe, such as pm_...")


class TopUpOut(serializers.Serializer[TopUp]):
    id = serializers.UUIDField(source="public_id")
    state = serializers.ChoiceField(choices=TopUpState.choices)
    failure = serializers.CharField(help_text="why nothing was taken")
    amount_micro = serializers.IntegerField()
    currency = serializers.CharField()
    created_at = serializers.DateTimeField()


class Wallet(Resource):
    """What the organisation has, and what of it is set aside."""

    @extend_schema(responses=WalletOut)
    def get(self, request: Request) -> Response:
        mine = principal(request).organisation
        balance: Any = billing.wallet(organisation=mine)
        balance.forecast = billing.forecast(organisation=mine, at=now())
        return Response(WalletOut(balance).data)


class TopUps(Resource):
    """Money moved from a card into the wallet, newest first; and asking for it."""

    acts: ClassVar = {"GET": roles.VIEW, "POST": roles.PAY}
    query_class = PageQuery
    keyed = True

    @extend_schema(responses=TopUpOut(many=True))
    def get(self, request: Request) -> Response:
        return self.page(_own(request).order_by("-pk"), TopUpOut)

    @extend_schema(request=TopUpIn, responses={202: TopUpOut})
    def post(self, request: Request) -> Response:
        acting = principal(request)
        key = idempotency_key(request)
        row = billing.top_up(
            organisation=acting.organisation,
            by=acting.user,
            key=key,
            at=now(),
            **checked(TopUpIn, request.data),
        )
        return made(TopUpOut(row).data, "top-up", status=202)


class OneTopUp(Resource):
    """A top-up as it stands now."""

    @extend_schema(responses=TopUpOut)
    def get(self, request: Request, public_id: UUID) -> Response:
        return Response(TopUpOut(get_object_or_404(_own(request), public_id=public_id)).data)


def _own(request: Request) -> QuerySet[TopUp]:
    return TopUp.objects.filter(organisation=principal(request).organisation)
