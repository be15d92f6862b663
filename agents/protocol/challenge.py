"""A computing challenge: a product of two seeded matrices, committed to, then opened at random.

C = A x B^T modulo 2^32, with A and B of n rows and k signed bytes each, made from a seed that the
node learns with the question. Integers that wrap come out the same on every architecture. The node
sends the root of a Merkle tree over C before a deadline that the server times; only then does it
learn which elements it must show, and each of those is computed anew by the server, alone.

A node that computed a fraction f of the elements passes with probability f^openings: 0.1 % for
nine tenths of them and 64 openings.
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from .messages import MAX_GPUS, Digest, GpuUuid, Message, Reply, Text

KIND = b"straits-challenge-1"
SEED_BYTES = 16
ELEMENT_BYTES = 4
MAX_OPENINGS = 256

#: "reference" computes on the processor, for tests and trials: it never earns a tier
Device = Literal["cuda", "reference"]
Element = Annotated[int, Field(ge=0, lt=2**40)]
#: base64 of a leaf
Content = Annotated[str, StringConstraints(max_length=64 * 1024, pattern=r"^[A-Za-z0-9+/]*={0,2}$")]


class ChallengeAsk(Message):
    """A node asks whether it should prove its GPUs now; without a device it says why it cannot."""

    device: Device | None = None
    reason: Text = ""


class Challenge(Reply):
    """The question. `nonce` makes the seeds, so that nothing can be computed before."""

    challenge: UUID
    nonce: Digest
    n: int = Field(description="rows of A, of B and of C; a power of two")
    k: int = Field(description="bytes in a row of A and of B")
    leaf: int = Field(description="elements in a leaf; a power of two, at most n")
    gpu_uuids: tuple[str, ...] = Field(description="all of them, at once")
    within_ms: int = Field(description="from the server's asking to its receiving the roots")


class ChallengeReply(Reply):
    server_time: datetime
    next_ask_s: float
    challenge: Challenge | None = None


class Root(Message):
    uuid: GpuUuid
    device: Device
    root: Digest


class Commitment(Message):
    """The roots of all GPUs that were asked, in one message."""

    challenge: UUID
    roots: Annotated[tuple[Root, ...], Field(min_length=1, max_length=MAX_GPUS)]


class Opening(Reply):
    uuid: str
    elements: tuple[int, ...] = Field(description="row * n + column of C")


class CommitmentReply(Reply):
    server_time: datetime
    openings: tuple[Opening, ...]


class Leaf(Message):
    """A leaf that holds an element that was asked for, and its way up the tree."""

    index: Element
    content: Content
    path: Annotated[tuple[Digest, ...], Field(max_length=40)]


class Reveal(Message):
    """The leaves of one GPU: one for each element, in the order in which they were asked for."""

    challenge: UUID
    uuid: GpuUuid
    leaves: Annotated[tuple[Leaf, ...], Field(min_length=1, max_length=MAX_OPENINGS)]


class RevealReply(Reply):
    server_time: datetime
    complete: bool = Field(description="every GPU has shown what it was asked for")


def seeds(nonce: bytes, challenge: UUID, gpu_uuid: str) -> tuple[bytes, bytes]:
    """The seeds of A and of B: other ones for each GPU, so that none can answer for another."""
    made = hashlib.sha256(KIND + challenge.bytes + nonce + gpu_uuid.encode()).digest()
    return made[:SEED_BYTES], made[SEED_BYTES:]


class Tree:
    """A Merkle tree (SHA-256) over leaves whose number is a power of two."""

    def __init__(self, leaves: Iterable[bytes | memoryview]) -> None:
        level = [hash_leaf(one) for one in leaves]
        if not level or len(level) & (len(level) - 1):
            raise ValueError(f"{len(level)} leaves are no power of two")
        self.levels = [level]
        while len(level) > 1:
            pairs = zip(level[::2], level[1::2], strict=True)
            level = [hash_pair(left, right) for left, right in pairs]
            self.levels.append(level)

    @property
    def root(self) -> bytes:
        return self.levels[-1][0]

    def path(self, index: int) -> tuple[bytes, ...]:
        """The neighbours on the way from a leaf to the root."""
        return tuple(self._neighbours(index))

    def _neighbours(self, index: int) -> Iterator[bytes]:
        for level in self.levels[:-1]:
            yield level[index ^ 1]
            index >>= 1


def root_of(leaf: bytes, index: int, path: Iterable[bytes]) -> bytes:
    """The root that a leaf at this place leads to by this path."""
    found = hash_leaf(leaf)
    for neighbour in path:
        pair = (neighbour, found) if index & 1 else (found, neighbour)
        found = hash_pair(*pair)
        index >>= 1
    return found


def hash_leaf(content: bytes | memoryview) -> bytes:
    # a leaf can never be taken for a pair: the first byte tells them apart
    found = hashlib.sha256(b"\0")
    found.update(content)
    return found.digest()


def hash_pair(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def depth(n: int, leaf: int) -> int:
    """How long a path is in the tree over n x n elements."""
    return (n * n // leaf).bit_length() - 1
