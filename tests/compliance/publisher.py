"""A publisher on this machine: serves files with ETags and ranges, and breaks off when told to."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MODIFIED = "Fri, 20 Nov 2026 06:00:00 GMT"


@dataclass
class Publisher:
    files: dict[str, bytes] = field(default_factory=dict)
    #: requests seen, as (path, status, range asked for)
    seen: list[tuple[str, int, str]] = field(default_factory=list)
    #: send so many bytes of each body, then hang up
    break_after: int | None = None
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    etag: str = '"one"'
    address: str = ""


class Handler(BaseHTTPRequestHandler):
    publisher: Publisher

    def do_GET(self) -> None:
        shop = self.publisher
        body = shop.files.get(self.path, b"")
        status, part = self._answer(shop, body)
        shop.seen.append((self.path, status, self.headers.get("Range", "")))
        self.send_response(status)
        known = {"ETag": shop.etag, "Last-Modified": MODIFIED, "Content-Length": str(len(part))}
        if status == 206:
            known["Content-Range"] = f"bytes {len(body) - len(part)}-{len(body) - 1}/{len(body)}"
        for name, value in {**known, **shop.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(part[: shop.break_after])

    def _answer(self, shop: Publisher, body: bytes) -> tuple[int, bytes]:
        if shop.status or not body:
            return shop.status or 404, b""
        if self.headers.get("If-None-Match") == shop.etag:
            return 304, b""
        if "Range" in self.headers and self.headers.get("If-Range") == shop.etag:
            start = int(self.headers["Range"].removeprefix("bytes=").removesuffix("-"))
            return (206, body[start:]) if start < len(body) else (416, b"")
        return 200, body

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def open_for_business() -> Iterator[Publisher]:
    publisher = Publisher()
    handler = type("Bound", (Handler,), {"publisher": publisher})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        publisher.address = f"http://127.0.0.1:{server.server_port}"
        yield publisher
        server.shutdown()
