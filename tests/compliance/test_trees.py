"""Sums of trees: the ones shipped, told sign by sign, and put together without a walk."""

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.matching.evidence import SIGNS
from compliance.matching.trees import FILE, UNIT, Trees, load

TOLD, SHIPPED = json.loads(FILE.read_text(encoding="utf-8")), load()


def test_the_trees_ask_about_the_signs_there_are():
    assert {kind: trees.signs for kind, trees in SHIPPED.items()} == {
        "person": SIGNS,
        "other": SIGNS,
    }


TWO_TREES = Trees(
    {
        "signs": ["edits", "letters"],
        "base": -500,
        "depth": 2,
        "roots": [0, 5],
        "nodes": [
            [0, 1.5, 1, 2, 100],  # edits above 1.5?
            [0, 0, 1, 1, 2000],
            [1, 4, 3, 4, -1000],  # letters above 4?
            [0, 0, 3, 3, -3000],
            [0, 0, 4, 4, 250],
            [0, 0, 5, 5, 7],
        ],
    }
)


@pytest.mark.parametrize(
    ("signs", "odds", "told"),
    [
        ((1, 3), 1.507, {"edits": 1.9}),
        ((2, 4), -3.493, {"edits": -1.1, "letters": -2.0}),
        ((2, 5), -0.243, {"edits": -1.1, "letters": 1.25}),
    ],
)
def test_odds_are_a_sum_of_trees_told_sign_by_sign(signs, odds, told):
    assert TWO_TREES.odds(signs) == odds
    assert TWO_TREES.told(signs) == told


@pytest.mark.parametrize("kind", ["person", "other"])
@settings(max_examples=200)
@given(chosen=st.randoms(use_true_random=False))
def test_the_leaves_put_together_are_those_of_a_walk_down_each_tree(kind, chosen):
    told, trees = TOLD[kind], SHIPPED[kind]
    signs = [chosen.choice(places) for places in around(told)]
    assert trees.odds(signs) == walked(told, signs) / UNIT


def around(told):
    """By sign: each of its bounds, and what is just below and above it."""
    found = [[0.0] for _ in told["signs"]]
    for sign, bound, *_ in told["nodes"]:
        found[sign] += [math.nextafter(bound, -math.inf), bound, math.nextafter(bound, math.inf)]
    return found


def walked(told, signs):
    nodes, total = told["nodes"], told["base"]
    for at in told["roots"]:
        while nodes[at][2] != at:
            at = nodes[at][3 if signs[nodes[at][0]] > nodes[at][1] else 2]
        total += nodes[at][4]
    return total
