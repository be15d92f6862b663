"""Letting a probe time us: its nonces go back as they come."""

from agents.protocol.probe import ProbeEcho, ProbeReply

from .client import Client

PROBE = "/agent/v1/probe"
#: a probe that goes on for ever is not one
MOST_ROUNDS = 50


def be_measured(client: Client) -> int:
    """Answer until the probe has enough; returns how many nonces went back.

    Raises Unreachable and Refused.
    """
    nonce: str | None = None
    for sent in range(MOST_ROUNDS):
        reply = client.post(PROBE, ProbeEcho(nonce=nonce), ProbeReply)
        if reply.nonce is None:
            return sent
        nonce = reply.nonce
    return MOST_ROUNDS
