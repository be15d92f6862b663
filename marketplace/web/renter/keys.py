"""API keys of an organisation: owners make and end them; a secret is shown once."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from marketplace.accounts import roles
from marketplace.accounts import services as accounts
from marketplace.accounts.models import ApiKey
from marketplace.accounts.services import Principal
from marketplace.web.access import member
from marketplace.web.forms import take_over
from marketplace.web.limits import limited, user

from .key_forms import KeyForm

HOUR = 3600


@require_http_methods(["GET", "HEAD", "POST"])
@member(roles.MANAGE)
@limited("key", most=30, seconds=HOUR, by=user)
def keys(request: HttpRequest, principal: Principal) -> HttpResponse:
    """The keys; a POST makes one and shows its secret in the answer, never again."""
    form = KeyForm(request.POST if request.method == "POST" else None)
    secret = _make(form, principal) if form.is_valid() else ""
    rows = ApiKey.objects.filter(organisation=principal.organisation).order_by("-pk")
    context = {
        "form": KeyForm() if secret else form,
        "secret": secret,
        "keys": rows.select_related("created_by"),
    }
    return render(request, "renter/keys.html", context, status=422 if form.errors else 200)


def _make(form: KeyForm, principal: Principal) -> str:
    facts, at = form.cleaned_data, now()
    ends = at + timedelta(days=facts["days"]) if facts["days"] else None
    try:
        _key, secret = accounts.create_api_key(
            organisation=principal.organisation,
            by=principal.user,
            name=facts["name"],
            scopes=facts["scopes"] or None,
            per_minute=facts["per_minute"],
            expires_at=ends,
            at=at,
        )
    except ValidationError as error:
        take_over(form, error, default=None)
        return ""
    return secret


@require_POST
@member(roles.MANAGE)
def revoke(request: HttpRequest, principal: Principal, key: UUID) -> HttpResponse:
    row = get_object_or_404(ApiKey, organisation=principal.organisation, public_id=key)
    accounts.revoke_api_key(key=row, by=principal.user, at=now())
    messages.success(request, _("The key %(name)s no longer works.") % {"name": row.name})
    return redirect("keys")
