"""A node that computes what it is asked, on the processor, and may cheat."""

import base64
from uuid import UUID

import numpy as np

from agents.protocol import challenge as protocol
from agents.protocol import matrix


class Computed:
    """The product of one GPU; `forge` is a share of its elements that are made up."""

    def __init__(self, *, challenge, nonce, uuid, n, k, leaf, forge=0.0, device="cuda"):
        own = protocol.seeds(nonce, challenge, uuid)
        made = matrix.product(own, n, k).reshape(-1).copy()
        if forge:
            wrong = np.random.default_rng(5).random(made.size) < forge
            made[wrong] ^= 1
            self.forged = set(np.flatnonzero(wrong).tolist())
        self.uuid, self.device, self.leaf = uuid, device, leaf
        self.content, self.size = made.tobytes(), leaf * protocol.ELEMENT_BYTES
        self.tree = protocol.Tree(self.piece(at) for at in range(n * n // leaf))

    def piece(self, index):
        return self.content[index * self.size : (index + 1) * self.size]

    @property
    def root(self):
        return protocol.Root(uuid=self.uuid, device=self.device, root=self.tree.root.hex())

    def leaves(self, elements):
        return tuple(self.shown(element // self.leaf) for element in elements)

    def shown(self, index):
        path = tuple(step.hex() for step in self.tree.path(index))
        content = base64.b64encode(self.piece(index)).decode()
        return protocol.Leaf(index=index, content=content, path=path)


def computed(row, uuid, **how):
    """What a GPU computes for a challenge as it is stored."""
    return Computed(
        challenge=row.public_id,
        nonce=bytes(row.nonce),
        uuid=uuid,
        n=row.n,
        k=row.k,
        leaf=row.leaf,
        **how,
    )


def told(question, uuid, **how):
    """The same for one as it came over the wire."""
    return Computed(
        challenge=UUID(question["challenge"]),
        nonce=bytes.fromhex(question["nonce"]),
        uuid=uuid,
        n=question["n"],
        k=question["k"],
        leaf=question["leaf"],
        **how,
    )
