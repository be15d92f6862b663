"""Who this machine is to the marketplace: a key that never leaves it, and what enrolment gave."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from .files import read_bytes, sync, write_whole

KEY, NEXT_KEY, NODE, LOCK = "key", "key.next", "node.json", "lock"
#: names of this very machine, for which the wire needs no TLS
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class Identity(BaseModel):
    """What DIR/node.json holds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    server: str
    node: UUID
    machine: UUID
    #: of the marketplace, in hexadecimal: signs what may run here
    grant_key: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class NotEnrolled(Exception):
    """The state folder has no identity yet, or one that cannot be read."""


class AlreadyEnrolled(Exception):
    """The state folder belongs to a node already."""


class BadServer(Exception):
    """The marketplace's address cannot be used."""


class Busy(Exception):
    """Another agent runs in this state folder."""


def prepare(state: Path) -> None:
    """Make the state folder, for its owner alone."""
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    state.chmod(0o700)


@contextmanager
def alone(state: Path) -> Iterator[None]:
    """Hold the state folder; two agents in one would start everything twice. Raises Busy."""
    with (state / LOCK).open("w") as file:
        try:
            flock(file, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            raise Busy(f"another straits-node runs in {state}; stop it first") from None
        yield


def key_of(state: Path) -> Ed25519PrivateKey:
    """Read the key, or make it the first time. Raises NotEnrolled when the file is no key."""
    return _key_in(state / KEY)


def make_next_key(state: Path) -> Ed25519PrivateKey:
    """The key that is to follow: the same one until it took the key's place."""
    return _key_in(state / NEXT_KEY)


def next_key(state: Path) -> Ed25519PrivateKey | None:
    """The key that is to follow, if there is one."""
    try:
        return Ed25519PrivateKey.from_private_bytes(read_bytes(state / NEXT_KEY))
    except (FileNotFoundError, ValueError):
        return None


def use_next_key(state: Path) -> None:
    """Let the next key take the key's place, in one step. Raises FileNotFoundError."""
    (state / NEXT_KEY).replace(state / KEY)
    sync(state)


def _key_in(file: Path) -> Ed25519PrivateKey:
    if not file.exists():
        made = Ed25519PrivateKey.generate()
        write_whole(file, made.private_bytes_raw())
        return made
    try:
        return Ed25519PrivateKey.from_private_bytes(read_bytes(file))
    except ValueError:
        raise NotEnrolled(
            f"{file} is not a key of 32 bytes; restore it, or enrol anew in another folder"
        ) from None


def read(state: Path) -> Identity:
    """Read who we are. Raises NotEnrolled."""
    file = state / NODE
    if not file.exists() or not (state / KEY).exists():
        raise NotEnrolled(
            f"{state} is not enrolled; run: straits-node enrol --server URL --state {state}"
        )
    try:
        return Identity.model_validate_json(read_bytes(file))
    except ValidationError as error:
        raise NotEnrolled(
            f"{file} cannot be read ({error.errors()[0]['msg']}); restore it, or enrol anew in "
            "another folder"
        ) from None


def write(state: Path, identity: Identity) -> None:
    write_whole(state / NODE, identity.model_dump_json().encode())


def pin(state: Path, grant_key: str) -> None:
    """Write down another key of the marketplace."""
    write(state, read(state).model_copy(update={"grant_key": grant_key}))


def require_new(state: Path) -> None:
    """Raises AlreadyEnrolled when the folder has an identity."""
    if (state / NODE).exists():
        raise AlreadyEnrolled(
            f"{state} is enrolled already; use another --state, or remove {state / NODE} to give "
            "that node up"
        )


def server_address(given: str) -> str:
    """Check the marketplace's address and bring it into one form. Raises BadServer."""
    try:
        parts = urlsplit(given)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        whole = False
    if not whole:
        raise BadServer(f"{given!r} is no address; write it like https://straits.example")
    if parts.query or parts.fragment or parts.username or parts.password:
        raise BadServer("the address must have no user, query or fragment")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise BadServer(f"{given!r} would send the token in the clear; use https")
    return given.rstrip("/")


def modes(state: Path) -> Iterator[tuple[Path, int, int]]:
    """Each of our files with the permissions that it has and should have, for `doctor`."""
    for path, wanted in ((state, 0o700), (state / KEY, 0o600), (state / NEXT_KEY, 0o600)):
        if path.exists():
            yield path, os.stat(path).st_mode & 0o777, wanted
