"""Shares added up and control followed: the design's vectors, then what holds for any graph."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.ownership import WHOLE, Control, Edge, Holder, control, holding

SEVERITY = ["none", "minority", "unknown", "at_least_half"]


def held(edges: list[Edge], listed: set[str] | None = None) -> tuple[str, int]:
    found = holding(edges, listed or {"L1", "L2"}, "us")
    return found.state, found.share_bps


@pytest.mark.parametrize(
    ("edges", "expected"),
    [
        ([], ("none", 0)),
        ([Edge("A", "us", 10_000)], ("none", 0)),
        ([Edge("L1", "us", 3000), Edge("L2", "us", 2500)], ("at_least_half", 5500)),
        ([Edge("L1", "us", 5000)], ("at_least_half", 5000)),
        ([Edge("L1", "us", 4999)], ("minority", 4999)),
        ([Edge("L1", "us", 2500), Edge("L2", "us", 2499)], ("minority", 4999)),
        ([Edge("L1", "A", 5000), Edge("A", "us", 5000)], ("at_least_half", 5000)),
        ([Edge("L1", "A", 4999), Edge("A", "us", 10_000)], ("minority", 0)),
        (
            [Edge("L1", "A", 5000), Edge("A", "us", 2500), Edge("L2", "us", 2500)],
            ("at_least_half", 5000),
        ),
        ([Edge("A", "us", 6000), Edge("us", "A", 6000)], ("none", 0)),
        (
            [Edge("A", "B", 3000), Edge("B", "A", 3000), Edge("L1", "A", 2000), Edge("B", "us", 1)],
            ("minority", 0),
        ),
        ([Edge("L1", "us", None)], ("unknown", 0)),
        ([Edge("L1", "A", None), Edge("A", "us", 6000)], ("unknown", 0)),
        ([Edge("L1", "A", None), Edge("A", "us", 4000)], ("minority", 0)),
        ([Edge("L1", "A", 2000), Edge("A", "us", None)], ("minority", 0)),
        ([Edge("L1", "us", None), Edge("L2", "us", 5000)], ("at_least_half", 5000)),
        ([Edge("A", "us", None)], ("none", 0)),
        ([Edge("L1", "us", 0, controls=True)], ("minority", 0)),
    ],
)
def test_listed_shares_add_up(edges: list[Edge], expected: tuple[str, int]) -> None:
    assert held(edges) == expected


def test_the_path_is_shown_nearest_first() -> None:
    edges = [Edge("L1", "A", 6000), Edge("B", "us", 4000), Edge("A", "us", 6000)]
    assert holding(edges, {"L1"}, "us").path == (edges[2], edges[0])
    assert holding(edges, {"B"}, "us").path == (edges[1],)
    assert holding(edges, set(), "us").path == ()


def test_programmes_are_added_up_apart() -> None:
    edges = [Edge("L1", "us", 3000), Edge("L2", "us", 2500)]
    assert held(edges, {"L1"}) == ("minority", 3000)
    assert held(edges, {"L2"}) == ("minority", 2500)


SG, CN = Holder("SG", top=False), Holder("CN", top=False)
TOP = Holder("SG", top=True)


def ruled(edges: list[Edge], **holders: Holder) -> tuple[str, tuple[str, ...]]:
    found = control(edges, holders, "us")
    return found.state, found.countries


def test_the_majority_is_followed_to_the_top() -> None:
    edges = [Edge("A", "us", 5001), Edge("T", "A", 10_000), Edge("M", "us", 4999)]
    assert ruled(edges, us=SG, A=CN, T=TOP, M=CN) == ("known", ("CN", "SG"))
    found = control(edges, {"us": SG, "A": CN, "T": TOP}, "us")
    assert found == Control("known", ("CN", "SG"), (edges[0], edges[1]))


def test_two_halves_both_rule_and_a_minority_may() -> None:
    halves = [Edge("A", "us", 5000), Edge("B", "us", 5000)]
    assert ruled(halves, us=SG, A=TOP, B=Holder("CN", top=True)) == ("known", ("CN", "SG"))
    golden = [Edge("A", "us", 100, controls=True)]
    assert ruled(golden, us=SG, A=Holder("CN", top=True)) == ("known", ("CN",))
    split = [Edge("A", "us", 2500), Edge("A", "us", 2500)]
    assert ruled(split, us=SG, A=Holder("CN", top=True)) == ("known", ("CN",))


def test_nobody_above_is_known_only_of_a_declared_top() -> None:
    assert ruled([], us=TOP) == ("known", ())
    assert ruled([], us=SG) == ("incomplete", ())
    assert ruled([]) == ("incomplete", ())


def test_what_is_missing_above_leaves_the_chain_incomplete() -> None:
    one = [Edge("A", "us", 6000)]
    assert ruled(one, us=SG, A=SG) == ("incomplete", ("SG",))
    assert ruled(one, us=SG, A=Holder(None, top=True)) == ("incomplete", ())
    assert ruled(one, us=SG) == ("incomplete", ())


def test_a_trust_of_unknown_share_may_rule_if_there_is_room() -> None:
    trust = Edge("T", "us", None)
    assert ruled([trust], us=TOP, T=TOP) == ("incomplete", ())
    assert ruled([trust, Edge("A", "us", 5000)], us=SG, A=TOP, T=TOP) == ("incomplete", ("SG",))
    assert ruled([trust, Edge("A", "us", 5001)], us=SG, A=TOP, T=TOP) == ("known", ("SG",))


def test_a_circle_has_no_top() -> None:
    edges = [Edge("A", "us", 6000), Edge("B", "A", 6000), Edge("A", "B", 6000)]
    assert ruled(edges, us=SG, A=SG, B=CN) == ("cyclic", ("CN", "SG"))
    assert ruled([Edge("A", "us", 6000), Edge("us", "A", 6000)], us=TOP, A=TOP)[0] == "cyclic"
    diamond = [Edge("A", "us", 5000), Edge("B", "us", 5000), Edge("T", "A", 6000)]
    assert ruled([*diamond, Edge("T", "B", 6000)], us=SG, A=SG, B=SG, T=TOP)[0] == "known"


def test_a_chain_of_thousands_ends() -> None:
    chain = [Edge(str(number + 1), str(number), 6000) for number in range(1500)]
    assert holding(chain[:300], {"300"}, "0").state == "at_least_half"
    holders = {str(number): TOP for number in range(1501)}
    assert control(chain, holders, "0").state == "known"


NAMES = st.sampled_from(["us", "A", "B", "C", "L1", "L2"])
EDGE = st.builds(Edge, NAMES, NAMES, st.none() | st.integers(0, WHOLE), controls=st.booleans())
EDGES = st.lists(EDGE, max_size=12)
LISTED = st.sets(st.sampled_from(["A", "L1", "L2"]))
HOLDERS = st.dictionaries(
    NAMES, st.builds(Holder, st.sampled_from([None, "SG", "CN"]), st.booleans())
)


@given(EDGES, LISTED, HOLDERS, st.randoms())
def test_the_order_of_edges_changes_nothing(edges, listed, holders, random) -> None:
    shuffled = list(edges)
    random.shuffle(shuffled)
    one, other = holding(edges, listed, "us"), holding(shuffled, listed, "us")
    assert (one.state, one.share_bps, set(one.path)) == (
        other.state,
        other.share_bps,
        set(other.path),
    )
    assert ruled(edges, **holders) == ruled(shuffled, **holders)


@given(EDGES, EDGE, LISTED, st.sampled_from(["A", "L1", "L2"]))
def test_more_shares_and_more_listings_never_clear(edges, edge, listed, another) -> None:
    before = SEVERITY.index(holding(edges, listed, "us").state)
    assert SEVERITY.index(holding([*edges, edge], listed, "us").state) >= before
    assert SEVERITY.index(holding(edges, {*listed, another}, "us").state) >= before


@given(EDGES, LISTED, st.integers(0, WHOLE))
def test_no_value_of_an_unknown_share_is_worse_than_unknown_allows(edges, listed, share) -> None:
    known = [Edge(e.owner, e.owned, share if e.share_bps is None else e.share_bps) for e in edges]
    with_unknown = holding(edges, listed, "us").state
    resolved = holding(known, listed, "us").state
    if with_unknown in ("none", "minority"):
        assert resolved == with_unknown
    if with_unknown == "at_least_half":
        assert resolved == "at_least_half"


@given(EDGES, HOLDERS)
def test_only_a_circle_in_the_path_is_cyclic(edges, holders) -> None:
    found = control(edges, holders, "us")
    owned = {edge.owned for edge in found.path}
    if found.state == "cyclic":
        assert any(edge.owner in owned for edge in found.path)
    assert list(found.countries) == sorted(set(found.countries))
