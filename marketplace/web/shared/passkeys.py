"""Passkeys: the browser makes and shows them by passkeys.js, allauth checks them."""

import json
from typing import Any

from allauth.mfa.webauthn import views
from allauth.mfa.webauthn.internal import auth
from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse_lazy
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from marketplace.accounts import proof
from marketplace.accounts import services as accounts

from .security import Confirmed

KEEP_ONE = _("You must have a second factor. Add another one before you remove the last.")


def options(asked: dict[str, Any]) -> str:
    """What the browser is asked, as text for an attribute."""
    return json.dumps(asked, cls=DjangoJSONEncoder)


class Add(Confirmed, views.AddWebAuthnView):  # type: ignore[misc]  # allauth has no types
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        known: dict[str, Any] = super().get_context_data(**kwargs)
        # one that signs in by itself: the device keeps it and makes sure who is there
        return {**known, "options": options(auth.begin_registration(self.request.user, True))}

    def form_valid(self, form: Any) -> HttpResponse:
        user, name = self.request.user, str(form.cleaned_data["name"])
        with transaction.atomic():
            answer: HttpResponse = super().form_valid(form)
            accounts.note_security(verb="added passkey", user=user, at=now(), name=name)
        proof.note_second_factor(self.request, user)
        return answer


class Remove(views.RemoveWebAuthnView):  # type: ignore[misc]
    success_url = reverse_lazy("mfa_index")

    def form_valid(self, form: Any) -> HttpResponse:
        user = self.request.user
        if not accounts.may_remove_factor(user=user):
            raise PermissionDenied(KEEP_ONE)
        with transaction.atomic():
            name = str(self.get_object())
            answer: HttpResponse = super().form_valid(form)
            accounts.note_security(verb="removed passkey", user=user, at=now(), name=name)
        return answer


class Rename(views.EditWebAuthnView):  # type: ignore[misc]
    success_url = reverse_lazy("mfa_index")


class Again(views.ReauthenticateWebAuthnView):  # type: ignore[misc]
    """The passkey once more, before something that matters."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        known: dict[str, Any] = super().get_context_data(**kwargs)
        return {**known, "options": options(known["js_data"]["request_options"])}


add = never_cache(Add.as_view())
remove = never_cache(Remove.as_view())
rename = never_cache(Rename.as_view())
again = never_cache(Again.as_view())


def every(request: HttpRequest) -> HttpResponse:
    """They are listed with the other factors."""
    return HttpResponseRedirect(str(reverse_lazy("mfa_index")))
