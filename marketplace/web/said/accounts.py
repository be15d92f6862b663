"""What marketplace.accounts refuses with, and what its trail calls acts."""

from typing import Final

SENTENCES: Final = (
    # members
    "this invitation was used, withdrawn or is too old; ask for another",
    "this invitation is for another address; sign in with that one",
    "this invitation was used or withdrawn just now",
    "an organisation always has an owner; make somebody else one first",
    "Write an e-mail address.",
    "This person is a member already; change the role.",
    # principals
    "your role (%(role)s) may not %(act)s; ask an owner",
    "only a member may do this for an organisation",
    # keys
    "Choose at least one of %(words)s.",
    "Write a number from 1 to %(most)s.",
    "Give the key a name of 1 to 80 characters.",
    "This time is past.",
    # signing up
    "This address cannot be used; sign in if it is yours.",
    # another address
    "This is your address already.",
    # roles and acts, as words inside of the sentences above
    "owner",
    "billing",
    "engineer",
    "viewer",
    "view",
    "rent",
    "pay",
    "provide",
    "manage",
    # acts, as the record of an organisation names them
    "added authenticator",
    "added passkey",
    "made recovery codes",
    "removed authenticator",
    "removed passkey",
    "changed password",
    "reset password",
    "ended second factors",
    "asked for another e-mail",
    "changed e-mail",
    "changed role",
    "confirmed e-mail",
    "created key",
    "revoked key",
    "invited",
    "joined",
    "removed",
    "signed up",
    "withdrew",
)
