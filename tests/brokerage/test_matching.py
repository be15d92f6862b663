import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.brokerage.matching import Free, pick


def free(*indices):
    return [Free(pk=100 + index, index=index) for index in indices]


def test_takes_neighbours_before_lower_indices():
    assert pick(free(0, 2, 5, 6), 2) == (105, 106)


def test_takes_the_lowest_of_equal_spans():
    assert pick(free(0, 1, 4, 5), 2) == (100, 101)


def test_too_few_is_none():
    assert pick(free(0, 1), 3) is None


def test_none_asked_for_is_an_error():
    with pytest.raises(ValueError, match="at least one"):
        pick(free(0), 0)


@given(indices=st.sets(st.integers(0, 15)), count=st.integers(1, 16), data=st.randoms())
def test_any_order_gives_the_same_free_gpus_in_pk_order(indices, count, data):
    gpus = free(*indices)
    shuffled = list(gpus)
    data.shuffle(shuffled)
    picked = pick(gpus, count)
    assert picked == pick(shuffled, count)
    if len(indices) < count:
        assert picked is None
    else:
        assert len(set(picked)) == count
        assert list(picked) == sorted(picked)
        assert set(picked) <= {gpu.pk for gpu in gpus}
