"""The verbs of notices: record one, make and send its letters, read it, choose what to hear of."""

from .catching_up import catch_up
from .choosing import FixedKind, choices_of, choose
from .letters import post, send
from .reading import page_of, read_all, read_one, unread
from .recording import Event, record
from .spreading import spread

__all__ = [
    "Event",
    "FixedKind",
    "catch_up",
    "choices_of",
    "choose",
    "page_of",
    "post",
    "read_all",
    "read_one",
    "record",
    "send",
    "spread",
    "unread",
]
