from typing import Any, ClassVar
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.accounts import roles
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.placement import Together
from marketplace.brokerage.services import Ask, BadAsk
from marketplace.catalog.models import Offer

from .resource import Resource, checked
from .serializers import GpuCountField, Strict, UtcField


class QuoteIn(Strict):
    offer = serializers.UUIDField()
    gpu_count = GpuCountField()
    start = UtcField()
    end = UtcField()
    together = serializers.ChoiceField(
        choices=[one.value for one in Together],
        default=Together.OFFER.value,
        help_text=(
            "how close the GPUs must be: of this offer; or, of it and its equals in the site (same "
            "GPU model and price), on one machine, on machines of one fabric, or on any"
        ),
    )

    def validate_together(self, value: str) -> Together:
        return Together(value)


class BidIn(QuoteIn):
    end = UtcField(required=False, help_text="left out with rolling, required without")
    rolling = serializers.BooleanField(
        default=False,
        help_text=(
            "until it is stopped: it begins now, is booked and paid a little ahead and moves on by "
            "itself; stopping it costs no fee"
        ),
    )
    spot_bid_micro = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=2**63 - 1,
        help_text=(
            "per GPU-hour, which is then its price: it starts now and may be interrupted, with the "
            "notice and after the minimum that the offer names"
        ),
    )

    def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked["rolling"] == ("end" in asked):
            fault = "must be left out with rolling" if asked["rolling"] else "is required"
            raise serializers.ValidationError({"end": fault})
        return asked


class QuoteOut(serializers.Serializer[dict[str, object]]):
    cost_micro = serializers.IntegerField(
        help_text="the most it can cost, and what will be held; of what is rolling, at first"
    )
    deposit_micro = serializers.IntegerField(
        allow_null=True,
        help_text="what is held instead with pay_at_start; null where that is not possible",
    )
    currency = serializers.CharField()
    price_micro_per_gpu_hour = serializers.IntegerField()
    free_gpus = serializers.IntegerField(help_text="together like that in this window")


class Quotes(Resource):
    """What a reservation would cost; nothing is written or set aside. To keep it, pin it."""

    acts: ClassVar = {"POST": roles.VIEW}
    throttle_scope = "read"

    @extend_schema(request=BidIn, responses={200: QuoteOut})
    def post(self, request: Request) -> Response:
        asked = checked(BidIn, request.data)
        ask = asked_for({**asked, "workload": {}})
        if ask.end <= ask.start:
            raise BadAsk("end", "must be after the start")
        offer = ask.offer
        free = brokerage.free_together(
            offer=offer, start=ask.start, end=ask.end, together=ask.together
        )
        content: dict[str, object] = {
            "cost_micro": brokerage.quote_micro(ask=ask),
            "deposit_micro": brokerage.deposit_micro(ask=ask, at=now()),
            "currency": offer.currency,
            "price_micro_per_gpu_hour": ask.price_micro,
            "free_gpus": free,
        }
        return Response(QuoteOut(content).data)


def asked_for(asked: dict[str, Any]) -> Ask:
    """What a body asks for. Raises BadAsk for an offer that is not known."""
    offer = known_offer(asked["offer"])
    if asked["rolling"]:
        asked = {**asked, "end": asked["start"] + brokerage.first_window(offer=offer)}
    return Ask(**{**asked, "offer": offer})


def known_offer(public_id: UUID) -> Offer:
    """The offer that a body names. Raises BadAsk."""
    try:
        return Offer.objects.select_related("chip", "machine__site").get(public_id=public_id)
    except ObjectDoesNotExist as error:
        raise BadAsk("offer", "is not known; take the id of an offer from /offers") from error
