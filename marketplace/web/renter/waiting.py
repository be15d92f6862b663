"""The waitlist: standing in line for GPUs that are not free at the price."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from marketplace.accounts import roles
from marketplace.accounts.services import Principal
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Waiting
from marketplace.brokerage.placement import Together
from marketplace.brokerage.services import BadAsk, NotARenter, TooManyWaiting, Wish
from marketplace.core.idempotency import KeyReused
from marketplace.core.states import IllegalMove, LostRace
from marketplace.web.access import member
from marketplace.web.limits import limited, user
from marketplace.web.sentences import sentence

from .change_forms import WaitForm

HOUR = 3600
MOST = 50
#: field of a wish to field of the form
FIELDS = {"latest": "latest", "gpu_count": "gpu_count", "length_s": "hours"}


@require_safe
@member()
def waitlist(request: HttpRequest, principal: Principal) -> HttpResponse:
    return _show(request, principal, WaitForm())


@require_POST
@member(roles.RENT)
@limited("wait", most=60, seconds=HOUR, by=user)
def wait(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Stand in line; the same page sent twice stands once."""
    form = WaitForm(request.POST)
    if form.is_valid() and _stand(form, principal):
        messages.success(request, _("You stand in line. Nothing is set aside yet."))
        return redirect("waitlist")
    return _show(request, principal, form)


def _stand(form: WaitForm, principal: Principal) -> bool:
    try:
        brokerage.wait(
            renter=principal.organisation,
            by=principal.user,
            wish=_wish(form),
            key=form.key,
            at=now(),
        )
    except BadAsk as error:
        form.add_error(FIELDS.get(error.field), sentence(error.message))
    except (NotARenter, TooManyWaiting, KeyReused) as error:
        form.add_error(None, sentence(error))
    else:
        return True
    return False


def _wish(form: WaitForm) -> Wish:
    facts = form.cleaned_data
    return Wish(
        chip=facts["chip"],
        gpu_count=facts["gpu_count"],
        length=timedelta(seconds=int(facts["hours"] * HOUR)),
        earliest=facts["earliest"] or now(),
        latest=facts["latest"],
        limit_micro=facts["limit"],
        workload={"command": facts["command"], "environment": {}},
        country=facts["country"].upper(),
        together=Together(facts["together"] or Together.OFFER),
    )


@require_POST
@member(roles.RENT)
def withdraw(request: HttpRequest, principal: Principal, waiting: UUID) -> HttpResponse:
    rows = Waiting.objects.filter(renter=principal.organisation)
    row = get_object_or_404(rows, public_id=waiting)
    try:
        brokerage.withdraw(waiting=row, by=principal.user, at=now())
    except (IllegalMove, LostRace):
        messages.error(request, _("It does not wait any more; nothing was changed."))
    else:
        messages.success(request, _("It left the line."))
    return redirect("waitlist")


def _show(request: HttpRequest, principal: Principal, form: WaitForm) -> HttpResponse:
    mine = Waiting.objects.filter(renter=principal.organisation)
    rows = list(mine.select_related("chip", "reservation").order_by("-pk")[:MOST])
    places = brokerage.places(waiting=rows, at=now())
    context = {
        "rows": [(row, places.get(row.pk)) for row in rows],
        "form": form,
        "can_rent": principal.may(roles.RENT) and principal.organisation.can_rent,
    }
    status = 422 if form.errors else 200
    return render(request, "renter/waitlist.html", context, status=status)
