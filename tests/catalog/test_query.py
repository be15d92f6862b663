from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from compliance.models import ExportClass
from marketplace.catalog.query import (
    FIELDS,
    And,
    Comparison,
    Key,
    Not,
    Or,
    Query,
    QueryError,
    Window,
    asked,
    narrowed,
    parse,
    render,
)
from marketplace.catalog.query.fields import EXPORT_CLASSES, LOCATION, TRUST
from marketplace.catalog.trust import tiers

HOURS_72 = timedelta(hours=72)
FRIDAY_2000 = datetime(2000, 1, 7, tzinfo=UTC)
FRIDAY = datetime(2026, 11, 27, tzinfo=UTC)


def refused(text):
    with pytest.raises(QueryError) as caught:
        parse(text)
    return caught.value


def where(text):
    return parse(text).where


def test_a_whole_query_is_read():
    assert parse(
        "gpu ~ H100 and count >= 8 and country in (MY, sg) and price < $2.40"
        " for 72h from 2026-11-27T00:00Z order by price, -memory"
    ) == Query(
        And(
            (
                Comparison("gpu", "~", ("H100",)),
                Comparison("count", ">=", (8,)),
                Comparison("country", "in", ("MY", "SG")),
                Comparison("price", "<", (2_400_000,)),
            )
        ),
        Window(HOURS_72, FRIDAY),
        (Key("price"), Key("memory", descending=True)),
    )


@pytest.mark.parametrize("text", ["", "  \t\n "])
def test_nothing_finds_everything(text):
    assert parse(text) == Query()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("memory = 80GB", 80),
        ("memory = 80 gb", 80),
        ("memory = 1.5TB", 1500),
        ("MEMORY = 80", 80),
        ("price = 2.4", 2_400_000),
        ("price = $0.000001", 1),
        ("cuda = 12.4", (12, 4)),
        ("driver = 550.90.07", (550, 90, 7)),
        ("country = in", "IN"),
        ('city = "Johor Bahru"', "Johor Bahru"),
        (r'city = "a\"b\\c"', r'a"b\c'),
        ('city = "and"', "and"),
        ("city = Zürich", "Zürich"),
        ("gpu = H100-SXM5", "H100-SXM5"),
        ("export_class = 3a090.A", "3A090.a"),
        ("trust >= challenged", 2),
        ("trust = Unverified", 0),
        ("location != contradicted", 0),
        ("simulated = yes", True),
        ("simulated != FALSE", False),
    ],
)
def test_values_are_read_as_their_field_means_them(text, value):
    assert where(text).values == (value,)


def test_and_binds_closer_than_or_and_not_closest():
    a, b, c = (Comparison("count", "=", (number,)) for number in (1, 2, 3))
    assert where("not count = 1 and count = 2 or count = 3") == Or((And((Not(a), b)), c))
    assert where("count = 1 and (count = 2 or count = 3)") == And((a, Or((b, c))))


@pytest.mark.parametrize(
    ("text", "length", "start"),
    [
        ("for 90min", timedelta(minutes=90), None),
        ("for 3 days from 2026-11-27", timedelta(days=3), FRIDAY),
        ("order by price for 1.5h from 2026-11-27T08:00+08:00", timedelta(minutes=90), FRIDAY),
    ],
)
def test_windows_are_read(text, length, start):
    assert parse(text).window == Window(length, start)


@pytest.mark.parametrize(
    ("text", "column", "said", "hint"),
    [
        ("gpus = 3", 1, "there is no field 'gpus'", "did you mean gpu?"),
        ("price < 1 and memori > 3", 15, "no field 'memori'", "did you mean memory?"),
        ("zzz = 3", 1, "there is no field", "fields are: gpu, memory"),
        ("memory >=", 10, "expected a value, found the end", ""),
        ("memory ~ 80", 8, "memory cannot be compared with ~", "=, !=, <"),
        ("memory 80", 8, "found '80'", "after memory comes one of"),
        ("memory >= 80 apples", 14, "'apples' is one too many", "and, or"),
        ("memory >= eighty", 11, "'eighty' does not fit", "write a number such as 80GB"),
        ("count >= 1.5", 10, "'1.5' does not fit", "whole number"),
        ("count >= 100001", 10, "does not fit", "is more than 100000"),
        ("price < 2.4.4", 9, "does not fit", "write dollars such as $2.40"),
        ("price < $0.0000001", 9, "does not fit", "$2.40"),
        ("country = Malaysia", 11, "does not fit", "two letters such as MY"),
        ("cuda > new", 8, "does not fit", "write a version such as 12.4"),
        ("simulated = maybe", 13, "does not fit", "write one of true, yes, false, no"),
        ("export_class = 4A", 16, "does not fit", "3a090.a"),
        ('city = ""', 8, "does not fit", "is empty"),
        ('city = "x', 8, "this quote is never closed", 'end it with "'),
        ("city = and", 8, "expected a value, found 'and'", "quotes"),
        ("(count > 1", 11, "expected ), found the end", ""),
        ("count > 1)", 10, "')' is one too many", ""),
        ("gpu in H100", 8, "expected (, found 'H100'", ""),
        ("gpu not H100", 9, "expected in after not", "not in (...)"),
        ("gpu = a;b", 8, "the character ';' means nothing here", "quotes"),
        ("order price", 7, "expected by after order", "order by price"),
        ("order by cheap", 10, "there is no field 'cheap'", ""),
        ("order by price order by price", 16, "'order' is one too many", ""),
        ("for 72", 5, "'72' is not a length of time", "72h"),
        ("for 0h", 5, "not a length", "is not between 1min and 366d"),
        ("for 367d", 5, "not a length", "is not between"),
        ("for 1h from friday", 13, "'friday' is not a moment", "2026-11-27T00:00Z"),
        ("for 1h from 2026-11-27T00:00", 13, "is not a moment", "2026-11-27T00:00Z"),
        ("for 1h from 2026-02-30", 13, "is not a moment", "in no calendar"),
        ("for 1h from 0001-01-01T00:00+14:00", 13, "is not a moment", ""),
        ("city = a\0", 9, "the character '\\x00' means nothing here", ""),
        ('city = "a\0"', 10, "cannot be in a query", ""),
        ("(" * 17 + "count > 1", 17, "at most 16 deep", "flatter"),
        ("not " * 16 + "count > 1", 65, "at most 16 deep", "flatter"),
        (" or ".join(["count = 1"] * 65), 833, "compares at most 64 times", "in (...)"),
        (f"count in ({','.join(['1'] * 65)})", 139, "a list has at most 64 values", ""),
        (f"order by {','.join(['price'] * 9)}", 58, "an order has at most 8 keys", ""),
        ("x" * 1001, 1000, "has at most 1000 characters, this one 1001", ""),
    ],
)
def test_an_error_names_the_place_and_the_mend(text, column, said, hint):
    error = refused(text)
    assert error.column == column
    assert said in error.message
    assert hint in error.hint


