"""The roles of staff, as groups of the admin: who looks into which rooms, and who may do what.

Least privilege: looking goes by room, doing by single permission. Nobody but a superuser may make
staff or change what a group holds.
"""

from dataclasses import dataclass
from typing import Final

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q


@dataclass(frozen=True)
class StaffRole:
    """The rooms (application labels) a role sees all of, and what it may do, as label.codename."""

    sees: frozenset[str]
    does: frozenset[str]


ROLES: Final[dict[str, StaffRole]] = {
    "Compliance officers": StaffRole(
        sees=frozenset({"compliance", "core", "accounts", "brokerage", "catalog"}),
        does=frozenset(
            {
                "compliance.work_cases",
                "compliance.approve_cases",
                "compliance.approve_policyrule",
                "compliance.add_licence",
                "compliance.approve_licence",
                "compliance.revoke_licence",
                "compliance.change_party",
                "compliance.add_casedeadline",
                "compliance.change_casedeadline",
            }
        ),
    ),
    "Finance": StaffRole(
        sees=frozenset(
            {"billing", "ledger", "metering", "core", "accounts", "brokerage", "catalog"}
        ),
        does=frozenset(
            {
                "billing.add_creditgrant",
                "billing.add_discount",
                "billing.add_payouthold",
                "billing.add_payoutreversal",
                "billing.add_ratesegment",
                "billing.add_refund",
                "billing.change_creditgrant",
                "billing.change_dispute",
                "billing.change_payouthold",
                "billing.change_stripecommand",
                "billing.change_stripeevent",
                "metering.add_outageruling",
            }
        ),
    ),
    "Support": StaffRole(
        sees=frozenset(
            {"accounts", "brokerage", "catalog", "gateway", "hooks", "metering", "notices"}
        ),
        does=frozenset(
            {
                "gateway.add_enrolmenttoken",
                "gateway.change_enrolmenttoken",
                "gateway.change_node",
                "metering.add_ownoutage",
            }
        ),
    ),
}


class UnknownPermission(Exception):
    """A role names a permission that no model has: a mistake in the table above."""


def load() -> int:
    """Make the groups hold exactly what the table says, and return how many there are.

    A group that staff made under another name is left alone. Raises UnknownPermission; then
    nothing was changed.
    """
    with transaction.atomic():
        for name, role in ROLES.items():
            group, _ = Group.objects.get_or_create(name=name)
            group.permissions.set(_permissions(role))
    return len(ROLES)


def _permissions(role: StaffRole) -> list[Permission]:
    doing = Q(pk__in=[])
    for name in sorted(role.does):
        room, _, codename = name.partition(".")
        doing |= Q(content_type__app_label=room, codename=codename)
    acts = list(Permission.objects.filter(doing).select_related("content_type"))
    found = {f"{one.content_type.app_label}.{one.codename}" for one in acts}
    if found != role.does:
        raise UnknownPermission(f"no model has {', '.join(sorted(role.does - found))}")
    looks = Permission.objects.filter(
        content_type__app_label__in=role.sees, codename__startswith="view_"
    )
    return [*looks, *acts]
