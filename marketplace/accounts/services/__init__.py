"""The verbs of accounts: sign up, act for an organisation, invite, make keys."""

from .addresses import NotConfirmed, confirm_email, require_confirmed
from .factors import (
    end_factors,
    factors_of,
    may_remove_factor,
    must_have_factor,
    note_security,
    require_second_factor,
)
from .keys import MOST_PER_MINUTE, create_api_key, revoke_api_key
from .languages import choose_language
from .members import (
    BadInvitation,
    LastOwner,
    accept,
    accept_as_new,
    change_role,
    invitation_of,
    invite,
    letter_proof,
    remove_member,
    withdraw_invitation,
)
from .new_addresses import BadLink, ask_for_address, change_address, read_link
from .principals import NotPermitted, Principal, principal_of_key, principal_of_user
from .signing_up import AddressTaken, sign_up

__all__ = [
    "MOST_PER_MINUTE",
    "AddressTaken",
    "BadInvitation",
    "BadLink",
    "LastOwner",
    "NotConfirmed",
    "NotPermitted",
    "Principal",
    "accept",
    "accept_as_new",
    "ask_for_address",
    "change_address",
    "change_role",
    "choose_language",
    "confirm_email",
    "create_api_key",
    "end_factors",
    "factors_of",
    "invitation_of",
    "invite",
    "letter_proof",
    "may_remove_factor",
    "must_have_factor",
    "note_security",
    "principal_of_key",
    "principal_of_user",
    "read_link",
    "remove_member",
    "require_confirmed",
    "require_second_factor",
    "revoke_api_key",
    "sign_up",
    "withdraw_invitation",
]
