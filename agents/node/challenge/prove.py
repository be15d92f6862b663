"""A program of its own that computes for one challenge: what it breaks, the agent survives.

Reads the question as one line of JSON, writes the roots as one; reads the openings as one line,
writes one line for each GPU. What it could not do it says on stderr, and exits with 1.
"""

import base64
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from agents.protocol.challenge import (
    ELEMENT_BYTES,
    Challenge,
    Commitment,
    CommitmentReply,
    Device,
    Leaf,
    Opening,
    Reveal,
    Root,
    Tree,
    seeds,
)
from agents.protocol.messages import Message

from .cuda import Cuda, CudaError


class Computer(Protocol):
    kind: Device

    def product(self, gpu_uuid: str, seeds: tuple[bytes, bytes], n: int, k: int) -> memoryview: ...


class Proof:
    """The products of all GPUs that were asked, each with its tree."""

    def __init__(self, computer: Computer, question: Challenge) -> None:
        self.computer, self.question = computer, question
        with ThreadPoolExecutor(len(question.gpu_uuids)) as pool:
            self.made = dict(
                zip(question.gpu_uuids, pool.map(self._of, question.gpu_uuids), strict=True)
            )

    def commitment(self) -> Commitment:
        """The roots, to be sent before the deadline."""
        kind = self.computer.kind
        roots = tuple(
            Root(uuid=uuid, device=kind, root=tree.root.hex())
            for uuid, (_, tree) in self.made.items()
        )
        return Commitment(challenge=self.question.challenge, roots=roots)

    def reveal(self, opening: Opening) -> Reveal:
        """The leaves that hold what was asked of one GPU."""
        content, tree = self.made[opening.uuid]
        leaves = tuple(self._leaf(content, tree, one) for one in opening.elements)
        return Reveal(challenge=self.question.challenge, uuid=opening.uuid, leaves=leaves)

    def _of(self, uuid: str) -> tuple[memoryview, Tree]:
        asked = self.question
        own = seeds(bytes.fromhex(asked.nonce), asked.challenge, uuid)
        content = self.computer.product(uuid, own, asked.n, asked.k)
        size = asked.leaf * ELEMENT_BYTES
        return content, Tree(content[at : at + size] for at in range(0, len(content), size))

    def _leaf(self, content: memoryview, tree: Tree, element: int) -> Leaf:
        index, size = element // self.question.leaf, self.question.leaf * ELEMENT_BYTES
        held = bytes(content[index * size : (index + 1) * size])
        path = tuple(one.hex() for one in tree.path(index))
        return Leaf(index=index, content=base64.b64encode(held).decode(), path=path)


def reference() -> Computer:
    from agents.node.simulated.reference import Reference  # needs numpy, which few have

    return Reference()


COMPUTERS: dict[str, Callable[[], Any]] = {"cuda": Cuda, "reference": reference}


def main() -> int:
    computer: Computer = COMPUTERS[sys.argv[1]]()
    proof = Proof(computer, Challenge.model_validate_json(sys.stdin.readline()))
    _say(proof.commitment())
    said = sys.stdin.readline()
    if not said:  # nobody wants to see more: the answer was refused
        return 0
    for opening in CommitmentReply.model_validate_json(said).openings:
        _say(proof.reveal(opening))
    return 0


def _say(message: Message) -> None:
    sys.stdout.write(f"{message.model_dump_json()}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (CudaError, ImportError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(1)
