"""The application in front of Django, with the test client in Django's place."""

import asyncio
import json

from agents.gateway.fast import store
from agents.gateway.fast.application import ShortWay
from agents.protocol import signing

ADDRESS = "127.0.0.1"


class Front:
    """POSTs like `client`, but through the short way; `full` counts what went on to Django."""

    def __init__(self, client):
        self.client, self.full = client, 0

    def post(self, path, body, content_type="application/json", headers=None, **scope):
        """As django.test.Client.post; gives what it gives, made of either way's answer."""
        headers = headers or {}
        lines = {"host": "testserver", "content-type": content_type, **headers}
        place, _, query = path.partition("?")
        scope = {
            "type": "http",
            "method": "POST",
            "scheme": "http",
            "path": place,
            "query_string": query.encode(),
            "headers": [(k.lower().encode(), v.encode("latin-1")) for k, v in lines.items()],
            "client": (ADDRESS, 1),
            **scope,
        }
        parts = asyncio.run(self._run(scope, body))
        if parts:
            return Answer(parts)
        # outside of the event loop, where Django's connections are those of the test
        self.full += 1
        return self.client.post(path, body, content_type=content_type, headers=headers)

    async def _run(self, scope, body):
        async def django(scope, receive, send):
            got = [await receive() for _ in range(2)]
            assert b"".join(part["body"] for part in got) == body, "it is handed on whole"

        front = ShortWay(django)
        half = len(body) // 2
        waiting = [
            {"type": "http.request", "body": body[:half], "more_body": True},
            {"type": "http.request", "body": body[half:], "more_body": False},
        ]
        parts = []

        async def receive():
            if not waiting:
                await asyncio.sleep(60)
            return waiting.pop(0)

        async def send(message):
            parts.append(message)

        try:
            await front(scope, receive, send)
        finally:
            await hang_up(front.links)
        return parts


async def hang_up(links):
    """Close what a process keeps open as long as it lives."""
    if links.bell.ear:
        links.bell.ear.cancel()
        await asyncio.gather(links.bell.ear, return_exceptions=True)
    await links.store.aclose()


class Answer:
    def __init__(self, parts):
        self.status_code = parts[0]["status"]
        self.headers = {k.decode(): v.decode() for k, v in parts[0]["headers"]}
        self.content = parts[1]["body"]

    def __getitem__(self, name):
        return self.headers[name.lower()]

    def json(self):
        return json.loads(self.content)


def watched(at):
    """As if changes had just been looked for."""
    with store.client() as link:
        link.set(store.WATCHED, at.timestamp())


def sign(message, key, node, at, path="heartbeat"):
    body = message if isinstance(message, bytes) else message.model_dump_json().encode()
    url = f"http://testserver/agent/v1/{path}"
    return body, signing.sign(method="POST", url=url, body=body, key=key, key_id=str(node), at=at)
