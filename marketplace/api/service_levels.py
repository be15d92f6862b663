"""What is promised about availability, and how available a reservation was."""

from typing import Any
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.billing import services as billing
from marketplace.billing.models import Fault, SlaAssessment, SlaTier

from .reservations import own_reservations
from .resource import Resource


class ServiceTierOut(serializers.Serializer[SlaTier]):
    below_bps = serializers.IntegerField(help_text="availability below this, in 1/10,000")
    credit_bps = serializers.IntegerField(help_text="of what was charged, in 1/10,000")
    since = serializers.DateTimeField()


class ServiceScheduleOut(serializers.Serializer[Any]):
    tiers = ServiceTierOut(many=True)


class ServiceAssessmentOut(serializers.Serializer[SlaAssessment]):
    id = serializers.UUIDField(source="public_id")
    run_ms = serializers.IntegerField(help_text="of all GPUs together")
    down_ms = serializers.IntegerField()
    available_bps = serializers.IntegerField()
    charged_micro = serializers.IntegerField()
    credit_bps = serializers.IntegerField()
    credit_micro = serializers.IntegerField(help_text="given once all of it is invoiced")
    fault = serializers.ChoiceField(choices=Fault.choices)
    evidence = serializers.JSONField(help_text="gaps, rulings and rows of the schedule by id")
    assessed_at = serializers.DateTimeField()


class ServiceLevels(Resource):
    """The schedule that holds for what is asked for now, best availability first."""

    @extend_schema(responses=ServiceScheduleOut)
    def get(self, request: Request) -> Response:
        return Response(ServiceScheduleOut({"tiers": billing.schedule(at=now())}).data)


class ReservationServiceLevel(Resource):
    """How available a settled reservation was, and what that earns; 404 before it is assessed."""

    @extend_schema(responses=ServiceAssessmentOut)
    def get(self, request: Request, public_id: UUID) -> Response:
        reservation = get_object_or_404(own_reservations(request), public_id=public_id)
        row = billing.assessment_of(reservation=reservation)
        if row is None:
            raise Http404
        return Response(ServiceAssessmentOut(row).data)
