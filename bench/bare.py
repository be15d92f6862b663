"""The limit of `bench.heartbeats`: an ASGI application that verifies and writes, and nothing else.

The same check of the same signature by the same code, one write to Redis, a fixed answer. No
record, no nonce, no message that is read; the keys lie in a file.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import redis.asyncio
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from agents.protocol import plain

KEYS = {
    node: Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
    for node, key in json.loads(Path(os.environ["BENCH_KEYS"]).read_text()).items()
}
URL = os.environ["PUBLIC_URL"]
STORE = redis.asyncio.Redis.from_url(os.environ["REDIS_URL"])
HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"2")]


async def application(scope: Any, receive: Any, send: Any) -> None:
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message["body"], message.get("more_body", False)
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    node, now = plain.key_id(headers) or "", datetime.now(UTC)
    signed = plain.signed(
        method="POST", url=URL + scope["path"], headers=headers, body=body, key=KEYS[node], at=now
    )
    assert signed  # noqa: S101
    await STORE.hset("bench:seen", node, now.timestamp())
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": b"{}"})
