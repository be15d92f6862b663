from datetime import datetime

from django.conf import settings
from django.http import HttpRequest

from agents.protocol.messages import (
    Enrol,
    Enrolled,
    Heartbeat,
    HeartbeatReply,
    UsageBatch,
    UsageReply,
)

from . import services
from .authentication import authenticate, prove
from .problems import answers
from .reading import body_of, parse
from .throttle import count_try


@answers
def enrol(request: HttpRequest, at: datetime) -> Enrolled:
    """A machine joins; the request is signed with the very key that it brings."""
    count_try(request)
    body = body_of(request)
    message = parse(Enrol, body)
    prove(request, body, key=bytes.fromhex(message.public_key), at=at)
    node = services.enrol(message=message, at=at)
    return Enrolled(
        node=node.public_id,
        machine=node.machine.public_id,
        server_time=at,
        next_heartbeat_s=settings.HEARTBEAT_SECONDS,
    )


@answers
def heartbeat(request: HttpRequest, at: datetime) -> HeartbeatReply:
    """A node says what it has and what runs, and learns what should."""
    body = body_of(request)
    node = authenticate(request, body, at=at)
    reply = services.heartbeat(node=node, message=parse(Heartbeat, body), at=at)
    services.watch(node=node, address=request.META.get("REMOTE_ADDR", ""), at=at)
    return reply


@answers
def usage(request: HttpRequest, at: datetime) -> UsageReply:
    """A node sends usage segments and learns which it may forget."""
    body = body_of(request)
    node = authenticate(request, body, at=at)
    return services.usage(node=node, message=parse(UsageBatch, body), at=at)
