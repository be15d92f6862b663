"""Who knocks: the members of one organisation by role, another's owner, staff, and nobody."""

from typing import Any

from tests import make

MEMBERS = ("owner", "billing", "engineer", "viewer")
STAFF = ("officer", "finance", "support", "superuser")
GROUPS = {
    "officer": "Compliance officers",
    "finance": "Finance",
    "support": "Support",
}


def customers(harbour: Any, alice: Any, charlie: Any) -> dict[str, Any]:
    """By what each is called in the tests; None is nobody."""
    members = {role: make.member(harbour, role) for role in MEMBERS if role != "owner"}
    return {"anonymous": None, "owner": alice, **members, "outsider": charlie}


def people(customers: dict[str, Any]) -> dict[str, Any]:
    """Staff, too; their groups must be loaded."""
    return {**customers, **{role: staff(role) for role in STAFF}}


def staff(role: str) -> Any:
    """Somebody of staff in this role, of no organisation; the groups must be loaded."""
    from django.contrib.auth.models import Group

    made = make.user(f"{role}@staff.example.test", is_staff=True, is_superuser=role == "superuser")
    if role in GROUPS:
        made.groups.add(Group.objects.get(name=GROUPS[role]))
    return made
