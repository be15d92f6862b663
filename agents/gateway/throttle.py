"""How often one address may try to enrol; proving a signature costs more than counting."""

from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest

from marketplace.core.limits import count

TRIES = 10
WINDOW = timedelta(minutes=1)


class TooOften(Exception):
    """This address tried TRIES times within WINDOW."""


def count_try(request: HttpRequest) -> None:
    """Count one try of the client's address; raises TooOften, and RedisError when it cannot."""
    address = request.META.get("REMOTE_ADDR", "")
    if count(name="enrol", who=address, window=WINDOW) > TRIES:
        raise TooOften(f"more than {TRIES} enrolments from this address within a minute; wait")


#: of what a node shows of itself, each kept for ever: by path, so many within PROOF_WINDOW
PROOFS = {"hardware": 30, "attestation": 30, "probe": 300}
PROOF_WINDOW = timedelta(hours=1)


class TooManyProofs(Exception):
    """This node showed as much as is taken within PROOF_WINDOW."""


def count_proof(kind: str, node: UUID) -> None:
    """Count one; raises TooManyProofs, and RedisError when it cannot."""
    most = PROOFS[kind]
    if count(name=f"proof-{kind}", who=str(node), window=PROOF_WINDOW) > most:
        raise TooManyProofs(f"more than {most} of these within an hour; wait")
