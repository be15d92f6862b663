"""Prices offered for what is booked: by the provider, until the renter accepts or they lapse."""

from typing import ClassVar
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
from marketplace.billing.models import TermsOffer
from marketplace.brokerage.models import Reservation

from .authentication import principal
from .resource import Resource, checked, made
from .serializers import PageQuery, Strict, UtcField


class TermsOfferIn(Strict):
    reservation = serializers.UUIDField()
    price_micro_per_gpu_hour = serializers.IntegerField(help_text="before any discount of ours")
    since = UtcField(help_text="from when it would hold; it lapses then")


class TermsOfferOut(serializers.Serializer[TermsOffer]):
    id = serializers.UUIDField(source="public_id")
    reservation = serializers.UUIDField(source="reservation.public_id")
    price_micro_per_gpu_hour = serializers.IntegerField()
    since = serializers.DateTimeField()
    offered_at = serializers.DateTimeField()
    accepted = serializers.SerializerMethodField()

    def get_accepted(self, row: TermsOffer) -> bool:
        return hasattr(row, "accepted")


class TermsOffers(Resource):
    """Offers of own reservations and, for providers, of reservations of own machines."""

    acts: ClassVar = {"GET": roles.VIEW, "POST": roles.PROVIDE}
    query_class = PageQuery

    @extend_schema(responses=TermsOfferOut(many=True))
    def get(self, request: Request) -> Response:
        return self.page(_seen(request).order_by("-pk"), TermsOfferOut)

    @extend_schema(request=TermsOfferIn, responses={201: TermsOfferOut})
    def post(self, request: Request) -> Response:
        acting, asked = principal(request), checked(TermsOfferIn, request.data)
        rows = Reservation.objects.filter(offer__machine__site__operator=acting.organisation)
        row = billing.offer_terms(
            reservation=get_object_or_404(rows, public_id=asked["reservation"]),
            price_micro=asked["price_micro_per_gpu_hour"],
            since=asked["since"],
            by=acting.user,
            at=now(),
        )
        return made(TermsOfferOut(row).data, "terms-offer", status=201)


class OneTermsOffer(Resource):
    """An offered price, and whether it was accepted."""

    @extend_schema(responses=TermsOfferOut)
    def get(self, request: Request, public_id: UUID) -> Response:
        return Response(TermsOfferOut(get_object_or_404(_seen(request), public_id=public_id)).data)


class AcceptTerms(Resource):
    """Let an offered price hold from its moment on; what it may cost more is set aside now."""

    acts: ClassVar = {"POST": roles.RENT}
    refusals = (402,)

    @extend_schema(request=None, responses=TermsOfferOut)
    def post(self, request: Request, public_id: UUID) -> Response:
        checked(Strict, request.data)
        acting = principal(request)
        rows = TermsOffer.objects.filter(reservation__renter=acting.organisation)
        row = get_object_or_404(rows, public_id=public_id)
        billing.accept_terms(offer=row, by=acting.user, at=now())
        return Response(TermsOfferOut(rows.select_related("accepted").get(pk=row.pk)).data)


def _seen(request: Request) -> QuerySet[TermsOffer]:
    own = principal(request).organisation
    rows = TermsOffer.objects.filter(
        Q(reservation__renter=own) | Q(reservation__offer__machine__site__operator=own)
    )
    return rows.select_related("reservation", "accepted")