def test_the_caret_stands_under_what_is_wrong():
    assert refused("price < 1\nand memori > 3").caret() == (
        "price < 1 and memori > 3\n"
        "              ^^^^^^"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "gpus"),
    [
        ("", 1),
        ("count >= 8", 8),
        ("count > 8 and price < 1", 9),
        ("count in (4, 2) and count >= 1", 2),
        ("count <= 8", 1),
        ("not count >= 8", 1),
        ("count >= 8 or price < 1", 1),
    ],
)
def test_how_many_gpus_are_asked_for(text, gpus):
    assert asked(parse(text)) == gpus


def test_narrowing_adds_conditions_that_must_hold_too():
    more = Comparison("country", "=", ("MY",))
    assert render(narrowed(parse("count = 1 or count = 2"), more)) == (
        '(count = 1 or count = 2) and country = "MY"'
    )
    assert render(narrowed(parse("count = 1 and memory = 2"), more)) == (
        'count = 1 and memory = 2GB and country = "MY"'
    )
    assert render(narrowed(parse("for 1h"), more)) == 'country = "MY" for 1h'


def test_tiers_and_grades_are_those_of_trust():
    assert (TRUST, LOCATION) == (tiers.TIERS, tiers.GRADES)


def test_the_export_classes_are_those_of_compliance():
    assert tuple(ExportClass.values) == EXPORT_CLASSES


# --- properties

TEXTS = st.text(
    st.characters(categories=["L", "N", "P", "S", "Zs"]).filter(str.isprintable),
    min_size=1,
    max_size=8,
)
VALUES = {
    "memory": st.integers(0, 10**9),
    "total_memory": st.integers(0, 10**9),
    "count": st.integers(0, 100_000),
    "price": st.integers(0, 10**12),
    "price_per_hour": st.integers(0, 10**12),
    "spot": st.integers(0, 10**12),
    "reliability": st.integers(0, 10_000),
    "country": st.sampled_from(["MY", "IN", "OR"]),
    "cuda": st.lists(st.integers(0, 999_999), min_size=1, max_size=4).map(tuple),
    "driver": st.lists(st.integers(0, 999_999), min_size=1, max_size=4).map(tuple),
    "export_class": st.sampled_from(EXPORT_CLASSES),
    "trust": st.sampled_from(range(len(TRUST))),
    "location": st.sampled_from(range(len(LOCATION))),
    "simulated": st.booleans(),
}


@st.composite
def comparisons(draw):
    name = draw(st.sampled_from(list(FIELDS)))
    op = draw(st.sampled_from(FIELDS[name].kind.ops))
    most = 3 if op in ("in", "not in") else 1
    values = draw(st.lists(VALUES.get(name, TEXTS), min_size=1, max_size=most))
    return Comparison(name, op, tuple(values))


def _joined(parts):
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return st.one_of(st.builds(Not, parts), st.builds(And, several), st.builds(Or, several))


QUERIES = st.builds(
    Query,
    st.none() | st.recursive(comparisons(), _joined, max_leaves=6),
    st.none()
    | st.builds(
        Window,
        st.integers(1, 366 * 1440).map(lambda minutes: timedelta(minutes=minutes)),
        st.none()
        | st.integers(0, 3_000_000_000).map(lambda since: FRIDAY_2000 + timedelta(seconds=since)),
    ),
    st.lists(st.builds(Key, st.sampled_from(list(FIELDS)), st.booleans()), max_size=3).map(tuple),
)


@given(QUERIES)
def test_what_is_printed_parses_to_the_same_tree(query):
    text = render(query)
    if len(text) <= 1000:
        assert parse(text) == query


PIECES = """
and or not in ( ) , - = != < >= ~ " \\ order by for from 8 80GB $2.40 12.4 MY 72h 2026-11-27T00:00Z
""".split()  # noqa: SIM905  a table to be read
WORDS = st.sampled_from([*FIELDS, *PIECES])


def read(text):
    """The tree, or why there is none."""
    try:
        return parse(text)
    except QueryError as error:
        return error


@given(st.text(max_size=60) | st.lists(WORDS | st.text(max_size=3), max_size=25).map(" ".join))
@example("count = " + "9" * 400)
@example("price = 1e999999999")
@example("cuda = " + "1." * 200)
@example("\ud800")
def test_whatever_is_typed_parses_or_is_refused_at_a_place(text):
    found = read(text)
    if isinstance(found, Query):
        assert parse(render(found)) == found
    else:
        assert 0 <= found.start <= found.end <= len(text)
        assert found.message
        assert found.caret().count("\n") == 1
