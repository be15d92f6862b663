"""Fits `compliance.matching.chance`: `python -m bench.fit SEED... -- SEED...`.

Gradient boosting over the pairs of the first seeds (`bench.pairs`), written to odds.json; then
what each bound would give on the second ones. It needs scikit-learn, which is no dependency of
ours: make an environment for it. The seeds given here must not be those that figures are reported
for. Signs that can only speak one way are held to that, so no tree learns a quirk of made-up names.
"""

import json
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from bench.pairs import DONE, KINDS, MADE_UP, OTHER, RIGHT, WAYS, Pairs, kept
from compliance.matching.evidence import SIGNS
from compliance.matching.trees import FILE, UNIT, Trees

TREES, DEPTH, RATE, LEAST, RIDGE = 300, 5, 0.05, 20, 5.0
#: how much a query of each set counts; of those with one slip there are three of each name
WEIGHTS = {
    "one slip": 1.0,
    "two slips": 1.0,
    "spelt otherwise": 1.0,
    "middle dropped": 1.5,
    MADE_UP: 6.0,
}
#: signs that speak for (1) or against (-1), whatever the rest
ONE_WAY: dict[str, int] = {
    "worth found again": 1,
    "surprise beyond the listed word": 1,
    "unlike words that are listed": -1,
    "how often they are listed": -1,
    "unlike words that are surnames": -1,
    "one is a person and one is not": -1,
    "edits in unlike words": -1,
    "words left over": -1,
}


def joined(some: Sequence[Pairs]) -> Pairs:
    """As if all seeds were one."""
    starts = np.cumsum([0, *(len(one.queries) for one in some)])
    pairs = [
        one.pairs + np.array([start, 0, 0]) for one, start in zip(some, starts[:-1], strict=True)
    ]
    told = zip(*((one.signs, one.queries, one.names, one.beside) for one in some), strict=True)
    signs, queries, names, beside = map(np.concatenate, told)
    return Pairs(signs, np.concatenate(pairs), queries, names, beside)


def weights(told: Pairs, chosen: Any) -> Any:
    """A query counts once, however many names of the right entry were proposed for it."""
    query, label = told.pairs[chosen, 0], told.pairs[chosen, 1]
    done = told.queries[query, 0]
    whole = np.array([WEIGHTS[name] for name in DONE])[done]
    times = np.bincount(query, minlength=len(told.queries))[query]
    return np.where(label == RIGHT, whole / times, whole)


def fitted(told: Pairs, kind: int) -> dict[str, Any]:
    from sklearn.ensemble import HistGradientBoostingClassifier

    query, label = told.pairs[:, 0], told.pairs[:, 1]
    asked = told.queries[query]
    chosen = np.flatnonzero((asked[:, 1] == kind) & (asked[:, 2] == 0) & (label != OTHER))
    model = HistGradientBoostingClassifier(
        max_iter=TREES,
        max_depth=DEPTH,
        learning_rate=RATE,
        min_samples_leaf=LEAST,
        l2_regularization=RIDGE,
        early_stopping=False,
        random_state=0,  # by which pairs the bounds of its bins are chosen
        monotonic_cst=[ONE_WAY.get(sign, 0) for sign in SIGNS],
    )
    model.fit(told.signs[chosen], label[chosen] == RIGHT, sample_weight=weights(told, chosen))
    return written(model)


def written(model: Any) -> dict[str, Any]:
    """The trees as `compliance.matching.trees` reads them."""
    nodes: list[list[float]] = []
    roots = []
    for (tree,) in model._predictors:
        start = len(nodes)
        roots.append(start)
        for place, node in enumerate(tree.nodes):
            value = round(float(node["value"]) * UNIT)
            if node["is_leaf"]:
                nodes.append([0, 0, start + place, start + place, value])
            else:
                ways = (start + int(node["left"]), start + int(node["right"]))
                bound = round(float(node["num_threshold"]), 6)
                # only leaves have the learning rate in them
                nodes.append([int(node["feature_idx"]), bound, *ways, round(value * RATE)])
    base = round(float(model._baseline_prediction.item()) * UNIT)
    return {"signs": SIGNS, "base": base, "depth": DEPTH, "roots": roots, "nodes": nodes}


def best(told: Pairs, kind: int, trees: Trees) -> Any:
    """The best odds of each query, for each way; -inf where nothing was proposed."""
    found = np.full((len(told.queries), len(WAYS)), -np.inf)
    mine = np.flatnonzero(told.queries[told.pairs[:, 0], 1] == kind)
    odds = [trees.odds(signs) for signs in told.signs[mine]]
    np.maximum.at(found, (told.pairs[mine, 0], told.pairs[mine, 2]), odds)
    return found


def tell(told: Pairs, kind: int, trees: Trees) -> None:
    """What each way flags from each bound on; the three ways of one query are not added up."""
    found = best(told, kind, trees)
    for at, way in enumerate(WAYS):
        print(KINDS[kind], way)
        for bound in np.arange(-2.0, 4.0, 0.25):
            shares = []
            for number, done in enumerate(DONE):
                mine = (told.queries[:, 0] == number) & (told.queries[:, 1] == kind)
                mine &= told.queries[:, 2] == 0
                shares.append(f"{done} {np.mean(found[mine, at] >= bound):.3%}")
            print(f"{bound:>6.2f} flags {', '.join(shares)}")


def main() -> None:
    split = sys.argv.index("--")
    fit, check = (list(map(int, some)) for some in (sys.argv[1:split], sys.argv[split + 1 :]))
    told = joined(list(kept("csl", fit)))
    found = {name: fitted(told, kind) for kind, name in enumerate(KINDS)}
    FILE.write_text(json.dumps(found, separators=(",", ":")) + "\n", encoding="utf-8")
    other = joined(list(kept("csl", check)))
    for kind, name in enumerate(KINDS):
        tell(other, kind, Trees(found[name]))


if __name__ == "__main__":
    main()
