"""The one way in: signing in, confirming an address, a forgotten password; done by allauth."""

from typing import Any, cast

from allauth.account import views as account
from allauth.account.internal.flows.email_verification import send_verification_email_for_user
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from marketplace.accounts import services as accounts
from marketplace.accounts.models import User
from marketplace.web.limits import address, limited, user

from .passkeys import options

HOUR = 3600
QUARTER = 900


def _account(request: HttpRequest) -> str:
    return request.POST.get("login", "").strip().lower()


@never_cache
@limited("sign-in", most=60, seconds=QUARTER, by=address)
@limited("sign-in-account", most=10, seconds=QUARTER, by=_account)
def sign_in(request: HttpRequest) -> HttpResponse:
    return cast(HttpResponse, account.login(request))


class SecondFactor(AuthenticateView):  # type: ignore[misc]  # allauth has no types
    """After the password: a code, or the passkey."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        known: dict[str, Any] = super().get_context_data(**kwargs)
        asked = known["js_data"]["request_options"]
        return {
            **known,
            "options": options(asked) if asked["publicKey"].get("allowCredentials") else "",
        }


second_factor = never_cache(SecondFactor.as_view())
passkey = never_cache(LoginWebAuthnView.as_view())
inactive = never_cache(account.account_inactive)


@require_POST
@never_cache
@login_required
@limited("send-confirmation", most=10, seconds=HOUR, by=user)
def send_confirmation(request: HttpRequest) -> HttpResponse:
    """Send the link once more, at most once a minute."""
    assert isinstance(request.user, User)  # noqa: S101  looked at by the decorator
    if request.user.email_confirmed:
        messages.success(request, _("Your address is confirmed already."))
    elif send_verification_email_for_user(request, request.user):
        messages.success(request, _sent_to(request.user))
    else:
        messages.info(
            request, _("We sent a link a moment ago. Wait a minute before you ask again.")
        )
    return redirect("mfa_index")


def _sent_to(person: User) -> str:
    said = _("We sent a link to %(email)s. It works for 3 days.")
    return said % {"email": person.email}


@never_cache
@limited("confirm-email", most=60, seconds=HOUR, by=address)
def confirm_email(request: HttpRequest, key: str) -> HttpResponse:
    """Opening the link asks, the button confirms: mail scanners open links, too."""
    return cast(HttpResponse, account.confirm_email(request, key=key))


check_mail = never_cache(account.email_verification_sent)
forgotten = never_cache(account.password_reset)
forgotten_sent = never_cache(account.password_reset_done)


class NewPassword(account.PasswordResetFromKeyView):  # type: ignore[misc]
    """By the link of a letter. Everybody who was signed in as this person is signed out."""

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            answer: HttpResponse = super().form_valid(form)
            accounts.note_security(verb="reset password", user=self.reset_user, at=now())
        return answer


new_password = never_cache(NewPassword.as_view())
new_password_done = never_cache(account.password_reset_from_key_done)
