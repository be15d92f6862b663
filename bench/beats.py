"""Nodes without news for `bench.heartbeats`: their signed requests, and how these are sent."""

import socket
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

PATH = "/agent/v1/heartbeat"
CONNECTIONS = 16


class Fleet:
    """Nodes that have a record in Redis, as a full beat leaves it."""

    def __init__(self, many: int, url: str) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        from agents.gateway.fast import store
        from agents.gateway.models import Node, NodeKey
        from tests import make

        self.url, self.seq, at = url, 1, datetime.now(UTC)
        self.keys: dict[Any, Any] = {}
        self.boots: dict[Any, Any] = {}
        for _ in range(many):
            node = Node.objects.create(
                machine=make.machine(gpus=0), agent_version="1.0", enrolled_at=at
            )
            key = Ed25519PrivateKey.generate()
            public = key.public_key().public_bytes_raw()
            NodeKey.objects.create(node=node, public_key=public, since=at)
            self.keys[node.public_id], self.boots[node.public_id] = key, uuid4()
            message = self._message(node.public_id)
            store.remember(node=node, message=message, address="127.0.0.1", at=at)

    def public_keys(self) -> dict[str, str]:
        return {
            str(node): key.public_key().public_bytes_raw().hex() for node, key in self.keys.items()
        }

    def _message(self, node: Any) -> Any:
        from agents.protocol.messages import Heartbeat

        return Heartbeat(
            boot_id=self.boots[node],
            seq=self.seq,
            agent_version="1.0",
            inventory_digest="a" * 64,
            desired_version=0,
        )

    def signed(self, many: int) -> list[bytes]:
        """So many whole HTTP requests, of all nodes in turn, each signed now."""
        requests, nodes = [], list(self.keys)
        for number in range(many):
            if number % len(nodes) == 0:
                self.seq += 1
            requests.append(self._request(nodes[number % len(nodes)]))
        return requests

    def _request(self, node: Any) -> bytes:
        from agents.protocol.signing import sign

        body = self._message(node).model_dump_json().encode()
        url, at = self.url + PATH, datetime.now(UTC)
        headers = sign(
            method="POST", url=url, body=body, key=self.keys[node], key_id=str(node), at=at
        )
        lines = [f"POST {PATH} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        lines += [f"Content-Length: {len(body)}", "", ""]
        return "\r\n".join(lines).encode() + body


def send(port: int, requests: Sequence[bytes], *, expect: bytes) -> float:
    """Send all over kept connections; the seconds that took. Each answer is 200 and ends so."""
    wrong: list[bytes] = []

    def work(mine: Sequence[bytes]) -> None:
        with socket.create_connection(("127.0.0.1", port)) as link:
            for request in mine:
                link.sendall(request)
                answer = _answer(link)
                if not answer.startswith(b"HTTP/1.1 200") or expect not in answer:
                    wrong.append(answer)

    parts = [requests[place::CONNECTIONS] for place in range(CONNECTIONS)]
    threads = [threading.Thread(target=work, args=(part,)) for part in parts]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - started
    assert not wrong, wrong[0]  # noqa: S101
    return took


def _answer(link: socket.socket) -> bytes:
    got = b""
    while b"\r\n\r\n" not in got or not got.endswith(b"}"):
        part = link.recv(65536)
        assert part, "the server closed the connection"  # noqa: S101
        got += part
    return got
