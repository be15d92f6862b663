"""How a person signs in: password, authenticator app, recovery codes. The trail has each change."""

from typing import Any

from allauth.account.views import PasswordChangeView, ReauthenticateView
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from marketplace.accounts import proof, roles
from marketplace.accounts import services as accounts
from marketplace.accounts.models import User
from marketplace.accounts.services import Principal
from marketplace.web.access import member
from marketplace.web.said import said


class Confirmed:
    """A factor is added only to an address that was confirmed.

    Or somebody signs up with the address of another, adds one, and keeps the other out for ever.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if isinstance(request.user, User) and not request.user.email_confirmed:
            messages.error(
                request, _("Confirm your e-mail address before you add a second factor.")
            )
            return redirect("mfa_index")
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return answer


class Overview(mfa.IndexView):  # type: ignore[misc]  # allauth has no types
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        known: dict[str, Any] = super().get_context_data(**kwargs)
        has = known["authenticators"]
        return {
            **known,
            "app": has.get("totp"),
            "passkeys": has.get("webauthn", []),
            "codes": has.get("recovery_codes"),
            "must": accounts.must_have_factor(user=self.request.user),
        }


class Password(PasswordChangeView):  # type: ignore[misc]
    """Everybody else who is signed in as this person is signed out."""

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            answer: HttpResponse = super().form_valid(form)
            accounts.note_security(verb="changed password", user=form.user, at=now())
        return answer


class AddApp(Confirmed, totp.ActivateTOTPView):  # type: ignore[misc]
    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            answer: HttpResponse = super().form_valid(form)
            accounts.note_security(verb="added authenticator", user=self.request.user, at=now())
        proof.note_second_factor(self.request, self.request.user)
        return answer


class RemoveApp(totp.DeactivateTOTPView):  # type: ignore[misc]
    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            answer: HttpResponse = super().form_valid(form)
            accounts.note_security(verb="removed authenticator", user=self.request.user, at=now())
        return answer


class NewCodes(codes.GenerateRecoveryCodesView):  # type: ignore[misc]
    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            answer: HttpResponse = super().form_valid(form)
            accounts.note_security(verb="made recovery codes", user=self.request.user, at=now())
        return answer


overview = never_cache(Overview.as_view())
password = never_cache(Password.as_view())
confirm = never_cache(ReauthenticateView.as_view())
confirm_code = never_cache(mfa.ReauthenticateView.as_view())
add_app = never_cache(AddApp.as_view())
remove_app = never_cache(RemoveApp.as_view())
new_codes = never_cache(NewCodes.as_view())
all_codes = never_cache(codes.ViewRecoveryCodesView.as_view())
codes_file = never_cache(codes.DownloadRecoveryCodesView.as_view())


@require_POST
@member(roles.MANAGE)
def require_factor(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Let members act only with a second factor, or no longer ask for it."""
    required = "required" in request.POST
    try:
        accounts.require_second_factor(
            organisation=principal.organisation, required=required, by=principal.user, at=now()
        )
    except ValidationError as error:
        messages.error(request, said(error.messages[0]))
    else:
        now_need = _("Members now need a second factor.")
        no_longer = _("Members no longer need a second factor.")
        messages.success(request, now_need if required else no_longer)
    return redirect("members")
