"""Who is looking: the one place that makes a Principal of a signed-in user, or turns away."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy

from marketplace.accounts import proof, roles
from marketplace.accounts import services as accounts
from marketplace.accounts.services import NotPermitted, Principal
from marketplace.web.sentences import sentence

from .staff_door import to_second_factor

P = ParamSpec("P")
MemberView = Callable[Concatenate[HttpRequest, Principal, P], HttpResponse]
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

NOBODY = gettext_lazy(
    "You belong to no organisation here. Staff work in the admin; others sign up with one."
)


def principal_of(request: HttpRequest) -> Principal | None:
    """Whom the signed-in user acts for (the first organisation joined); one look a request."""
    kept = vars(request)
    if "principal" not in kept:
        user = request.user
        kept["principal"] = accounts.principal_of_user(user=user) if user.is_authenticated else None
    found: Principal | None = kept["principal"]
    return found


def member(act: str = roles.VIEW) -> Callable[[MemberView[P]], View[P]]:
    """Give the view a Principal whose role may do this act.

    Anonymous visitors go to sign-in; people of no organisation and roles that may not are 403.
    Objects of another organisation are for the view to not find: 404. Nothing of it is cached.
    """

    def decorate(view: MemberView[P]) -> View[P]:
        @wraps(view)
        def checked(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            principal = principal_of(request)
            if principal is None:
                raise PermissionDenied(NOBODY)
            if _lacks_factor(request, principal):
                return to_second_factor(request, principal.user)
            try:
                principal.require(act)
                answer = view(request, principal, *args, **kwargs)
            except NotPermitted as error:
                raise PermissionDenied(sentence(error)) from error
            add_never_cache_headers(answer)
            return answer

        return checked

    return decorate


def provider(view: MemberView[P]) -> View[P]:
    """Give the view a Principal who may provide; for organisations that do not it does not exist"""

    @wraps(view)
    @member()
    def checked(
        request: HttpRequest, principal: Principal, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        if not principal.organisation.can_provide:
            raise Http404
        principal.require(roles.PROVIDE)
        return view(request, principal, *args, **kwargs)

    return checked


def payee(view: MemberView[P]) -> View[P]:
    """As `provider`, for what concerns the money: whoever may pay may see what is paid out."""

    @wraps(view)
    @member(roles.PAY)
    def checked(
        request: HttpRequest, principal: Principal, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        if not principal.organisation.can_provide:
            raise Http404
        return view(request, principal, *args, **kwargs)

    return checked


def _lacks_factor(request: HttpRequest, principal: Principal) -> bool:
    """Whether the organisation lets members act only with a second factor, and it was not shown."""
    required = principal.organisation.second_factor_required
    return required and not proof.has_second_factor(request, principal.user)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if "HX-Request" in request.headers:  # a part of a page that was left open: all of it, then
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    # an act cannot be come back to by GET
    return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
