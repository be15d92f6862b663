"""Rules are approved by two people, neither of whom proposed them."""

from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Count

from compliance.models import PolicyRule, RuleApproval
from marketplace.core import audit

from .rulebook import rulebook

#: so many people, each once
APPROVERS = 2
REFUSALS = {
    "rule_approved_by_another": "Whoever proposed a rule does not approve it.",
    "rule_approved_once_by_each": "You have approved it already: ask a second person.",
}


def approve_rule(*, rule: PolicyRule, actor: UUID, actor_label: str, at: datetime) -> RuleApproval:
    """Put one person's name to one version of a rule. Raises ValidationError.

    Approving changes no decision: what an unapproved rule means for production is a warning of
    `manage.py check --database default`.
    """
    approval = RuleApproval(rule=rule, approver=actor, approver_label=actor_label, at=at)
    try:
        with transaction.atomic():
            approval.save()
            audit.record(
                verb="approve_rule", subject=rule, at=at, actor=actor, actor_label=actor_label
            )
    except IntegrityError as error:
        for name, told in REFUSALS.items():
            if name in str(error):
                raise ValidationError(f"{rule}: {told}") from error
        raise
    return approval


def unapproved_rules(*, day: date) -> list[str]:
    """Ids of the rules in force on that day that no two people have approved."""
    approved = set(
        PolicyRule.objects.annotate(many=Count("approvals"))
        .filter(many__gte=APPROVERS)
        .values_list("rule_id", "version")
    )
    in_force = rulebook().in_force(day)
    return sorted(rule.rule_id for rule in in_force if (rule.rule_id, rule.version) not in approved)
