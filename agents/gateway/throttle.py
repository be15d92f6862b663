"""How often one address may try to enrol; proving a signature costs more than counting."""

from datetime import timedelta

from django.http import HttpRequest

from marketplace.core.limits import count

TRIES = 10
WINDOW = timedelta(minutes=1)


class TooOften(Exception):
    """This address tried TRIES times within WINDOW."""


def count_try(request: HttpRequest) -> None:
    """Count one try of the client's address; raises TooOften, and RedisError when it cannot."""
    address = request.META.get("REMOTE_ADDR", "")
    if count(name="enrol", who=address, window=WINDOW) > TRIES:
        raise TooOften(f"more than {TRIES} enrolments from this address within a minute; wait")
