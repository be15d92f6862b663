"""Changing the node's key without ever standing there with none that the marketplace knows.

The new key lies beside the old one until the marketplace was seen to take it. When an answer is
lost, either of the two may be the one it knows: whichever it takes is the node's key from then on.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agents.protocol import rotation
from agents.protocol.messages import Rotate, Rotated

from . import identity
from .client import ROTATE, Client
from .clock import Clock


def client_of(state: Path, *, clock: Clock) -> Client:
    """A client that speaks as this folder's node, with whichever of its keys is taken.

    Raises NotEnrolled.
    """
    who = identity.read(state)
    return Client(
        server=who.server,
        key=identity.key_of(state),
        key_id=str(who.node),
        clock=clock,
        others=lambda: _on_disk(state),
        settle=lambda key: _settle(state, key),
    )


def rotate(*, state: Path, client: Client) -> None:
    """Make a new key and have the marketplace take it; the agent may run meanwhile.

    Raises Refused, and Unreachable when no answer came: then either key may count, both are kept,
    and the next try or the agent itself finds out which.
    """
    old, new = client.key, identity.make_next_key(state)
    vouch, proof = rotation.sign(node=identity.read(state).node, old=old, new=new)
    message = Rotate(
        old_key=old.public_key().public_bytes_raw().hex(),
        new_key=new.public_key().public_bytes_raw().hex(),
        vouch=vouch.hex(),
        proof=proof.hex(),
    )
    client.post(ROTATE, message, Rotated)
    _settle(state, new)
    client.key = new


def _on_disk(state: Path) -> Iterator[Ed25519PrivateKey]:
    """What may be the node's key: another process may have changed it, or an answer was lost."""
    yield identity.key_of(state)
    if coming := identity.next_key(state):
        yield coming


def _settle(state: Path, key: Ed25519PrivateKey) -> None:
    """This key was taken: if it is the new one, it takes the old one's place."""
    coming = identity.next_key(state)
    if coming and coming.private_bytes_raw() == key.private_bytes_raw():
        with suppress(FileNotFoundError):  # another process was faster
            identity.use_next_key(state)
