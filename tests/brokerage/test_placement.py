import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.brokerage.matching import Free
from marketplace.brokerage.placement import (
    STRATEGIES,
    Host,
    Together,
    Wish,
    best_fit,
    first_fit,
    ours,
    place,
    room,
)


def host(pk, gpus=8, fabric="", busy=()):
    """`busy`: (start, end, how many GPUs), on the lowest indices that are left."""
    cards = [Free(pk * 100 + index, index) for index in range(gpus)]
    left = iter(cards)
    leases = [(s, e, next(left).pk) for s, e, many in busy for _ in range(many)]
    return Host(pk, cards, fabric, leases)


def wish(count, start=0, end=10, together=Together.SITE, machine=1):
    return Wish(count, start, end, machine, together)


def test_first_fit_takes_the_first_and_best_fit_the_fullest():
    hosts = [host(1), host(2, busy=[(0, 10, 5)]), host(3, busy=[(0, 10, 6)])]
    assert set(place(hosts, wish(2), first_fit)) == {1}
    assert set(place(hosts, wish(2), best_fit)) == {3}
    assert set(place(hosts, wish(3), best_fit)) == {2}


def test_ours_takes_the_machine_that_is_busy_that_long_anyway():
    soon_free = host(1, busy=[(0, 3, 7)])
    busy_anyway = host(2, busy=[(0, 12, 1)])
    assert set(place([soon_free, busy_anyway], wish(1), best_fit)) == {1}
    assert set(place([soon_free, busy_anyway], wish(1), ours)) == {2}


def test_ours_prefers_leases_that_end_together_then_the_fuller():
    late, soon, full = (
        host(1, busy=[(0, 90, 1)]),
        host(2, busy=[(0, 12, 1)]),
        host(3, busy=[(0, 12, 4)]),
    )
    assert set(place([late, soon], wish(1), ours)) == {2}
    assert set(place([late, soon, full], wish(1), ours)) == {3}


def test_ours_counts_what_is_idle_within_a_future_window():
    gap = host(1, busy=[(0, 12, 1), (18, 90, 1)])
    covered = host(2, busy=[(0, 16, 1), (15, 90, 1)])
    assert gap.idle(wish(1, 10, 20)) == 6
    assert covered.idle(wish(1, 10, 20)) == 0
    assert set(place([gap, covered], wish(1, 10, 20), ours)) == {2}


def test_a_window_that_only_touches_a_lease_is_free():
    one = host(1, gpus=1, busy=[(0, 10, 1)])
    assert place([one], wish(1, 10, 20)) == {1: (100,)}
    assert place([one], wish(1, 9, 20)) is None


def test_together_says_which_machines_may_be_used():
    hosts = [host(1, 4), host(2, 8), host(3, 4, "ib0"), host(4, 4, "ib0")]
    assert place(hosts, wish(5, together=Together.OFFER)) is None
    assert set(place(hosts, wish(4, together=Together.OFFER, machine=3))) == {3}
    assert set(place(hosts, wish(8, together=Together.MACHINE))) == {2}
    assert place(hosts, wish(9, together=Together.MACHINE)) is None
    fabric = [host(1, 4), host(3, 4, "ib0"), host(4, 4, "ib0")]
    assert set(place(fabric, wish(8, together=Together.FABRIC))) == {3, 4}
    assert place(fabric, wish(9, together=Together.FABRIC)) is None
    assert set(place(fabric, wish(9, together=Together.SITE))) == {1, 3, 4}
    rooms = {how: room(hosts, wish(1, together=how)) for how in Together}
    assert rooms == {"offer": 4, "machine": 8, "fabric": 8, "site": 20}


def test_a_gang_takes_as_few_machines_as_it_can():
    hosts = [host(1, busy=[(0, 10, 4)]), host(2), host(3, busy=[(0, 10, 6)])]
    found = place(hosts, wish(10))
    assert {pk: len(gpus) for pk, gpus in found.items()} == {2: 8, 3: 2}


def test_none_asked_for_is_an_error():
    with pytest.raises(ValueError, match="at least one"):
        place([host(1)], wish(0))


WINDOWS = st.tuples(st.integers(0, 20), st.integers(1, 20)).map(lambda w: (w[0], w[0] + w[1]))


@given(
    wishes=st.lists(
        st.tuples(st.integers(1, 12), WINDOWS, st.sampled_from(Together), st.integers(1, 3)),
        max_size=25,
    ),
    strategy=st.sampled_from(sorted(STRATEGIES)),
)
def test_nothing_is_ever_taken_twice_and_a_gang_is_whole_or_not_at_all(wishes, strategy):
    hosts = [host(1, 4, "a"), host(2, 4, "a"), host(3, 8)]
    for count, (start, end), together, machine in wishes:
        asked = Wish(count, start, end, machine, together)
        placed = place(hosts, asked, STRATEGIES[strategy])
        assert (placed is None) == (room(hosts, asked) < count)
        if placed is None:
            continue
        assert sum(len(gpus) for gpus in placed.values()) == count
        assert len(placed) == 1 or together in ("fabric", "site")
        for one in hosts:
            one.take(asked, placed.get(one.pk, ()))
    for one in hosts:
        for place_, (start, end, gpu) in enumerate(one.leases):
            for begun, ended, other in one.leases[:place_]:
                assert gpu != other or end <= begun or ended <= start
