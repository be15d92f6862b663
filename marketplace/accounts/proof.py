"""What a session has proved of the person in it, as allauth has noted it there."""

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

FACTOR = "mfa"


def has_second_factor(request: HttpRequest, user: AbstractBaseUser) -> bool:
    """Whether this session was opened, or went on, with a second factor. No query."""
    records = get_authentication_records(request, user)
    return any(one.get("method") == FACTOR for one in records)


def note_second_factor(request: HttpRequest, user: AbstractBaseUser) -> None:
    """A factor was set up in this session, which is as good as being asked for it."""
    record_authentication(request, user, FACTOR, type="new")
