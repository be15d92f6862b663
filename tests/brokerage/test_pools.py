"""A pool chooses what `place` over all machines chooses, whatever was leased before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.brokerage import pools
from marketplace.brokerage.placement import STRATEGIES, Together, Wish, place
from marketplace.brokerage.pools import Pool
from tests.brokerage.test_placement import WINDOWS, host, wish

#: four shapes of machines, several of each, so that there are equal ones; two have leases before
SHAPES = [(8, ""), (2, "a"), (4, "a"), (2, ""), (8, "b"), (1, "b"), (2, "a"), (8, "b"), (4, "")]
WISHES = st.lists(
    st.tuples(
        st.one_of(st.integers(1, 4), st.integers(1, 12)),
        WINDOWS,
        st.sampled_from(Together),
        st.integers(1, len(SHAPES) + 1),
    ),
    max_size=40,
)


def site():
    busy = {5: [(3, 9, 2), (12, 15, 6)], 7: [(0, 40, 2)]}
    return [
        host(pk, gpus, fabric, busy.get(pk, ()))
        for pk, (gpus, fabric) in enumerate(SHAPES, start=1)
    ]


@given(wishes=WISHES, strategy=st.sampled_from(sorted(STRATEGIES)), same_start=st.booleans())
def test_a_pool_chooses_as_a_look_at_every_machine(wishes, strategy, same_start):
    hosts = site()
    pool = Pool(hosts)
    for count, (start, end), together, machine in wishes:
        asked = Wish(count, 5 if same_start else start, 5 + end, machine, together)
        placed = place(hosts, asked, STRATEGIES[strategy])
        assert pool.place(asked, STRATEGIES[strategy]) == placed
        for pk, gpus in (placed or {}).items():
            hosts[pk - 1].take(asked, gpus)
            pool.noted(hosts[pk - 1])


def test_full_machines_and_equal_ones_are_not_looked_at(monkeypatch):
    """Of 100 machines one is half full, 60 are full, and of the 39 others one stands for all."""
    hosts = [host(1, 8, busy=[(0, 99, 4)])]
    hosts += [host(pk, 8, busy=[(0, 99, 8)]) for pk in range(2, 62)]
    hosts += [host(pk, 8) for pk in range(62, 101)]
    looks = []
    monkeypatch.setattr(
        pools, "place", lambda found, *rest: looks.append([one.pk for one in found])
    )
    pool = Pool(hosts)
    pool.place(wish(1, together=Together.MACHINE))
    pool.place(wish(5, together=Together.MACHINE))
    assert [sorted(found) for found in looks] == [[1, 62], [62]]


def test_a_machine_of_another_pool_is_not_taken_in():
    """As many machines have GPUs of two kinds, two hosts may bear the key of one machine."""
    mine, other = host(1, 2), host(1, 2)
    pool = Pool([mine])
    asked = wish(2, together=Together.MACHINE)
    assert pool.place(asked) == {1: (100, 101)}
    other.take(asked, (100, 101))
    pool.noted(other)
    assert pool.place(asked) == {1: (100, 101)}


def test_none_asked_for_is_an_error():
    with pytest.raises(ValueError, match="at least one"):
        Pool([host(1)]).place(wish(0))
