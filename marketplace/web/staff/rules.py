"""What a version of a rule does to the customers of today, before somebody puts a name to it."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from compliance import services as compliance
from compliance.models import PolicyRule
from compliance.services.approving import APPROVERS
from marketplace.accounts.trail import staff
from marketplace.brokerage import services as brokerage

from .frame import framed

#: customers and reservations judged while a person waits
MOST = 200


@require_safe
@permission_required("compliance.view_policyrule", raise_exception=True)
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    rule = get_object_or_404(PolicyRule.objects.prefetch_related("approvals"), pk=pk)
    approvals = sorted(rule.approvals.all(), key=lambda one: one.pk)
    mine = staff(request).public_id in {one.approver for one in approvals}
    told = {
        "rule": rule,
        "rehearsal": brokerage.rehearse_rule(rule=rule, at=now(), most=MOST),
        "approvals": approvals,
        "missing": max(0, APPROVERS - len(approvals)),
        "may_approve": request.user.has_perm("compliance.approve_policyrule") and not mine,
    }
    return TemplateResponse(
        request, "admin/compliance/rule_preview.html", framed(request, f"{rule} tried out", told)
    )


@require_POST
@permission_required("compliance.approve_policyrule", raise_exception=True)
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    rule, by = get_object_or_404(PolicyRule, pk=pk), staff(request)
    try:
        compliance.approve_rule(
            rule=rule, actor=by.public_id, actor_label=by.get_username(), at=now()
        )
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, f"{rule} is approved by you.")
    return redirect("admin:rule_preview", pk=pk)
