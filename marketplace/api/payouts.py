"""What a provider has earned, its account to be paid to, and its payouts."""

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
from marketplace.accounts.models import Organisation
from marketplace.billing import services as billing
from marketplace.billing.models import Payout, PayoutAccount
from marketplace.billing.services.payouts import Earned, EarnedFor, Rental
from marketplace.billing.states import PayoutState

from .authentication import principal
from .resource import Resource, checked
from .serializers import PageQuery, Strict


class EarnedOut(serializers.Serializer[Earned]):
    currency = serializers.CharField()
    payable_micro = serializers.IntegerField(help_text="goes out with the next payout")
    maturing_micro = serializers.IntegerField(help_text="charged too recently to go out")
    on_its_way_micro = serializers.IntegerField(help_text="in a payout that is under way")
    owed_micro = serializers.IntegerField(help_text="taken from the next payout")


class AccountIn(Strict):
    country = serializers.CharField(
        max_length=2, help_text="of the bank account, two capitals; counts the first time only"
    )


class AccountOut(serializers.Serializer[PayoutAccount]):
    standing = serializers.ChoiceField(
        choices=["new", "onboarding", "restricted", "ready", "closed"]
    )
    country = serializers.CharField(help_text="empty while there is no account")
    can_pay_out = serializers.BooleanField(help_text="Stripe pays out to the bank")
    due = serializers.ListField(
        child=serializers.CharField(), help_text="what Stripe still wants to know"
    )
    asked_at = serializers.DateTimeField(help_text="when Stripe last told us", allow_null=True)


class OnwardOut(serializers.Serializer[dict[str, str]]):
    url = serializers.URLField(help_text="a page of Stripe's, good once and for a few minutes")


class PayoutOut(serializers.Serializer[Payout]):
    id = serializers.UUIDField(source="public_id")
    state = serializers.ChoiceField(choices=PayoutState.choices)
    currency = serializers.CharField()
    carried_in_micro = serializers.IntegerField(help_text="left over from before")
    earned_micro = serializers.IntegerField(help_text="your part of its charges")
    netted_micro = serializers.IntegerField(help_text="taken for what you owed")
    amount_micro = serializers.IntegerField(help_text="transferred: whole cents")
    carried_out_micro = serializers.IntegerField(help_text="left over for the next")
    reversed_micro = serializers.IntegerField(help_text="of the amount, taken back since")
    failure = serializers.CharField(help_text="why nothing was transferred")
    created_at = serializers.DateTimeField()


class RentalOut(serializers.Serializer[Rental]):
    reservation = serializers.UUIDField()
    machine = serializers.CharField(help_text="empty: a fee for time that was given up")
    what = serializers.ChoiceField(choices=EarnedFor.choices, help_text="what it was earned for")
    charged_micro = serializers.IntegerField()
    fee_micro = serializers.IntegerField()
    yours_micro = serializers.IntegerField()


def _provider(request: Request) -> Organisation:
    """The provider that asks; for others none of this exists."""
    organisation = principal(request).organisation
    if not organisation.can_provide:
        raise Http404
    return organisation


def _own(request: Request) -> QuerySet[Payout]:
    return Payout.objects.filter(organisation=_provider(request))


class EarningsNow(Resource):
    """What the ledger owes the provider, by how far it has got."""

    acts: ClassVar = {"GET": roles.PAY}

    @extend_schema(responses=EarnedOut)
    def get(self, request: Request) -> Response:
        earned = billing.payouts.earned(organisation=_provider(request), currency=settings.CURRENCY)
        return Response(EarnedOut(earned).data)


class Account(Resource):
    """The account with Stripe that payouts go to."""

    acts: ClassVar = {"GET": roles.PAY}

    @extend_schema(responses=AccountOut)
    def get(self, request: Request) -> Response:
        mine = _provider(request)
        row = billing.payouts.payout_account(organisation=mine)
        return Response(AccountOut(row or PayoutAccount(organisation=mine)).data)


class Onboarding(Resource):
    """Opens the account the first time; answers with Stripe's page to go on with."""

    acts: ClassVar = {"POST": roles.PAY}
    refusals: ClassVar = (503,)

    @extend_schema(request=AccountIn, responses=OnwardOut)
    def post(self, request: Request) -> Response:
        acting = principal(request)
        url = billing.payouts.onboard(
            organisation=_provider(request),
            by=acting.user,
            back_url=f"{settings.PUBLIC_URL}/payouts/account/",
            at=now(),
            **checked(AccountIn, request.data),
        )
        return Response(OnwardOut({"url": url}).data)


class Payouts(Resource):
    """Payouts, newest first."""

    acts: ClassVar = {"GET": roles.PAY}
    query_class = PageQuery

    @extend_schema(responses=PayoutOut(many=True))
    def get(self, request: Request) -> Response:
        return self.page(_own(request).order_by("-pk"), PayoutOut)


class OnePayout(Resource):
    """A payout and how its amount comes about."""

    acts: ClassVar = {"GET": roles.PAY}

    @extend_schema(responses=PayoutOut)
    def get(self, request: Request, public_id: UUID) -> Response:
        return Response(PayoutOut(get_object_or_404(_own(request), public_id=public_id)).data)


class PayoutRentals(Resource):
    """The rentals that a payout is for, added up."""

    acts: ClassVar = {"GET": roles.PAY}
    query_class = PageQuery

    @extend_schema(responses=RentalOut(many=True))
    def get(self, request: Request, public_id: UUID) -> Response:
        row = get_object_or_404(_own(request), public_id=public_id)
        return self.page(billing.payouts.rentals(payout=row), RentalOut)
