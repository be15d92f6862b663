"""Webhooks of an organisation: made and kept by who may rent; a secret is shown once."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from marketplace.accounts import roles
from marketplace.accounts.services import Principal
from marketplace.core.refusals import BadField
from marketplace.hooks import services as hooks
from marketplace.hooks.models import Attempt, Delivery, Endpoint
from marketplace.web.access import member
from marketplace.web.limits import limited, user
from marketplace.web.said import said
from marketplace.web.sentences import sentence

from .webhook_forms import WebhookForm

HOUR, PAGE = 3600, 50


@require_http_methods(["GET", "HEAD", "POST"])
@member(roles.RENT)
@limited("webhook", most=30, seconds=HOUR, by=user)
def webhooks(request: HttpRequest, principal: Principal) -> HttpResponse:
    """All of them; a POST makes one and shows its secret in the answer, never again."""
    form = WebhookForm(request.POST or None, principal=principal)
    secret = _make(form, principal) if request.method == "POST" and form.is_valid() else ""
    context = {
        "form": WebhookForm(principal=principal) if secret else form,
        "secret": secret,
        "endpoints": hooks.endpoints_of(principal),
    }
    status = 422 if request.method == "POST" and not secret else 200
    return render(request, "shared/webhooks.html", context, status=status)


def _make(form: WebhookForm, principal: Principal) -> str:
    try:
        return hooks.create(principal=principal, at=now(), **form.cleaned_data)[1]
    except BadField as error:
        form.add_error(_field(form, error), said(error.message))
        return ""


def _field(form: WebhookForm, error: BadField) -> str | None:
    return error.field if error.field in form.fields else None


@require_http_methods(["GET", "HEAD", "POST"])
@member(roles.RENT)
@limited("webhook", most=30, seconds=HOUR, by=user)
def webhook(request: HttpRequest, principal: Principal, endpoint: UUID) -> HttpResponse:
    """One of them with its history; a POST changes where it goes and what it hears of."""
    row = _own(principal, endpoint)
    form = WebhookForm(
        request.POST if request.method == "POST" else None,
        principal=principal,
        initial={"url": row.url, "note": row.note, "kinds": row.kinds},
    )
    if request.method == "POST" and form.is_valid():
        try:
            hooks.change(principal=principal, endpoint=row, at=now(), **form.cleaned_data)
        except BadField as error:
            form.add_error(_field(form, error), said(error.message))
        else:
            messages.success(request, _("The webhook was changed."))
            return redirect("webhook", endpoint)
    return _show(request, row, form, status=422 if form.errors else 200)


def _show(
    request: HttpRequest, row: Endpoint, form: WebhookForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    attempts = Prefetch("attempts", Attempt.objects.order_by("pk"))
    rows = row.deliveries.order_by("-pk").prefetch_related(attempts)
    context = {
        "endpoint": row,
        "form": form,
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "kept_days": hooks.KEPT.days,
        "overlap_hours": int(hooks.OVERLAP.total_seconds() // HOUR),
        **more,
    }
    return render(request, "shared/webhook.html", context, status=status)


@require_POST
@member(roles.RENT)
@limited("webhook", most=30, seconds=HOUR, by=user)
def rotate(request: HttpRequest, principal: Principal, endpoint: UUID) -> HttpResponse:
    """The new secret is in the answer, never again."""
    row = _own(principal, endpoint)
    secret = hooks.rotate(principal=principal, endpoint=row, at=now())
    initial = {"url": row.url, "note": row.note, "kinds": row.kinds}
    form = WebhookForm(principal=principal, initial=initial)
    return _show(request, row, form, secret=secret)


@require_POST
@member(roles.RENT)
@limited("webhook-test", most=30, seconds=HOUR, by=user)
def test(request: HttpRequest, principal: Principal, endpoint: UUID) -> HttpResponse:
    try:
        hooks.test(principal=principal, endpoint=_own(principal, endpoint), at=now())
    except BadField as error:
        messages.error(request, _("The webhook %(why)s.") % {"why": said(error.message)})
    else:
        messages.success(request, _("A test is on its way; look again in a few seconds."))
    return redirect("webhook", endpoint)


@require_POST
@member(roles.RENT)
def resume(request: HttpRequest, principal: Principal, endpoint: UUID) -> HttpResponse:
    hooks.resume(principal=principal, endpoint=_own(principal, endpoint), at=now())
    messages.success(request, _("It is sent to again."))
    return redirect("webhook", endpoint)


@require_POST
@member(roles.RENT)
def remove(request: HttpRequest, principal: Principal, endpoint: UUID) -> HttpResponse:
    hooks.remove(principal=principal, endpoint=_own(principal, endpoint), at=now())
    messages.success(request, _("The webhook was removed; nothing more is sent there."))
    return redirect("webhooks")


@require_POST
@member(roles.RENT)
@limited("redeliver", most=60, seconds=HOUR, by=user)
def redeliver(
    request: HttpRequest, principal: Principal, endpoint: UUID, delivery: UUID
) -> HttpResponse:
    rows = Delivery.objects.select_related("endpoint")
    row = get_object_or_404(rows, endpoint=_own(principal, endpoint), public_id=delivery)
    try:
        hooks.redeliver(principal=principal, delivery=row, at=now())
    except hooks.NotOver as error:
        messages.error(request, sentence(error))
    else:
        messages.success(request, _("It is sent once more."))
    return redirect("webhook", endpoint)


def _own(principal: Principal, endpoint: UUID) -> Endpoint:
    return get_object_or_404(hooks.endpoints_of(principal), public_id=endpoint)
