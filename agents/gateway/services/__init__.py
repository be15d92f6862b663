"""The verbs of the gateway: how machines join, and what becomes of what their agents say."""

from .enrolling import (
    VALID,
    BadToken,
    KeyTaken,
    MachineRetired,
    UnknownNode,
    enrol,
    issue_token,
    make_token,
    node_of,
    revoke_node,
    revoke_token,
)
from .reporting import BadInventory, heartbeat, usage
from .watching import watch

__all__ = [
    "VALID",
    "BadInventory",
    "BadToken",
    "KeyTaken",
    "MachineRetired",
    "UnknownNode",
    "enrol",
    "heartbeat",
    "issue_token",
    "make_token",
    "node_of",
    "revoke_node",
    "revoke_token",
    "usage",
    "watch",
]
