"""The matrices of a challenge in numpy: for the server's checks and the reference device.

A row's bytes come from Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2,
3", SC11): a counter goes in, sixteen bytes come out, and no byte can be had more cheaply than that.
The seed's first half is the key, its second half the upper half of the counter; below it stand the
row and the number of the block within the row. Not part of the node's own program.
"""

import struct
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

BLOCK: Final = 16
ROUNDS: Final = 10
MULTIPLIERS: Final = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
BUMPS: Final = (0x9E3779B9, 0xBB67AE85)
LOW: Final = np.uint64(0xFFFFFFFF)
HALF: Final = np.uint64(32)
MASK: Final = 0xFFFFFFFF

Words = NDArray[np.uint64]


def philox(counter: tuple[Words, Words, Words, Words], key: tuple[int, int]) -> list[Words]:
    """Four words of 32 bits for each counter, kept in 64."""
    a, b, c, d = counter
    k0, k1 = key
    for _ in range(ROUNDS):
        one, two = MULTIPLIERS[0] * a, MULTIPLIERS[1] * c
        a, b, c, d = (
            (two >> HALF) ^ b ^ np.uint64(k0),
            two & LOW,
            (one >> HALF) ^ d ^ np.uint64(k1),
            one & LOW,
        )
        k0, k1 = (k0 + BUMPS[0]) & MASK, (k1 + BUMPS[1]) & MASK
    return [a, b, c, d]


def row(seed: bytes, index: int, k: int) -> NDArray[np.int8]:
    """One row of a matrix: k signed bytes, k a multiple of 16."""
    k0, k1, c2, c3 = struct.unpack("<4I", seed)
    blocks = np.arange(k // BLOCK, dtype=np.uint64)
    same = [np.full(1, word, np.uint64) for word in (index, c2, c3)]
    words = philox((blocks, same[0], same[1], same[2]), (k0, k1))
    return np.stack(words, axis=1).astype("<u4").view(np.int8).reshape(-1)


def element(seeds: tuple[bytes, bytes], i: int, j: int, k: int) -> int:
    """C[i][j] as an unsigned number of 32 bits, from two rows and nothing else."""
    a, b = row(seeds[0], i, k), row(seeds[1], j, k)
    # exact: whole numbers that stay far below 2^53
    return int(np.dot(a.astype(np.float64), b.astype(np.float64))) & MASK


def product(seeds: tuple[bytes, bytes], n: int, k: int) -> NDArray[np.uint32]:
    """All of C, n x n: what a reference device computes, slowly."""
    a, b = (_matrix(seed, n, k) for seed in seeds)
    made: NDArray[np.uint32] = (a @ b.T).astype(np.uint64).astype("<u4")
    return made


def _matrix(seed: bytes, n: int, k: int) -> NDArray[Any]:
    return np.stack([row(seed, index, k) for index in range(n)]).astype(np.int64)
