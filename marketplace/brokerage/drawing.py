"""The state tables as a page, docs/states.md."""

from collections.abc import Iterable, Iterator

from marketplace.brokerage import states
from marketplace.brokerage.keepings import KEEPING_MOVES
from marketplace.core.states import Moves

HEAD = """# States of the market
Written by `manage.py draw_states` from `marketplace/brokerage/states.py` and `keepings.py`, kept so
by a test.

"""


def document() -> str:
    """The whole page."""
    drawn: list[tuple[str, Moves]] = [
        ("Reservation", states.MOVES),
        ("Lease", states.LEASE_MOVES),
        ("What a node last said of a part", states.OBSERVED_MOVES),
        ("Request in line", states.WAIT_MOVES),
        ("Workspace that outlives its rental", KEEPING_MOVES),
    ]
    parts = [part for name, table in drawn for part in (f"## {name}\n", *_diagram(table))]
    return HEAD + "\n".join([*parts, *_combinations()]) + "\n"


def _diagram(table: Moves) -> Iterator[str]:
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield f"  [*] --> {next(iter(table))}"
    for here, nexts in table.items():
        for there in sorted(nexts) or ["[*]"]:
            yield f"  {here!s} --> {there!s}"
    yield "```\n"


def _combinations() -> Iterator[str]:
    gpus = {True: "as asked", False: "none", None: "as asked or none"}
    yield "## What may stand beside a reservation\n"
    yield "`brokerage.illegal` finds every row that does not keep to this; a sweep reports it.\n"
    yield "| reservation | leases | how many | its nodes say | hold |"
    yield "|---|---|---|---|---|"
    for state, legal in states.COMBINATIONS.items():
        columns = (legal.leases, legal.parts, legal.money)
        leases, parts, money = (_listed(column) for column in columns)
        yield f"| {state!s} | {leases} | {gpus[legal.gpus]} | {parts} | {money} |"


def _listed(values: Iterable[str]) -> str:
    return ", ".join(sorted(values)) or "-"
