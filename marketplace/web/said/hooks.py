"""What webhooks refuse with, and what the trail calls acts on them."""

from typing import Final

SENTENCES: Final = (
    "there are %(number)s already; remove one first",
    "was removed meanwhile; make another one",
    "must be at least one of those in the list",
    "your role (%(role)s) may not read %(kinds)s; ask an owner",
    "is paused; resume it first",
    "it is still being tried; wait for its end",
    # addresses
    "Write an address of at most %(most)s letters, digits and signs.",
    "This is no address; write https://host/path.",
    "The address must begin with https://.",
    "Leave out name, password and #; what is sent is signed.",
    "The port must be 443, or 1024 or more.",
    # why nobody answered
    "the name is not known",
    "the name leads to an address that is not public",
    "no answer within %(seconds)s s",
    # acts, as the record of an organisation names them
    "made a webhook",
    "changed a webhook",
    "replaced a webhook's secret",
    "resumed a webhook",
    "removed a webhook",
    "asked for a delivery again",
)
