"""Builders for the node's tests. No Django here: processes of these tests import it too."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from agents.node.spool import Fact
from agents.protocol.messages import Desired

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ONE, TWO = UUID(int=1), UUID(int=2)


def wanted(assignment=ONE, *, start=NOON, end=NOON + MINUTE, gpus=("GPU-a",), **facts):
    return Desired(
        **{
            "assignment": assignment,
            "generation": 1,
            "run": True,
            "start": start,
            "end": end,
            "gpu_uuids": gpus,
            "command": ("true",),
            "environment": {},
            **facts,
        }
    )


def running(**facts):
    return Fact(
        **{
            "assignment": uuid4(),
            "generation": 1,
            "state": "running",
            "gpu_uuids": ("GPU-a",),
            "until": NOON + timedelta(hours=1),
            "started_at": NOON,
            "metered_to": NOON,
            **facts,
        }
    )
