"""Steps that are told as they are taken; the first that fails ends the row."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from agents.node import gpu
from agents.node.client import Refused, Unreachable
from agents.node.containers.cdi import BadSpec
from agents.node.containers.engine import EngineDown, EngineRefused
from agents.node.containers.service import NoEngine
from agents.node.containers.tools import ToolFailed
from agents.node.identity import AlreadyEnrolled, BadServer, NotEnrolled
from agents.node.runtime import CannotStart
from agents.node.runtimes import CannotServe
from agents.node.spool import BadSpool


class Wrong(Exception):
    """What a step found is not what it should be; the text says how to mend it."""


class Ended(Exception):
    """A step failed and was told; what builds on it is not tried."""


#: whatever else a step raises is a defect of ours and is not hidden
MENDABLE = (
    AlreadyEnrolled,
    BadServer,
    BadSpec,
    BadSpool,
    CannotServe,
    CannotStart,
    EngineDown,
    EngineRefused,
    NoEngine,
    NotEnrolled,
    OSError,
    Refused,
    ToolFailed,
    Unreachable,
    Wrong,
    gpu.NoGpus,
)


@dataclass(frozen=True)
class Step:
    """`said` is what was found or, when not `ok`, what is wrong; `seconds` is how long it took."""

    name: str
    ok: bool
    said: str
    seconds: float


class Row:
    """The steps taken so far."""

    def __init__(self, tell: Callable[[Step], None]) -> None:
        self.tell = tell
        self.steps: list[Step] = []

    @property
    def well(self) -> bool:
        return all(step.ok for step in self.steps)

    def take(self, name: str, do: Callable[[], str]) -> None:
        """Take a step and tell what it says. Raises Ended when it failed."""
        begun = time.monotonic()
        try:
            ok, said = True, do()
        except MENDABLE as error:
            ok, said = False, str(error)
        step = Step(name, ok, said, time.monotonic() - begun)
        self.steps.append(step)
        self.tell(step)
        if not ok:
            raise Ended(said)
