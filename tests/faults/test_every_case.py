"""Every way in which money can go wrong that we know of has a test that bears its number."""

import ast
from pathlib import Path

import pytest

CASES = {
    1: "one webhook many times, at once",
    2: "a webhook before the answer, or before our commit",
    3: "events out of order",
    4: "a worker dies before a call, after it, before the commit",
    5: "an answer is lost; 409, 429, 500",
    6: "a key is used again for another amount",
    7: "a decline, then another attempt",
    8: "a command of unknown outcome for 23 hours",
    9: "a webhook that is old, changed, wrongly signed or of another shape",
    10: "our clock is wrong",
    11: "an agent's clock is wrong or is stepped",
    12: "summer time, ends of months and years, 29 February",
    13: "samples twice, shuffled, overlapping, days late",
    14: "gaps: agent, network, host or we were down",
    15: "time before the start, after the stop, or on another lease's GPU",
    16: "a forged or replayed sample",
    17: "two agents with one identity",
    18: "a million rows of fractions of a cent",
    19: "a price is corrected",
    20: "spends and holds on one wallet at once",
    21: "ten ticks want one top-up",
    22: "a hold ends while its lease runs",
    23: "a lease runs past its hold",
    24: "a refund of more than is unspent, or twice",
    25: "credit after the payout",
    26: "a dispute after the money was spent",
    27: "a transfer is refused",
    28: "a transfer arrives and the bank sends it back",
    29: "currencies without minor units, or with three digits",
    30: "rows are rewritten; wrong currency; a transfer to itself",
    31: "books and Stripe differ",
    32: "sealing while a transaction is open",
    33: "Redis is emptied; tasks run twice or never",
    34: "a database is restored to an earlier moment",
}
TESTS = Path(__file__).parents[1]


def numbers_of(function):
    """By its name, `test_case_7_...` or `test_7_...`, or by the mark `fault(7)`."""
    words = function.name.removeprefix("test_").removeprefix("case_").split("_")
    if words[0].isdigit():
        yield int(words[0])
    for mark in function.decorator_list:
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.fault":
            yield ast.literal_eval(mark.args[0])


@pytest.fixture(scope="module")
def shown():
    found = {}
    for file in TESTS.rglob("test_*.py"):
        text = file.read_text()
        if "test_case_" not in text and "mark.fault" not in text and file.parent.name != "faults":
            continue
        for part in ast.parse(text).body:
            if isinstance(part, ast.FunctionDef):
                for number in numbers_of(part):
                    found.setdefault(number, []).append(part.name)
    return found


@pytest.mark.parametrize("number", CASES, ids=str)
def test_it_is_shown(shown, number):
    assert shown.get(number), CASES[number]
