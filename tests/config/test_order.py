"""The order of the suite names files that are there, and no rule gets a second try."""

import pytest

from tests import order


def test_files_that_are_named_are_there():
    assert [
        name for name in (*order.LONG, *order.REAL_PROGRAMS) if not (order.HERE / name).exists()
    ] == []


@pytest.mark.parametrize(
    "place", ["races", "faults", "billing", "ledger", "metering", "brokerage", "compliance", "web"]
)
def test_what_tells_a_rule_is_told_once(place):
    files = sorted((order.HERE / place).rglob("test_*.py"))
    assert files
    assert not any(map(order.may_run_again, files))


def test_what_drives_an_agent_has_a_second_try():
    assert order.may_run_again(order.HERE / "agents/node/test_main.py")
    assert not order.may_run_again(order.HERE / "agents/gateway/test_reporting.py")


def test_the_longest_comes_first():
    files = [order.HERE / name for name in ("web/test_live.py", *reversed(order.LONG))]
    assert sorted(files, key=order.rank) == files[::-1]
