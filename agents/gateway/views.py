from datetime import datetime

from django.conf import settings
from django.http import HttpRequest

from agents.protocol.health import HealthReply, HealthReport
from agents.protocol.messages import (
    Enrol,
    Enrolled,
    Heard,
    Heartbeat,
    HeartbeatReply,
    Listen,
    Rotate,
    Rotated,
    UsageBatch,
    UsageReply,
)

from . import services
from .authentication import authenticate, caller, prove
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
        grant_key=services.public_key(),
    )


@answers
def heartbeat(request: HttpRequest, at: datetime) -> HeartbeatReply:
    """A node says what it has and what runs, and learns what should."""
    body = body_of(request)
    node = authenticate(request, body, at=at)
    address = request.META.get("REMOTE_ADDR", "")
    return services.heartbeat(node=node, message=parse(Heartbeat, body), address=address, at=at)


@answers
def desired(request: HttpRequest, at: datetime) -> Heard:
    """The version of what a node should know of; it waits for another one only in front of us."""
    body = body_of(request)
    node = authenticate(request, body, at=at)
    parse(Listen, body)
    return Heard(server_time=at, desired_version=services.version_of(machine=node.machine))


@answers
def usage(request: HttpRequest, at: datetime) -> UsageReply:
    """A node sends usage segments and learns which it may forget."""
    body = body_of(request)
    who = caller(request, body, at=at)
    return services.usage(node=who.node, key=who.key, message=parse(UsageBatch, body), at=at)


@answers
def rotate_key(request: HttpRequest, at: datetime) -> Rotated:
    """A node changes its key; the request is signed by the old one."""
    body = body_of(request)
    who = caller(request, body, at=at)
    replaced = services.rotate(node=who.node, key=who.key, message=parse(Rotate, body), at=at)
    assert replaced.good_until is not None  # noqa: S101  a constraint: it was replaced
    return Rotated(server_time=at, old_good_until=replaced.good_until)


@answers
def health(request: HttpRequest, at: datetime) -> HealthReply:
    """A node says how its GPUs are."""
    body = body_of(request)
    node = authenticate(request, body, at=at)
    return services.health(node=node, message=parse(HealthReport, body), at=at)
