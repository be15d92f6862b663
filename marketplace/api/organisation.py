from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.accounts.models import Role
from marketplace.accounts.roles import MAY
from marketplace.accounts.services import Principal

from .authentication import principal
from .resource import Resource


class WhoOut(serializers.Serializer[Principal]):
    id = serializers.UUIDField(source="organisation.public_id")
    name = serializers.CharField(source="organisation.name")
    can_rent = serializers.BooleanField(source="organisation.can_rent")
    can_provide = serializers.BooleanField(source="organisation.can_provide")
    user = serializers.EmailField(source="user.email")
    role = serializers.ChoiceField(choices=Role.choices)
    may = serializers.SerializerMethodField(help_text="what this role may do")

    def get_may(self, acting: Principal) -> list[str]:
        return sorted(MAY.get(acting.role, ()))


class Who(Resource):
    """Whom this request acts for, and what it may do."""

    @extend_schema(responses=WhoOut)
    def get(self, request: Request) -> Response:
        return Response(WhoOut(principal(request)).data)
