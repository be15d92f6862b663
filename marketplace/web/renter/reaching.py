"""How the parts of a reservation are reached, and how far those are that cannot be yet."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from marketplace.brokerage.models import Assignment
from marketplace.brokerage.states import Observed

#: how the agent says how far a step is: "pulling ghcr.io/org/train: 62 %"
PERCENT = re.compile(r"^(?P<step>.*?):? *(?P<percent>\d{1,3}) %$")
OVER = (Observed.STOPPED, Observed.FAILED)


@dataclass(frozen=True, slots=True)
class Line:
    """One way in: its name, and the command to copy or the address to open."""

    name: str
    text: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """One machine's part. `percent` is None where the step does not say how far it is."""

    machine: str
    step: str
    percent: int | None
    lines: list[Line]


def ways(parts: Iterable[Assignment]) -> list[Way]:
    """Parts on their way or within reach."""
    return [
        _way(part)
        for part in parts
        if part.observed not in OVER and (part.progress or part.endpoints)
    ]


def _way(part: Assignment) -> Way:
    found = PERCENT.match(part.progress)
    step = found["step"] if found else part.progress
    percent = min(100, int(found["percent"])) if found else None
    return Way(part.machine.name, step, percent, list(_lines(part.endpoints)))


def _lines(endpoints: Iterable[Mapping[str, Any]]) -> Iterator[Line]:
    for one in endpoints:
        name, host, port = one["name"], one["host"], one["port"]
        if one["scheme"] == "ssh":
            yield Line("SSH", f"ssh -p {port} root@{host}")
        else:
            address = f"{one['scheme']}://{host}:{port}{one.get('path', '')}"
            # what a machine says is no link unless it is one of the web
            yield Line(
                name.capitalize(), address, address if one["scheme"] in ("http", "https") else ""
            )
