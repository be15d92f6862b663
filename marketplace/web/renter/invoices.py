"""Invoices and credit notes of the organisation: to read, to download, and to ask for."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.accounts import roles
from marketplace.accounts.services import Principal
from marketplace.billing import services as billing
from marketplace.billing.models import CreditNote, Invoice
from marketplace.billing.services import (
    BuyerNotPlaced,
    NoSeller,
    NothingToInvoice,
    TaxUnavailable,
)
from marketplace.web.access import member
from marketplace.web.forms import TokenForm
from marketplace.web.limits import limited, user

from .money_forms import BillingDetailsForm

A_PAGE = 50
HOUR = 3600
NOT_YET = gettext_lazy(
    "Invoices cannot be issued yet: the seller's details are not on record. Ask support."
)


def own_invoices(principal: Principal) -> QuerySet[Invoice]:
    return Invoice.objects.filter(organisation=principal.organisation)


def own_notes(principal: Principal) -> QuerySet[CreditNote]:
    rows = CreditNote.objects.filter(organisation=principal.organisation)
    return rows.select_related("invoice")


NO_TAX = gettext_lazy(
    "What the tax is cannot be told at the moment, so no invoice was issued. Try again later."
)
LACKS = gettext_lazy(
    "The tax cannot be told from your billing details, so no invoice was issued. Check the postal"
    " code and the tax registration number."
)


@require_safe
@member()
def invoices(request: HttpRequest, principal: Principal) -> HttpResponse:
    rows = own_invoices(principal).order_by("-pk")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "notes": own_notes(principal).order_by("-pk")[:A_PAGE],
        "details": billing.details_of(principal.organisation),
        "form": TokenForm(),
        "may_pay": principal.may(roles.PAY),
    }
    return render(request, "renter/invoices.html", context)


@require_POST
@member(roles.PAY)
@limited("invoice", most=10, seconds=HOUR, by=user)
def issue(request: HttpRequest, principal: Principal) -> HttpResponse:
    """An invoice now, of what was charged since the last one; the same page sent twice asks once"""
    form, at = TokenForm(request.POST), now()
    if not form.is_valid():
        messages.error(request, _("The form could not be read. Nothing was done; try again."))
        return redirect("invoices")
    try:
        made = billing.issue_invoice(
            organisation=principal.organisation,
            currency=settings.CURRENCY,
            until=at,
            key=form.key,
            by=principal.user,
            at=at,
        )
    except NothingToInvoice:
        messages.error(request, _("Nothing was charged since the last invoice."))
    except NoSeller:
        messages.error(request, NOT_YET)
    except TaxUnavailable:
        messages.error(request, NO_TAX)
    except BuyerNotPlaced:
        messages.error(request, LACKS)
        return redirect("billing-details")
    else:
        messages.success(request, _("Invoice %(code)s is issued.") % {"code": made.code})
        return redirect("invoice", made.public_id)
    return redirect("invoices")


@require_http_methods(["GET", "HEAD", "POST"])
@member(roles.PAY)
@limited("billing-details", most=30, seconds=HOUR, by=user)
def details(request: HttpRequest, principal: Principal) -> HttpResponse:
    """What is printed on invoices from now on; those that are issued stay as they are."""
    known = billing.details_of(principal.organisation)
    form = BillingDetailsForm(
        request.POST if request.method == "POST" else None,
        initial=BillingDetailsForm.first(principal.organisation, known),
    )
    if form.is_valid():
        billing.record_details(
            organisation=principal.organisation, by=principal.user, at=now(), **form.cleaned_data
        )
        messages.success(request, _("Saved. Invoices from now on say this."))
        return redirect("invoices")
    context = {"form": form, "country": principal.organisation.party.country}
    status = 422 if form.errors else 200
    return render(request, "renter/billing_details.html", context, status=status)


@require_safe
@member()
def invoice(request: HttpRequest, principal: Principal, invoice: UUID) -> HttpResponse:
    row = get_object_or_404(own_invoices(principal), public_id=invoice)
    context = {
        "row": row,
        "paper": billing.paper_content(row),
        "due": billing.due_micro(row),
        "notes": own_notes(principal).filter(invoice=row).order_by("pk"),
    }
    return render(request, "renter/invoice.html", context)


@require_safe
@member()
def credit_note(request: HttpRequest, principal: Principal, note: UUID) -> HttpResponse:
    row = get_object_or_404(own_notes(principal), public_id=note)
    context = {"row": row, "paper": billing.paper_content(row)}
    return render(request, "renter/credit_note.html", context)


@require_safe
@member()
def invoice_file(
    request: HttpRequest, principal: Principal, invoice: UUID, kind: str
) -> HttpResponse:
    return _file(get_object_or_404(own_invoices(principal), public_id=invoice), kind)


@require_safe
@member()
def credit_note_file(
    request: HttpRequest, principal: Principal, note: UUID, kind: str
) -> HttpResponse:
    return _file(get_object_or_404(own_notes(principal), public_id=note), kind)


def _file(row: Invoice | CreditNote, kind: str) -> HttpResponse:
    name, content, media = billing.paper_file(row, kind=kind, at=now())
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=media, headers=headers)
