"""Who may work on a case, and who may decide it."""

from typing import Any, Protocol
from uuid import UUID

from django.contrib.auth import get_user_model

from compliance.models import Case

WORK, APPROVE = "compliance.work_cases", "compliance.approve_cases"


class Person(Protocol):
    """Whoever signs in."""

    pk: int
    public_id: UUID

    def get_username(self) -> str: ...


class Officer(Person, Protocol):
    def has_perm(self, perm: str, obj: Any = None) -> bool: ...


class NotAnOfficer(Exception):
    """This person may not do this with this case; nothing was written."""


def require(by: Officer, permission: str) -> None:
    """Raise NotAnOfficer unless the person holds the permission."""
    if not by.has_perm(permission):
        raise NotAnOfficer(f"{by.get_username()} does not hold the permission {permission}")


def refuse_own(by: Officer, case: Case) -> None:
    """Raise NotAnOfficer for an officer who belongs to an organisation of the party."""
    # organisations are known above this room; the relation is asked by its name
    if (
        get_user_model()
        ._default_manager.filter(pk=by.pk, organisations__party=case.party_id)
        .exists()
    ):
        raise NotAnOfficer(f"{by.get_username()} belongs to {case.party} and may not decide on it")


def signed(by: Person) -> dict[str, Any]:
    """The columns of an event that say who did it."""
    return {"actor": by.public_id, "actor_label": by.get_username()}
