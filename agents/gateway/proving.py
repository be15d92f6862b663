"""Windows through which a machine shows what it is; each request is signed like any other."""

from datetime import datetime

from django.http import HttpRequest

from agents.protocol import challenge as protocol
from agents.protocol.attestation import Attestation, AttestationReply
from agents.protocol.hardware import HardwareReply, HardwareReport
from agents.protocol.probe import ProbeEcho, ProbeReply

from . import services
from .authentication import authenticate
from .problems import answers
from .reading import body_of, parse
from .throttle import count_proof


@answers
def hardware(request: HttpRequest, at: datetime) -> HardwareReply:
    """A node describes its GPUs twice, as the library and as the kernel has them."""
    body = body_of(request)
    node = authenticate(request, body, at=at)
    count_proof("hardware", node.public_id)
    address = request.META.get("REMOTE_ADDR", "")
    message = parse(HardwareReport, body)
    return services.hardware(node=node, message=message, address=address, at=at)


@answers
def attestation(request: HttpRequest, at: datetime) -> AttestationReply:
    """A node asks for a nonce, or brings what its GPUs signed over it."""
    body = body_of(request)
    node = authenticate(request, body, at=at)
    count_proof("attestation", node.public_id)
    return services.attestation(node=node, message=parse(Attestation, body), at=at)


@answers
def probe(request: HttpRequest, at: datetime) -> ProbeReply:
    """A node is measured from here: nonce by nonce, sent back at once."""
    body = body_of(request)
    node = authenticate(request, body, at=at)
    count_proof("probe", node.public_id)
    return services.probe(node=node, message=parse(ProbeEcho, body), at=at)


@answers
def challenge(request: HttpRequest, at: datetime) -> protocol.ChallengeReply:
    """A node asks whether to prove its GPUs now."""
    body = body_of(request)
    node = authenticate(request, body, at=at)
    return services.challenge(node=node, message=parse(protocol.ChallengeAsk, body), at=at)


@answers
def commit(request: HttpRequest, at: datetime) -> protocol.CommitmentReply:
    """A node commits to what its GPUs computed, and learns what to show of it."""
    body = body_of(request)
    node = authenticate(request, body, at=at)
    return services.commit(node=node, message=parse(protocol.Commitment, body), at=at)


@answers
def reveal(request: HttpRequest, at: datetime) -> protocol.RevealReply:
    """A node shows the leaves of one GPU."""
    body = body_of(request)
    node = authenticate(request, body, at=at)
    return services.reveal(node=node, message=parse(protocol.Reveal, body), at=at)
