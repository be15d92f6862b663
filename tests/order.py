"""Which files of the suite run first, and which tests may have a second try.

A worker takes file after file, so a long one that comes last leaves the other worker idle. See
decision 0051 for the second try: for tests that drive real programs against real clocks, and
for no test of a rule, of money or of a race.
"""

from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
#: by the seconds they take, the longest first; the others come as they are found
LONG = (
    "journeys/test_people.py",
    "journeys/test_demo.py",
    "agents/lab/test_lab.py",
    "agents/node/containers/test_leases.py",
    "browser/test_pages.py",
    "brokerage/test_replay.py",
    "billing/test_books.py",
    "access/test_web.py",
    "faults/test_killed_worker.py",
    "journeys/test_up.py",
    "races/test_market.py",
    "billing/test_admin.py",
    "compliance/test_admin.py",
    "access/test_admin.py",
    "agents/node/containers/test_self_test.py",
    "compliance/test_audit.py",
    "compliance/test_screening.py",
    "browser/test_pictures.py",
    "browser/test_people.py",
    "billing/test_money_machine.py",
    "compliance/test_importing.py",
    "agents/gateway/test_short_way.py",
    "agents/lab/test_never_unverified.py",
    "browser/test_staff.py",
    "agents/node/test_main.py",
)
#: they start agents, engines, browsers or whole marketplaces
REAL_PROGRAMS = (
    "agents/node",
    "browser",
    "config/test_engines.py",
    "config/test_supervisor.py",
    "journeys",
)


def rank(file: Path) -> int:
    name = file.relative_to(HERE).as_posix()
    return LONG.index(name) if name in LONG else len(LONG)


def may_run_again(file: Path) -> bool:
    return any(file.is_relative_to(HERE / place) for place in REAL_PROGRAMS)


def arrange(items: list[pytest.Item], *, parallel: bool) -> None:
    """Put the long files first where workers share the files, and mark who has a second try."""
    if parallel:
        items.sort(key=lambda item: rank(item.path))
    for item in items:
        if may_run_again(item.path):
            item.add_marker(pytest.mark.flaky(reruns=1))
