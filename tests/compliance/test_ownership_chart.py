"""Where the boxes of an ownership graph stand, and how its lines go."""

from compliance.ownership import Edge
from compliance.ownership_chart import BOX, HIGH, PITCH, Node, chart


def nodes(*names):
    return {name: Node(name.upper(), "firm") for name in names}


def rows(drawn):
    """The names by row, from the top."""
    found = {}
    for box in sorted(drawn.boxes, key=lambda one: (one.y, one.x)):
        found.setdefault(box.y, []).append(box.texts[0].text)
    return list(found.values())


def test_owners_stand_above_what_they_own():
    edges = [Edge("a", "p", 6000), Edge("b", "p", None), Edge("top", "a", 10_000, controls=True)]
    drawn = chart(nodes("p", "a", "b", "top"), edges, "p", marked=[edges[0], edges[2]])
    assert rows(drawn) == [["TOP"], ["A", "B"], ["P"]]
    assert [(one.label, one.marked, one.back) for one in drawn.arrows] == [
        ("60 %", True, False),
        ("?", False, False),
        ("100 %, controls", True, False),
    ]
    assert (drawn.columns, drawn.height) == (2, 2 * PITCH + HIGH + 2)


def test_who_owns_directly_and_through_another_stands_above_both():
    """The direct line goes past the middle row in a lane of its own and crosses no box."""
    edges = [Edge("a", "p", 1000), Edge("a", "b", 5100), Edge("b", "p", 9000)]
    drawn = chart(nodes("p", "a", "b"), edges, "p")
    assert rows(drawn) == [["A"], ["B"], ["P"]]
    middle = next(box for box in drawn.boxes if box.texts[0].text == "B")
    turns = [int(part.partition("V")[0]) for part in drawn.arrows[0].line.split("H")[1:]]
    assert not any(middle.x <= x <= middle.x + BOX for x in turns[:1])


def test_a_circle_is_cut_where_it_is_nearest_and_told():
    edges = [Edge("a", "p", 6000), Edge("b", "a", 6000), Edge("a", "b", 6000)]
    drawn = chart(nodes("p", "a", "b"), edges, "p")
    assert rows(drawn) == [["B"], ["A"], ["P"]]
    assert [one.back for one in drawn.arrows] == [False, False, True]


def test_who_is_not_connected_is_not_drawn():
    drawn = chart(nodes("p", "a", "x", "y"), [Edge("a", "p", 1), Edge("x", "y", 1)], "p")
    assert rows(drawn) == [["A"], ["P"]]
    assert drawn.arrows[0].label == "0.01 %"


def test_long_names_are_cut_and_everything_is_whole_pixels_inside():
    edges = [Edge(f"o{n}", "p", 100) for n in range(9)]
    people = nodes("p", *(edge.owner for edge in edges))
    people["o1"] = Node("A very long name " * 9, "organisation, VG " * 9, "person")
    drawn = chart(people, edges, "p")
    assert drawn.columns == 9
    for box in drawn.boxes:
        assert 0 <= box.x <= drawn.width - BOX
        assert 0 <= box.y <= drawn.height - HIGH
        assert all(len(text.text) <= 25 for text in box.texts)
        assert {type(number) for text in box.texts for number in text[:2]} == {int}
    assert "." not in "".join(one.line + one.head for one in drawn.arrows)
