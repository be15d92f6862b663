"""Builders for the node's tests. No Django here: processes of these tests import it too."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agents.node.granting import Grants
from agents.node.spool import Fact
from agents.protocol import grants
from agents.protocol.messages import Desired

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ONE, TWO = UUID(int=1), UUID(int=2)
#: who we are, and the marketplace's key
NODE, GRANT_KEY = UUID(int=9), Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


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


def granted(each, *, node=NODE, key=GRANT_KEY, not_after=None):
    return grants.sign(each, node=node, not_after=not_after or each.start + 60 * MINUTE, key=key)


def pinned(pin=lambda key: None):
    return Grants(node=NODE, key=public(GRANT_KEY), pin=pin)


def public(key):
    return key.public_key().public_bytes_raw().hex()


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
