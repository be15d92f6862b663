"""Who is asking: a bearer key, or the session of a browser. Both act for an organisation."""

from django.utils.timezone import now
from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from marketplace.accounts import proof
from marketplace.accounts import services as accounts
from marketplace.accounts.models import User
from marketplace.accounts.services import NotPermitted, Principal

#: the second is what clients of yente and OpenSanctions send
SCHEMES = ("bearer", "apikey")


class ApiKeyAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer straits_...`; the key's maker acts, with the role held now."""

    def authenticate(self, request: Request) -> tuple[User, Principal] | None:
        secret = bearer(request)
        if secret is None:
            return None
        acting = accounts.principal_of_key(secret=secret, at=now())
        if acting is None:
            raise AuthenticationFailed("this API key is unknown, revoked or expired; make another")
        return acting.user, acting

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Straits"'


class SessionAuthentication(authentication.SessionAuthentication):
    """A signed-in browser, with a CSRF token; it acts for the first organisation joined."""

    def authenticate(self, request: Request) -> tuple[User, Principal | None] | None:
        found = super().authenticate(request)
        if found is None:
            return None
        user: User = found[0]
        acting = accounts.principal_of_user(user=user)
        asked = acting is not None and acting.organisation.second_factor_required
        if asked and not proof.has_second_factor(request, user):
            raise NotPermitted("your organisation requires a second factor; set one up first")
        return user, acting


def bearer(request: Request) -> str | None:
    """The secret of the Authorization header; None when the header has another scheme or none."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if scheme.lower() in SCHEMES else None


def principal(request: Request) -> Principal:
    """Whom the request acts for. Raises NotPermitted when the user belongs to no organisation."""
    if not isinstance(request.auth, Principal):
        raise NotPermitted("you belong to no organisation; ask an owner to add you to one")
    return request.auth
