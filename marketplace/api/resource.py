"""What every resource does alike, so that each module only says what is its own."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from marketplace.accounts import roles

from .errors import BadKey, BadQuery
from .serializers import MOST_ROWS, Strict

KEY_HEADER = "Idempotency-Key"
KEY = re.compile("[!-~]{1,200}")


class Pages(LimitOffsetPagination):
    default_limit = 50
    max_limit = MOST_ROWS


class Resource(APIView):
    """A view that checks role and query before its method runs; what it answers is not cached."""

    #: what each method is, as an act of accounts.roles; others are not allowed
    acts: ClassVar[Mapping[str, str]] = {"GET": roles.VIEW}
    #: the query parameters of GET; no other method takes any
    query_class: ClassVar[type[Strict]] = Strict
    #: a POST makes something, so it carries an Idempotency-Key
    keyed: ClassVar[bool] = False
    #: statuses of problems that are this view's own, for the OpenAPI document
    refusals: ClassVar[tuple[int, ...]] = ()
    pagination_class = Pages
    metadata_class = None
    query: dict[str, Any]

    @property
    def throttle_scope(self) -> str:
        return "read" if self.request.method in SAFE_METHODS else "write"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        shape = self.query_class if request.method in SAFE_METHODS else Strict
        try:
            self.query = checked(shape, dict(request.query_params.items()))
        except ValidationError as error:
            raise BadQuery(error.detail) from error

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        response["Cache-Control"] = "no-store"
        return super().finalize_response(request, response, *args, **kwargs)

    def page(self, rows: QuerySet[Any] | Sequence[Any], shape: type[Serializer[Any]]) -> Response:
        """One page of rows (which must be ordered), as limit and offset ask."""
        pages = self.pagination_class()
        return pages.get_paginated_response(
            shape(pages.paginate_queryset(rows, self.request, self), many=True).data
        )


def checked(shape: type[Strict], content: Any) -> dict[str, Any]:
    """Content from outside as the shape reads it. Raises ValidationError, naming each place."""
    given = shape(data=content)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


def idempotency_key(request: Request) -> str:
    """The key that names this act. Raises BadKey when it is missing or not printable."""
    key = given_key(request)
    if not key:
        raise BadKey(f"send the header {KEY_HEADER}, one for each thing you want made")
    return key


def given_key(request: Request) -> str:
    """The key, or nothing where it is left out. Raises BadKey when it is not printable."""
    key = request.headers.get(KEY_HEADER)
    if key is None:
        return ""
    if not KEY.fullmatch(key):
        raise BadKey(f"{KEY_HEADER} must be 1 to 200 printable ASCII characters, no spaces")
    return key


def made(row: Any, route: str, *, status: int) -> Response:
    """The answer to a POST that made something: its content, and where it is."""
    place = reverse(f"api:{route}", args=[row["id"]])
    return Response(row, status=status, headers={"Location": place})
