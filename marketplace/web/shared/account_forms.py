"""allauth's forms in the classes of straits.css and in our words. Named in settings_accounts."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.web.forms import Dressed

LEAST = _("At least 8 characters, not a common one, not only digits.")
LABELS = {
    "login": _("E-mail"),
    "email": _("E-mail"),
    "oldpassword": _("Your password now"),
    "password1": _("New password"),
    "password2": _("New password, again"),
    "code": _("Code"),
}
HINTS = {"password1": LEAST}


class Ours(Dressed):
    """Labels above, hints below them, nothing inside a field that looks filled in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = LABELS.get(name, field.label)
            field.help_text = HINTS.get(name, "")
            if name == "code":
                # letters are no part of any code; a phone shows digits
                field.widget.attrs["inputmode"] = "numeric"


class SignInForm(Ours, account.LoginForm):  # type: ignore[misc]  # allauth has no types
    pass


class PasswordForm(Ours, account.ChangePasswordForm):  # type: ignore[misc]
    pass


class ForgottenForm(Ours, account.ResetPasswordForm):  # type: ignore[misc]
    pass


class NewPasswordForm(Ours, account.ResetPasswordKeyForm):  # type: ignore[misc]
    pass


class ConfirmForm(Ours, account.ReauthenticateForm):  # type: ignore[misc]
    pass


class CodeForm(Ours, mfa.AuthenticateForm):  # type: ignore[misc]
    pass


class CodeAgainForm(Ours, mfa.ReauthenticateForm):  # type: ignore[misc]
    pass


class AuthenticatorForm(Ours, ActivateTOTPForm):  # type: ignore[misc]
    pass


class PasskeyForm(Ours, AddWebAuthnForm):  # type: ignore[misc]
    """Always a passkey: kept by the device, which asks for finger, face or PIN."""

    passwordless = forms.BooleanField(required=False, initial=True, widget=forms.HiddenInput)

    def clean_passwordless(self) -> bool:
        return True


class PasskeyNameForm(Ours, EditWebAuthnForm):  # type: ignore[misc]
    pass
