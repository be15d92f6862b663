"""The verbs of accounts: sign up, act for an organisation, invite, make keys."""

from .keys import create_api_key, revoke_api_key
from .members import (
    BadInvitation,
    LastOwner,
    accept,
    accept_as_new,
    change_role,
    invitation_of,
    invite,
    remove_member,
    withdraw_invitation,
)
from .principals import NotPermitted, Principal, principal_of_key, principal_of_user
from .signing_up import sign_up

__all__ = [
    "BadInvitation",
    "LastOwner",
    "NotPermitted",
    "Principal",
    "accept",
    "accept_as_new",
    "change_role",
    "create_api_key",
    "invitation_of",
    "invite",
    "principal_of_key",
    "principal_of_user",
    "remove_member",
    "revoke_api_key",
    "sign_up",
    "withdraw_invitation",
]
