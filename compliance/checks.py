"""What an operator must know before this gates a real customer."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import DatabaseError
from django.utils.timezone import now


@register(Tags.database)
def rules_are_approved(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """In production, name the rules in force today that no two people have approved.

    A warning and no more: an unapproved rule decides like any other, because leaving it out would
    take away a refusal as easily as a permission.
    """
    from .services.approving import unapproved_rules

    if settings.DEBUG or not databases:
        return []
    try:
        waiting = unapproved_rules(day=now().date())
    except DatabaseError:  # before the first migration there are no rules
        return []
    if not waiting:
        return []
    return [
        Warning(
            f"{len(waiting)} policy rules in force are unapproved and need counsel:"
            f" {', '.join(waiting)}",
            hint="Two people approve each in the admin once counsel has signed.",
            id="compliance.W001",
        )
    ]


@register(Tags.database)
def places_are_known(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """In production, say which red flags nobody will see because a database file is missing."""
    if settings.DEBUG or not databases:
        return []
    lost = {
        "GEOIP_DATABASE": "sign-ins from controlled countries, fast hops and machines abroad",
        "GEOIP_NETWORKS": "use through VPN, Tor and hosting networks",
    }
    return [
        Warning(
            f"{name} is not set: red flags for {what} are not raised",
            hint=f"Set {name} to a MaxMind database file (.mmdb).",
            id="compliance.W002",
        )
        for name, what in lost.items()
        if not getattr(settings, name)
    ]
