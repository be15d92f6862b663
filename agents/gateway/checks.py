"""What `manage.py check --deploy` says of the gateway's settings."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from .services import BadGrantKey
from .services.granting import key_changes


@register(Tags.security, deploy=True)
def grant_key(**_: Any) -> list[CheckMessage]:
    """The key that signs lease grants is one, and each that came before leads to it."""
    if not settings.GRANT_KEY:
        hint = "set GRANT_KEY, such as to: openssl rand -hex 32"
        return [Error("GRANT_KEY is not set: a key made here signs", hint=hint, id="gateway.E001")]
    try:
        key_changes()
    except BadGrantKey as error:
        return [Error(str(error), id="gateway.E002")]
    return []
