"""Who belongs to the organisation; owners invite, change roles and remove."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from marketplace.accounts import roles
from marketplace.accounts import services as accounts
from marketplace.accounts.models import Invitation, Membership
from marketplace.accounts.services import LastOwner, Principal
from marketplace.web import letters
from marketplace.web.access import member
from marketplace.web.forms import take_over
from marketplace.web.limits import limited, user
from marketplace.web.said import said
from marketplace.web.sentences import sentence

from .forms import InvitationForm, RoleForm

HOUR = 3600


@require_http_methods(["GET", "HEAD", "POST"])
@member()
@limited("invite", most=30, seconds=HOUR, by=user)
def members(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Everybody who belongs to it; an owner's POST invites and shows the link, never again."""
    if request.method == "POST":
        principal.require(roles.MANAGE)
    form = InvitationForm(request.POST if request.method == "POST" else None)
    link = _invite(form, principal) if form.is_valid() else ""
    rows = Membership.objects.filter(organisation=principal.organisation).select_related("user")
    invited = Invitation.objects.usable(at=now()).filter(organisation=principal.organisation)
    context = {
        "form": InvitationForm() if link else form,
        "link": link,
        "members": [(row, RoleForm(initial={"role": row.role})) for row in rows.order_by("pk")],
        "invited": invited.select_related("invited_by").order_by("-pk"),
    }
    return render(request, "shared/members.html", context, status=422 if form.errors else 200)


def _invite(form: InvitationForm, principal: Principal) -> str:
    try:
        with transaction.atomic():  # no invitation without its letter
            return _invite_by_letter(principal, form.cleaned_data)
    except ValidationError as error:
        take_over(form, error, default=None)
        return ""


def _invite_by_letter(principal: Principal, facts: dict[str, str]) -> str:
    made, secret = accounts.invite(
        organisation=principal.organisation, by=principal.user, at=now(), **facts
    )
    link = letters.address_of(reverse("join", args=[secret]))
    told = {
        "invitation": made,
        "address": f"{link}?letter={accounts.letter_proof(invitation=made)}",
    }
    letters.write("invitation", made.email, told)
    return link


@require_POST
@member(roles.MANAGE)
def change_role(request: HttpRequest, principal: Principal, membership: UUID) -> HttpResponse:
    row = _membership(principal, membership)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the roles."))
        return redirect("members")
    role = form.cleaned_data["role"]
    try:
        accounts.change_role(membership=row, by=principal.user, role=role, at=now())
    except LastOwner as error:
        messages.error(request, sentence(error))
    else:
        text = _("%(person)s is now %(role)s.")
        messages.success(request, text % {"person": row.user, "role": said(role)})
    return redirect("members")


@require_POST
@member()
def remove(request: HttpRequest, principal: Principal, membership: UUID) -> HttpResponse:
    """Anybody leaves; only who may manage removes others."""
    row = _membership(principal, membership)
    try:
        accounts.remove_member(membership=row, by=principal.user, at=now())
    except LastOwner as error:
        messages.error(request, sentence(error))
        return redirect("members")
    text = _("%(person)s no longer belongs to %(organisation)s.")
    messages.success(request, text % {"person": row.user, "organisation": row.organisation})
    return redirect("home" if row.user == principal.user else "members")


@require_POST
@member(roles.MANAGE)
def withdraw(request: HttpRequest, principal: Principal, invitation: UUID) -> HttpResponse:
    row = get_object_or_404(Invitation, organisation=principal.organisation, public_id=invitation)
    accounts.withdraw_invitation(invitation=row, by=principal.user, at=now())
    text = _("The invitation of %(email)s no longer works.")
    messages.success(request, text % {"email": row.email})
    return redirect("members")


def _membership(principal: Principal, public_id: UUID) -> Membership:
    rows = Membership.objects.select_related("user", "organisation")
    return get_object_or_404(rows, organisation=principal.organisation, public_id=public_id)
