"""Who makes room, by the published rule: compared with trying everything."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.brokerage.eviction import Contender, choose


def contender(pk, bid=100, began=0, gpus=1):
    return Contender(pk, bid, began, frozenset(range(1000 * pk, 1000 * pk + gpus)))


def gone(contenders, need):
    found = choose(contenders, need)
    return None if found is None else [one.pk for one in found]


def test_the_fewest_go_even_if_they_pay_more():
    small = [contender(pk, bid=10) for pk in (1, 2)]
    assert gone([*small, contender(3, bid=900, gpus=2)], 2) == [3]


def test_of_as_many_those_that_pay_least_in_an_hour_go():
    rows = [contender(1, bid=50), contender(2, bid=40), contender(3, bid=60)]
    assert gone(rows, 1) == [2]
    assert gone(rows, 2) == [1, 2]


def test_what_one_pays_is_its_bid_for_all_its_gpus():
    assert gone([contender(1, bid=50, gpus=4), contender(2, bid=90)], 1) == [2]


def test_of_equals_the_one_that_began_last_goes():
    assert gone([contender(1, began=5), contender(2, began=9), contender(3, began=7)], 1) == [2]


def test_nobody_goes_where_all_would_not_do():
    assert choose([contender(1), contender(2)], 3) is None
    assert choose([], 1) is None


def test_who_has_no_gpu_to_give_is_not_asked():
    assert gone([contender(1, bid=1, gpus=0), contender(2)], 1) == [2]


def test_nothing_is_not_asked_for():
    with pytest.raises(ValueError, match="at least one GPU"):
        choose([contender(1)], 0)


rows = st.lists(
    st.tuples(st.integers(1, 5), st.integers(0, 3), st.integers(0, 4)), min_size=0, max_size=7
)


@given(rows=rows, need=st.integers(1, 12))
def test_no_other_choice_is_better(rows, need):
    contenders = [
        contender(pk, bid=bid, began=began, gpus=gpus)
        for pk, (bid, began, gpus) in enumerate(rows, start=1)
    ]
    useful = [one for one in contenders if one.gpus]
    enough = [
        chosen
        for size in range(1, len(useful) + 1)
        for chosen in combinations(useful, size)
        if sum(len(one.gpus) for one in chosen) >= need
    ]
    found = choose(contenders, need)
    if not enough:
        assert found is None
        return

    def loss(chosen):
        return tuple(map(sum, zip(*(one.loss for one in chosen), strict=True)))

    assert loss(found) == min(map(loss, enough))
    assert sum(len(one.gpus) for one in found) >= need
