from typing import Any, ClassVar
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.accounts import roles
from marketplace.hooks import services as hooks
from marketplace.hooks.addresses import MOST
from marketplace.hooks.models import Attempt, Delivery, Endpoint
from marketplace.hooks.states import DeliveryState, EndpointState
from marketplace.notices.kinds import CODES

from .authentication import principal
from .resource import Resource, checked, made
from .serializers import PageQuery, Strict


class WebhookIn(Strict):
    url = serializers.CharField(
        max_length=MOST,
        help_text="https:// of a public server; redirects are not followed",
    )
    kinds = serializers.MultipleChoiceField(
        choices=CODES, allow_empty=False, help_text="of what your role may read"
    )
    note = serializers.CharField(
        max_length=120, required=False, default="", allow_blank=True, help_text="what it is for"
    )


class WebhookOut(serializers.Serializer[Endpoint]):
    """Each event is a POST of `{"type", "timestamp", "data"}`, signed by standard-webhooks.

    `type` is one of `kinds` (or `webhook.test`), `timestamp` when it happened, and `data` the
    public state at that moment with the names of this API; its `id` leads to the resource. The
    header `webhook-id` names the event and is the same at each try; `webhook-signature` is `v1,`
    and the base64 of HMAC-SHA256 over `webhook-id.webhook-timestamp.body`, by the secret (base64
    after `whsec_`). Any 2xx takes it, within 10 seconds. Other answers are tried again for three
    days; then the webhook is paused. Events may come twice or out of order.
    """

    id = serializers.UUIDField(source="public_id")
    url = serializers.CharField()
    kinds = serializers.ListField(child=serializers.CharField())
    note = serializers.CharField()
    state = serializers.ChoiceField(
        choices=EndpointState.choices, help_text="paused: nothing is sent until it is resumed"
    )
    created_by = serializers.EmailField(source="created_by.email")
    created_at = serializers.DateTimeField()
    old_secret_until = serializers.DateTimeField(
        allow_null=True, help_text="until then the secret before signs, too"
    )


class NewWebhookOut(WebhookOut):
    secret = serializers.CharField(help_text="shown this once")


class AttemptOut(serializers.Serializer[Attempt]):
    at = serializers.DateTimeField()
    took_ms = serializers.IntegerField()
    status = serializers.IntegerField(allow_null=True, help_text="null: there was no answer")
    error = serializers.CharField(help_text="why there was no answer")
    answer = serializers.CharField(help_text="its first 500 bytes")


class DeliveryOut(serializers.Serializer[Delivery]):
    id = serializers.UUIDField(source="public_id", help_text="the header webhook-id")
    kind = serializers.CharField()
    state = serializers.ChoiceField(choices=DeliveryState.choices)
    created_at = serializers.DateTimeField()
    next_at = serializers.DateTimeField(help_text="of the next try, while it is pending")
    attempts = AttemptOut(many=True)


class Webhooks(Resource):
    """Webhooks of the organisation, newest first. Asking twice makes two."""

    acts: ClassVar = {"GET": roles.RENT, "POST": roles.RENT}
    query_class = PageQuery

    @extend_schema(responses=WebhookOut(many=True))
    def get(self, request: Request) -> Response:
        return self.page(hooks.endpoints_of(principal(request)), WebhookOut)

    @extend_schema(request=WebhookIn, responses={201: NewWebhookOut})
    def post(self, request: Request) -> Response:
        asked: dict[str, Any] = checked(WebhookIn, request.data)
        row, secret = hooks.create(principal=principal(request), at=now(), **asked)
        return made(WebhookOut(row).data | {"secret": secret}, "webhook", status=201)


class OneWebhook(Resource):
    """A webhook; PUT changes where it goes and what it hears of, deleting it ends it at once."""

    acts: ClassVar = {"GET": roles.RENT, "PUT": roles.RENT, "DELETE": roles.RENT}

    @extend_schema(responses=WebhookOut)
    def get(self, request: Request, public_id: UUID) -> Response:
        return Response(WebhookOut(_own(request, public_id)).data)

    @extend_schema(request=WebhookIn, responses=WebhookOut)
    def put(self, request: Request, public_id: UUID) -> Response:
        row, asked = _own(request, public_id), checked(WebhookIn, request.data)
        hooks.change(principal=principal(request), endpoint=row, at=now(), **asked)
        return Response(WebhookOut(_own(request, public_id)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, public_id: UUID) -> Response:
        row = _own(request, public_id)
        hooks.remove(principal=principal(request), endpoint=row, at=now())
        return Response(status=204)


class Test(Resource):
    """Send an event of the type `webhook.test`, once; the deliveries show how it was answered."""

    acts: ClassVar = {"POST": roles.RENT}

    @extend_schema(request=None, responses={202: DeliveryOut})
    def post(self, request: Request, public_id: UUID) -> Response:
        row = _own(request, public_id)
        delivery = hooks.test(principal=principal(request), endpoint=row, at=now())
        return Response(DeliveryOut(delivery).data, status=202)


class Resume(Resource):
    """Send again to a webhook that was paused."""

    acts: ClassVar = {"POST": roles.RENT}

    @extend_schema(request=None, responses=WebhookOut)
    def post(self, request: Request, public_id: UUID) -> Response:
        row = _own(request, public_id)
        hooks.resume(principal=principal(request), endpoint=row, at=now())
        return Response(WebhookOut(_own(request, public_id)).data)


class Secret(Resource):
    """Replace the secret; the one before signs, too, for 24 hours."""

    acts: ClassVar = {"POST": roles.RENT}

    @extend_schema(request=None, responses={201: NewWebhookOut})
    def post(self, request: Request, public_id: UUID) -> Response:
        row = _own(request, public_id)
        secret = hooks.rotate(principal=principal(request), endpoint=row, at=now())
        now_is = WebhookOut(_own(request, public_id)).data
        return made(now_is | {"secret": secret}, "webhook", status=201)


class Deliveries(Resource):
    """What was sent in the last 30 days and how it was answered, newest first."""

    acts: ClassVar = {"GET": roles.RENT}
    query_class = PageQuery

    @extend_schema(responses=DeliveryOut(many=True))
    def get(self, request: Request, public_id: UUID) -> Response:
        rows = _own(request, public_id).deliveries.order_by("-pk").prefetch_related("attempts")
        return self.page(rows, DeliveryOut)


class Again(Resource):
    """Send the same event once more, with the same webhook-id, once it is over."""

    acts: ClassVar = {"POST": roles.RENT}

    @extend_schema(request=None, responses={202: DeliveryOut})
    def post(self, request: Request, public_id: UUID, delivery: UUID) -> Response:
        rows = Delivery.objects.filter(endpoint=_own(request, public_id))
        row = get_object_or_404(rows.select_related("endpoint"), public_id=delivery)
        hooks.redeliver(principal=principal(request), delivery=row, at=now())
        row.refresh_from_db()
        return Response(DeliveryOut(row).data, status=202)


def _own(request: Request, public_id: UUID) -> Endpoint:
    return get_object_or_404(hooks.endpoints_of(principal(request)), public_id=public_id)
