"""How a machine joins: once, with a token, bringing its own key."""

from pathlib import Path

from agents.protocol.messages import Enrol, Enrolled

from . import __version__, identity
from .client import ENROL, ENROL_KEY, Client, Unreachable
from .clock import Clock
from .identity import Identity


def enrol(*, state: Path, server: str, token: str, clock: Clock) -> Identity:
    """Join a marketplace and write down who we are there.

    The key is made first and kept whatever happens, so that the same token can be tried again after
    an answer was lost. Raises AlreadyEnrolled, BadServer, NotEnrolled (the key file is damaged),
    Refused and Unreachable.
    """
    identity.require_new(state)
    address = identity.server_address(server)
    identity.prepare(state)
    key = identity.key_of(state)
    message = Enrol(
        token=token,
        public_key=key.public_key().public_bytes_raw().hex(),
        agent_version=__version__,
    )
    client = Client(server=address, key=key, key_id=ENROL_KEY, clock=clock)
    try:
        reply = client.post(ENROL, message, Enrolled)
    except Unreachable as error:
        raise Unreachable(f"{error}; the same token can be tried again") from error
    finally:
        client.close()
    found = Identity(
        server=address, node=reply.node, machine=reply.machine, grant_key=reply.grant_key
    )
    identity.write(state, found)
    return found
