"""The ASGI application in front of Django: two addresses of the gateway have a short way.

Whatever the short way does not take, it hands to Django whole, as if it had never looked.
"""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http.request import split_domain_port, validate_host
from django.utils.timezone import now

from agents.gateway.reading import MAX_BYTES
from agents.protocol.messages import Reply

from .heartbeats import heartbeat
from .links import Links
from .listening import listen
from .proof import Request

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Any, Any], Awaitable[None]]
Way = Callable[[Request, Links, Receive, datetime], Awaitable[Reply | None]]

WAYS: dict[str, Way] = {"/agent/v1/heartbeat": heartbeat, "/agent/v1/desired": listen}


class ShortWay:
    """Answers what a node's record in Redis can answer; leaves the rest to the application."""

    def __init__(self, application: Application) -> None:
        self.application, self.links = application, Links()

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        way = WAYS.get(scope["path"]) if scope["type"] == "http" else None
        if way is None:
            return await self.application(scope, receive, send)
        heard: list[Message] = []
        body = await _read(receive, heard)
        request = _request(scope, body) if body is not None else None
        reply = request and await way(request, self.links, receive, now())
        if reply:
            return await _answer(send, reply)
        return await self.application(scope, _again(heard, receive), send)


async def _read(receive: Receive, heard: list[Message]) -> bytes | None:
    """The body, if it came whole and is not too long; `heard` keeps all for Django."""
    size = 0
    while True:
        heard.append(await receive())
        if heard[-1]["type"] != "http.request":
            return None
        size += len(heard[-1].get("body", b""))
        if size > MAX_BYTES:
            return None
        if not heard[-1].get("more_body"):
            return b"".join(message.get("body", b"") for message in heard)


def _again(heard: Iterable[Message], receive: Receive) -> Receive:
    waiting = iter(heard)

    async def again() -> Message:
        return next(waiting, None) or await receive()

    return again


def _request(scope: Any, body: bytes) -> Request | None:
    """As Django would see it; None for what Django's own doors might not let through."""
    names = [name for name, _ in scope["headers"]]
    if scope["method"] != "POST" or scope["query_string"] or len(set(names)) < len(names):
        return None
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    if not _admitted(scope, headers):
        return None
    client = scope.get("client") or ("",)
    return Request(path=scope["path"], headers=headers, body=body, address=client[0])


def _admitted(scope: Any, headers: dict[str, str]) -> bool:
    domain, _ = split_domain_port(headers.get("host", ""))
    if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
        return False
    name, value = settings.SECURE_PROXY_SSL_HEADER or ("", "")
    told = headers.get(name.removeprefix("HTTP_").replace("_", "-").lower())
    secure = scope.get("scheme") == "https" if told is None else told == value
    return secure or not settings.SECURE_SSL_REDIRECT


async def _answer(send: Send, reply: Reply) -> None:
    body = reply.model_dump_json().encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
