from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.accounts import roles
from marketplace.billing import services as billing
from marketplace.billing.models import AutoTopUp, CreditLot, SavedCard
from marketplace.billing.services import NoSuchCard, Page

from .authentication import principal
from .resource import Resource, checked, idempotency_key
from .serializers import PageQuery, Strict
from .wallet import TopUpOut


def back() -> str:
    """Where Stripe's pages lead a visitor back to."""
    return f"{settings.PUBLIC_URL}/wallet/?from=stripe"


class CardOut(serializers.Serializer[SavedCard]):
    id = serializers.UUIDField(source="public_id")
    payment_method = serializers.CharField(help_text="of Stripe; pay with it")
    brand = serializers.CharField()
    last4 = serializers.CharField()
    exp_month = serializers.IntegerField()
    exp_year = serializers.IntegerField()
    is_default = serializers.BooleanField(help_text="automatic top-ups take it")


class PageOut(serializers.Serializer[dict[str, str]]):
    url = serializers.URLField(help_text="Stripe's page; open it in a browser")


class Cards(Resource):
    """Saved cards, oldest first. A card is saved on Stripe's page, whose address POST answers."""

    acts: ClassVar = {"GET": roles.VIEW, "POST": roles.PAY}
    query_class = PageQuery
    keyed = True
    refusals = (503,)

    @extend_schema(responses=CardOut(many=True))
    def get(self, request: Request) -> Response:
        return self.page(_own(request).order_by("pk"), CardOut)

    @extend_schema(request=Strict, responses={201: PageOut})
    def post(self, request: Request) -> Response:
        checked(Strict, request.data)
        url = billing.save_card_page(
            organisation=principal(request).organisation,
            back=back(),
            key=idempotency_key(request),
        )
        return Response({"url": url}, status=201)


class OneCard(Resource):
    """A saved card; deleting it ends it at once."""

    acts: ClassVar = {"GET": roles.VIEW, "DELETE": roles.PAY}

    @extend_schema(responses=CardOut)
    def get(self, request: Request, public_id: UUID) -> Response:
        return Response(CardOut(get_object_or_404(_own(request), public_id=public_id)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, public_id: UUID) -> Response:
        acting = principal(request)
        try:
            billing.remove_card(
                organisation=acting.organisation, card=public_id, by=acting.user, at=now()
            )
        except NoSuchCard as error:
            raise Http404 from error
        return Response(status=204)


class DefaultCard(Resource):
    """Make a saved card the one that automatic top-ups take."""

    acts: ClassVar = {"POST": roles.PAY}

    @extend_schema(request=None, responses=CardOut)
    def post(self, request: Request, public_id: UUID) -> Response:
        acting = principal(request)
        try:
            billing.choose_default(
                organisation=acting.organisation, card=public_id, by=acting.user, at=now()
            )
        except NoSuchCard as error:
            raise Http404 from error
        return Response(CardOut(_own(request).get(public_id=public_id)).data)


def _own(request: Request) -> QuerySet[SavedCard]:
    return billing.cards(organisation=principal(request).organisation)


class CheckoutIn(Strict):
    amount_micro = serializers.IntegerField()
    save_card = serializers.BooleanField(required=False, default=False)


class CheckoutOut(serializers.Serializer[Page]):
    top_up = TopUpOut()
    url = serializers.URLField(help_text="Stripe's page; open it in a browser")


class Checkouts(Resource):
    """A top-up that is paid on Stripe's page with a card that need not be saved."""

    acts: ClassVar = {"POST": roles.PAY}
    keyed = True
    refusals = (422, 503)

    @extend_schema(request=CheckoutIn, responses={201: CheckoutOut})
    def post(self, request: Request) -> Response:
        acting = principal(request)
        page = billing.top_up_page(
            organisation=acting.organisation,
            by=acting.user,
            back=back(),
            key=idempotency_key(request),
            at=now(),
            **checked(CheckoutIn, request.data),
        )
        return Response(CheckoutOut(page).data, status=201)


class AutoTopUpIn(Strict):
    threshold_micro = serializers.IntegerField()
    amount_micro = serializers.IntegerField()
    day_cap_micro = serializers.IntegerField()
    month_cap_micro = serializers.IntegerField()


class AutoTopUpOut(serializers.Serializer[AutoTopUp]):
    enabled = serializers.BooleanField()
    threshold_micro = serializers.IntegerField(help_text="topped up when less is available")
    amount_micro = serializers.IntegerField()
    day_cap_micro = serializers.IntegerField(help_text="at most in a day (UTC)")
    month_cap_micro = serializers.IntegerField(help_text="at most in a month (UTC)")
    disabled_reason = serializers.CharField()


NOTHING = AutoTopUp(
    enabled=False, threshold_micro=0, amount_micro=0, day_cap_micro=0, month_cap_micro=0
)


class AutoTopUps(Resource):
    """What may be taken from the default card unasked; nothing while it is not enabled."""

    acts: ClassVar = {"GET": roles.VIEW, "PUT": roles.PAY, "DELETE": roles.PAY}

    @extend_schema(responses=AutoTopUpOut)
    def get(self, request: Request) -> Response:
        rows = AutoTopUp.objects.filter(organisation=principal(request).organisation)
        return Response(AutoTopUpOut(rows.first() or NOTHING).data)

    @extend_schema(request=AutoTopUpIn, responses=AutoTopUpOut)
    def put(self, request: Request) -> Response:
        acting = principal(request)
        made = billing.allow_auto_top_up(
            organisation=acting.organisation,
            by=acting.user,
            at=now(),
            **checked(AutoTopUpIn, request.data),
        )
        return Response(AutoTopUpOut(made).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request) -> Response:
        acting = principal(request)
        billing.forbid_auto_top_up(organisation=acting.organisation, by=acting.user, at=now())
        return Response(status=204)


class LotOut(serializers.Serializer[CreditLot]):
    id = serializers.UUIDField(source="public_id")
    kind = serializers.CharField(help_text="paid, or promo, which is spent first")
    amount_micro = serializers.IntegerField()
    remaining_micro = serializers.IntegerField(help_text="as last looked at")
    currency = serializers.CharField()
    expires_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class Lots(Resource):
    """What the money in the wallet came from, in the order in which it is spent."""

    query_class = PageQuery

    @extend_schema(responses=LotOut(many=True))
    def get(self, request: Request) -> Response:
        organisation = principal(request).organisation
        billing.look_at_lots(organisation=organisation, at=now())
        return self.page(organisation.credit_lots.in_order_of_spending(), LotOut)
