"""Round trips between a node and a probe, timed by the probe.

The probe sends a nonce and notes when; the node sends it back at once; the probe notes when that
comes. A node cannot know a nonce before it came, so it can only be slower than its distance allows.
"""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from .messages import Message, Reply

Nonce = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_-]{1,64}$")]


class ProbeEcho(Message):
    """The nonce that came last; none to begin."""

    nonce: Nonce | None = None


class ProbeReply(Reply):
    server_time: datetime
    nonce: str | None = Field(default=None, description="to be sent back at once; none: it is over")
