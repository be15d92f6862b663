"""Are the leaves that a GPU showed in its tree, and do they hold what they should? Pure."""

import base64
import binascii
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from agents.protocol import challenge as protocol
from agents.protocol import matrix

Element = Callable[[tuple[bytes, bytes], int, int, int], int]


class Unopened(Exception):
    """What was shown is not what was asked for; says which element and how it differs."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What one GPU was asked, and the root that it committed to."""

    challenge: UUID
    nonce: bytes
    uuid: str
    n: int
    k: int
    leaf: int
    root: bytes
    elements: Sequence[int]


def check_shape(asked: Asked, leaves: Sequence[protocol.Leaf]) -> None:
    """Every leaf is the one asked for and leads to the root: cheap. Raises Unopened."""
    if len(leaves) != len(asked.elements):
        raise Unopened(f"{len(leaves)} leaves came for {len(asked.elements)} elements")
    for element, leaf in zip(asked.elements, leaves, strict=True):
        if leaf.index != element // asked.leaf:
            raise Unopened(f"element {element} is not in leaf {leaf.index}")
        _in_tree(asked, element, leaf)


def check_elements(
    asked: Asked, leaves: Sequence[protocol.Leaf], compute: Element = matrix.element
) -> None:
    """Every element is the one that its row and column give: dear. Raises Unopened."""
    seeds = protocol.seeds(asked.nonce, asked.challenge, asked.uuid)
    for element, leaf in zip(asked.elements, leaves, strict=True):
        i, j = divmod(element, asked.n)
        if _held(asked, element, leaf) != compute(seeds, i, j, asked.k):
            raise Unopened(f"element {element} is wrong: row {i}, column {j}")


def _in_tree(asked: Asked, element: int, leaf: protocol.Leaf) -> None:
    content = _content(leaf)
    if len(content) != asked.leaf * protocol.ELEMENT_BYTES:
        raise Unopened(f"the leaf of element {element} has {len(content)} bytes")
    if len(leaf.path) != protocol.depth(asked.n, asked.leaf):
        raise Unopened(f"the path of element {element} has {len(leaf.path)} steps")
    path = [bytes.fromhex(step) for step in leaf.path]
    if protocol.root_of(content, leaf.index, path) != asked.root:
        raise Unopened(f"the leaf of element {element} is not in the tree that was committed to")


def _held(asked: Asked, element: int, leaf: protocol.Leaf) -> int:
    place = element % asked.leaf * protocol.ELEMENT_BYTES
    [value] = struct.unpack_from("<I", _content(leaf), place)
    return int(value)


def _content(leaf: protocol.Leaf) -> bytes:
    try:
        return base64.b64decode(leaf.content, validate=True)
    except binascii.Error as error:
        raise Unopened(f"leaf {leaf.index} is no base64") from error
