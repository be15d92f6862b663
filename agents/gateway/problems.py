"""Every error of the gateway as a problem (RFC 9457); agents look at the end of its type."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps

import redis
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from django.views.decorators.csrf import csrf_exempt

from agents.protocol.messages import Message, Problem
from agents.protocol.signing import BadSignature, ClockSkew
from marketplace.catalog.services import DuplicateGpu, SimulatedRefused
from marketplace.catalog.trust.attesting import BadAttestation
from marketplace.catalog.trust.services import (
    BadAnswer,
    DuplicateBoard,
    NoChallenge,
    TooLate,
)
from marketplace.metering.services import SegmentConflict, SegmentNotSigned

from .authentication import Replayed
from .reading import Invalid, Malformed, TooLarge
from .rounds import BadEcho
from .services import (
    AgentTooOld,
    BadInventory,
    BadRotation,
    BadToken,
    BootOver,
    KeyReplaced,
    KeyTaken,
    MachineRetired,
    NoProbe,
    OldMessage,
    UnknownNode,
)
from .throttle import PROOF_WINDOW, WINDOW, TooManyProofs, TooOften


class NotPost(Exception):
    """The gateway's addresses take POST and nothing else."""


@dataclass(frozen=True)
class Kind:
    status: int
    slug: str
    title: str
    #: said instead of the error's own text, which is not for outsiders
    detail: str = ""
    headers: tuple[tuple[str, str], ...] = ()


KINDS: dict[type[Exception], Kind] = {
    NotPost: Kind(405, "not-post", "Method not allowed", headers=(("Allow", "POST"),)),
    TooLarge: Kind(413, "too-large", "The message is too large"),
    Malformed: Kind(400, "malformed", "The message is not JSON"),
    Invalid: Kind(422, "invalid", "The message has a wrong field"),
    BadSignature: Kind(401, "bad-signature", "The signature does not prove the request"),
    ClockSkew: Kind(401, "clock-skew", "The clock is wrong"),
    Replayed: Kind(401, "replayed", "The request was sent before"),
    UnknownNode: Kind(401, "unknown-node", "No such node"),
    BadToken: Kind(403, "bad-token", "The token cannot be used"),
    KeyTaken: Kind(409, "key-taken", "The key belongs to another enrolment"),
    AgentTooOld: Kind(426, "agent-too-old", "The agent must be upgraded"),
    MachineRetired: Kind(410, "machine-retired", "The machine is retired"),
    BadRotation: Kind(422, "bad-rotation", "The change of keys is not signed by both"),
    KeyReplaced: Kind(409, "key-replaced", "The key was replaced by another one"),
    OldMessage: Kind(409, "old-message", "A later message of this node came before"),
    BootOver: Kind(409, "boot-over", "This node speaks from two boots"),
    BadInventory: Kind(422, "bad-inventory", "The inventory contradicts itself"),
    SimulatedRefused: Kind(409, "simulated-refused", "Simulated GPUs are not taken"),
    DuplicateGpu: Kind(409, "duplicate-gpu", "A GPU is already on another machine"),
    BadAttestation: Kind(422, "bad-attestation", "The attestation cannot be taken"),
    NoProbe: Kind(404, "no-probe", "This server is no probe"),
    BadEcho: Kind(409, "bad-echo", "The nonce is not waited for"),
    NoChallenge: Kind(409, "no-challenge", "The machine was not asked this"),
    BadAnswer: Kind(422, "bad-answer", "The answer does not fit the question"),
    TooLate: Kind(409, "too-late", "The answer came after the deadline"),
    DuplicateBoard: Kind(409, "duplicate-gpu", "A GPU is already on another machine"),
    SegmentNotSigned: Kind(422, "segment-not-signed", "A segment is not signed by its node"),
    SegmentConflict: Kind(409, "segment-conflict", "A sequence number was used twice"),
    TooOften: Kind(
        429,
        "too-often",
        "Too many enrolments",
        headers=(("Retry-After", f"{WINDOW.total_seconds():.0f}"),),
    ),
    TooManyProofs: Kind(
        429,
        "too-many-proofs",
        "The machine shows itself too often",
        headers=(("Retry-After", f"{PROOF_WINDOW.total_seconds():.0f}"),),
    ),
    redis.RedisError: Kind(
        503,
        "unavailable",
        "The marketplace cannot answer",
        "nothing can be proven while a store is down; try again",
        (("Retry-After", "5"),),
    ),
}


def answers(view: Callable[[HttpRequest, datetime], Message]) -> Callable[..., HttpResponse]:
    """Make a Django view of one that takes a POST and the time, and returns or raises."""

    @csrf_exempt  # the agent's signature speaks for it; no cookie is looked at
    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        at = now()
        try:
            if request.method != "POST":
                raise NotPost("send this request with POST")
            message = view(request, at)
        except tuple(KINDS) as error:
            return _told(error, at)
        return HttpResponse(message.model_dump_json(), content_type="application/json")

    return answer


def _told(error: Exception, at: datetime) -> HttpResponse:
    kind = next(KINDS[base] for base in type(error).__mro__ if base in KINDS)
    problem = Problem(
        type=f"/problems/{kind.slug}",
        title=kind.title,
        status=kind.status,
        detail=kind.detail or str(error),
        server_time=at if isinstance(error, ClockSkew) else None,
    )
    return HttpResponse(
        problem.model_dump_json(exclude_none=True),
        status=kind.status,
        content_type="application/problem+json",
        headers=dict(kind.headers),
    )
