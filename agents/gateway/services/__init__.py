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
from .fencing import BootOver, OldMessage
from .following import follow, version_of
from .granting import BadGrantKey, public_key
from .health import health
from .proving import NoProbe, attestation, challenge, commit, hardware, probe, reveal
from .reporting import BadInventory, heartbeat, usage
from .rolling import roll_up, tend
from .rotating import BadRotation, KeyReplaced, rotate
from .versions import AgentTooOld

__all__ = [
    "VALID",
    "AgentTooOld",
    "BadGrantKey",
    "BadInventory",
    "BadRotation",
    "BadToken",
    "BootOver",
    "KeyReplaced",
    "KeyTaken",
    "MachineRetired",
    "NoProbe",
    "OldMessage",
    "UnknownNode",
    "attestation",
    "challenge",
    "commit",
    "enrol",
    "follow",
    "hardware",
    "health",
    "heartbeat",
    "issue_token",
    "make_token",
    "node_of",
    "probe",
    "public_key",
    "reveal",
    "revoke_node",
    "revoke_token",
    "roll_up",
    "rotate",
    "tend",
    "usage",
    "version_of",
]
