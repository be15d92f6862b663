"""The arithmetic that node and server share: what a seed makes, and what a tree commits to."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.protocol import challenge, matrix
from tests.make import BOOT

SEEDS = (bytes(range(16)), bytes(range(16, 32)))


@pytest.mark.parametrize(
    ("counter", "key", "made"),
    [
        ((0, 0, 0, 0), (0, 0), "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, "408f276d 41c83b0e a20bc7c6 6d5451fd"),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            "d16cfe09 94fdcceb 5001e420 24126ea1",
        ),
    ],
)
def test_philox_gives_the_published_answers(counter, key, made):
    """Known answers of the authors' own library, Random123."""
    words = matrix.philox(tuple(np.array([one], np.uint64) for one in counter), key)
    assert " ".join(f"{int(word[0]):08x}" for word in words) == made


def test_an_element_alone_is_that_of_the_whole_product():
    whole = matrix.product(SEEDS, 16, 96)
    assert whole.dtype == np.dtype("<u4")
    for i in range(16):
        for j in range(16):
            assert int(whole[i, j]) == matrix.element(SEEDS, i, j, 96)


def test_a_row_is_bytes_of_all_values_and_no_other_rows():
    row = matrix.row(SEEDS[0], 3, 1 << 16)
    assert sorted(set(row.tolist())) == list(range(-128, 128))
    assert not np.array_equal(row, matrix.row(SEEDS[0], 4, 1 << 16))
    assert not np.array_equal(row, matrix.row(SEEDS[1], 3, 1 << 16))


def test_a_longer_row_begins_like_a_shorter_one():
    assert np.array_equal(matrix.row(SEEDS[0], 3, 64), matrix.row(SEEDS[0], 3, 128)[:64])


def test_every_gpu_and_every_challenge_has_seeds_of_its_own():
    nonce = bytes(32)
    found = {
        challenge.seeds(nonce, BOOT, "GPU-a"),
        challenge.seeds(nonce, BOOT, "GPU-b"),
        challenge.seeds(b"\1" + bytes(31), BOOT, "GPU-a"),
    }
    assert len({seed for pair in found for seed in pair}) == 6


@given(st.integers(0, 6), st.data())
def test_every_leaf_leads_to_the_root_and_no_other_does(power, data):
    leaves = [bytes([place]) * 8 for place in range(2**power)]
    tree = challenge.Tree(leaves)
    place = data.draw(st.integers(0, 2**power - 1))
    path = tree.path(place)
    assert len(path) == power
    assert challenge.root_of(leaves[place], place, path) == tree.root
    assert challenge.root_of(b"x" * 8, place, path) != tree.root
    if power:
        assert challenge.root_of(leaves[place], place ^ 1, path) != tree.root


def test_a_pair_is_no_leaf():
    left, right = b"l" * 32, b"r" * 32
    assert challenge.hash_leaf(left + right) != challenge.hash_pair(left, right)


@pytest.mark.parametrize("count", [0, 3, 6])
def test_a_tree_has_a_power_of_two_leaves(count):
    with pytest.raises(ValueError, match=f"{count} leaves"):
        challenge.Tree([b""] * count)


def test_a_path_is_as_long_as_the_tree_is_deep():
    assert challenge.depth(4096, 1024) == 14
    assert challenge.depth(64, 64) == 6
