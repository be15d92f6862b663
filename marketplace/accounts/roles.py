"""Who may do what in an organisation, as a table: pure."""

from typing import Final

VIEW: Final = "view"
RENT: Final = "rent"
PAY: Final = "pay"
PROVIDE: Final = "provide"
MANAGE: Final = "manage"

#: all there are, from looking to managing
ACTS: Final = (VIEW, RENT, PAY, PROVIDE, MANAGE)

#: by role (see models.Role); a role that is missing may do nothing
MAY: Final[dict[str, frozenset[str]]] = {
    "owner": frozenset({VIEW, RENT, PAY, PROVIDE, MANAGE}),
    "billing": frozenset({VIEW, PAY}),
    "engineer": frozenset({VIEW, RENT, PROVIDE}),
    "viewer": frozenset({VIEW}),
}


def may(role: str, act: str) -> bool:
    """Whether a member with this role may do this."""
    return act in MAY.get(role, frozenset())
