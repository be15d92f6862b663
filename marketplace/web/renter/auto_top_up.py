"""Letting us top the wallet up when it runs low, and ending that."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from marketplace.accounts import roles
from marketplace.accounts.services import Principal
from marketplace.billing import services as billing
from marketplace.billing.services import BadAutoTopUp
from marketplace.web.access import member
from marketplace.web.limits import limited, user
from marketplace.web.said import said

from . import wallet
from .money_forms import AutoTopUpForm

HOUR = 3600


@require_POST
@member(roles.PAY)
@limited("auto-top-up", most=30, seconds=HOUR, by=user)
def allow(request: HttpRequest, principal: Principal) -> HttpResponse:
    form = AutoTopUpForm(request.POST, prefix="auto")
    if form.is_valid():
        try:
            billing.allow_auto_top_up(
                organisation=principal.organisation,
                by=principal.user,
                at=now(),
                **form.micro(),
            )
        except BadAutoTopUp as error:
            name = error.field.removesuffix("_micro")
            text = _("This %(fault)s.") % {"fault": said(error.message)}
            form.add_error(name if name in form.fields else None, text)
        else:
            messages.success(request, _("Automatic top-ups are on."))
            return redirect("wallet")
    return wallet.show(request, principal, auto_form=form, status=422)


@require_POST
@member(roles.PAY)
def end(request: HttpRequest, principal: Principal) -> HttpResponse:
    billing.forbid_auto_top_up(organisation=principal.organisation, by=principal.user, at=now())
    messages.success(request, _("Automatic top-ups are off. Nothing more is taken unasked."))
    return redirect("wallet")
