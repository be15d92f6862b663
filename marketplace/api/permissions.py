from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from .authentication import principal

if TYPE_CHECKING:
    # REST framework's views import this module through the settings
    from rest_framework.views import APIView


class IsMember(BasePermission):
    """A member of an organisation, in a role that may do what the view's method does.

    `acts` of the view names the act (of accounts.roles) that each method is; a method that is not
    named there is not allowed to anybody.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not request.user.is_authenticated:
            return False
        acts: Mapping[str, str] = getattr(view, "acts", {})
        method = str(request.method)
        act = acts.get("GET" if method == "HEAD" else method)
        if act is None:
            raise MethodNotAllowed(method)
        principal(request).require(act)
        return True
