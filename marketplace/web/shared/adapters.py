"""What allauth asks us: how letters are sent, when an address is confirmed, what factors are."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import override

from marketplace.accounts import services as accounts
from marketplace.accounts.models import User
from marketplace.core.sealing import seal, unseal
from marketplace.web import letters

#: so that a copy of the database alone makes no codes
FACTORS = "second factors"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Letters name PUBLIC_URL and go after the commit; one verb confirms an address."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        with override(letters.language_of(email)):
            letter: EmailMessage = self.render_mail(
                template_prefix, email, {**context, "email": email}
            )
        letters.post(letter)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """To the address of the person, whether allauth has a row of it or not."""
        super().send_notification_mail(template_prefix, user, context, email or user.email)

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """An address that is no longer the person's confirms nothing."""
        if email_address.email != email_address.user.email:
            return False
        accounts.confirm_email(user=email_address.user, at=now())
        return True

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return letters.address_of(reverse("account_confirm_email", args=[emailconfirmation.key]))

    def get_reset_password_from_key_url(self, key: str) -> str:
        # uidb36 and token, of which the second may hold dashes
        uid, _, token = key.partition("-")
        return letters.address_of(reverse("account_reset_password_from_key", args=[uid, token]))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("mfa_index")


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Who must have a factor keeps the last one; passkeys have names of their own."""

    def encrypt(self, text: str) -> str:
        return seal(purpose=FACTORS, text=text).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(purpose=FACTORS, sealed=encrypted_text.encode())

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return accounts.may_remove_factor(user=authenticator.user)

    def generate_authenticator_name(self, user: User, type: str) -> str:
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return _("Passkey %(number)s") % {"number": number}

    def _get_site_name(self) -> str:
        """What the browser calls us when it asks for a passkey."""
        return "Straits"
