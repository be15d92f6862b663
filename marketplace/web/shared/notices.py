"""What the organisation was told, what is unread, and what a person wants to hear of."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.accounts.services import Principal
from marketplace.notices import services as told
from marketplace.notices.models import Notice
from marketplace.notices.wording import LABELS, said
from marketplace.web.access import member
from marketplace.web.live.streams import stream

PAGE = 50


@require_safe
@member()
def notices(request: HttpRequest, principal: Principal) -> HttpResponse:
    return render(request, "shared/notices.html", _page(request, principal))


@require_safe
@member()
def notices_now(request: HttpRequest, principal: Principal) -> HttpResponse:
    """The live part of the page."""
    return render(request, "shared/notices/list.html", _page(request, principal))


def _page(request: HttpRequest, principal: Principal) -> dict[str, Any]:
    rows = told.page_of(principal=principal, at=now())
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return {
        "page": page,
        "lines": [(row, said(row.kind, row.facts)) for row in page],
        "unread": told.unread(principal=principal, at=now()),
    }


@require_safe
@member()
def bell(request: HttpRequest, principal: Principal) -> HttpResponse:
    """How many are unread, for the bell of any page."""
    return render(request, "fragments/bell.html", {"principal": principal, "here": False})


@require_safe
@member()
def notices_events(request: HttpRequest, principal: Principal) -> HttpResponse:
    return stream(request, principal.organisation)


@require_POST
@member()
def read(request: HttpRequest, principal: Principal, notice: UUID) -> HttpResponse:
    """Mark it read and lead to what it is about."""
    if not told.read_one(principal=principal, notice=notice, at=now()):
        raise Http404
    row = Notice.objects.get(public_id=notice)
    page = said(row.kind, row.facts).page
    # our own words name it, never the request
    return redirect(page if page and "open" in request.POST else "notices")


@require_POST
@member()
def read_all(request: HttpRequest, principal: Principal) -> HttpResponse:
    told.read_all(principal=principal, at=now())
    return redirect("notices")


@require_http_methods(["GET", "HEAD", "POST"])
@member()
def choices(request: HttpRequest, principal: Principal) -> HttpResponse:
    """What this person hears of, by e-mail and on the page."""
    ways = told.choices_of(principal=principal)
    if request.method == "POST":
        asked = {
            way.kind.code: (
                f"email:{way.kind.code}" in request.POST,
                f"page:{way.kind.code}" in request.POST,
            )
            for way in ways
            if not way.kind.fixed
        }
        told.choose(person=principal.user, ways=asked, at=now())
        messages.success(request, _("Your choice is kept."))
        return redirect("notice-choices")
    context = {"ways": [(way, LABELS[way.kind.code]) for way in ways]}
    return render(request, "shared/notice_choices.html", context)
