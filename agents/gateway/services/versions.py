"""Which agents are served. Usage is taken from all of them: what was run must be billed."""

from django.conf import settings


class AgentTooOld(Exception):
    """The agent is older than what is served; the text says what to do."""


def require_served(version: str) -> None:
    """Raises AgentTooOld when settings.MIN_AGENT_VERSION is newer, or when no version can be read
    in what the agent says while there is a minimum.
    """
    least = settings.MIN_AGENT_VERSION
    if least and _numbers(version) < _numbers(least):
        raise AgentTooOld(
            f"agents from version {least} on are served and this is {version}; running leases go "
            "on: upgrade straits-node and restart it"
        )


def _numbers(version: str) -> tuple[int, ...]:
    """1.2.10 as (1, 2, 10); what follows the numbers, such as rc1, is left away."""
    found: list[int] = []
    for part in version.split("."):
        if not part.isdecimal():
            break
        found.append(int(part))
    while found and not found[-1]:
        found.pop()
    return tuple(found)
