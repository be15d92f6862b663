"""The fake's HTTP side, on loopback only, and the delivery of its webhooks."""

import json
import logging
import queue
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import stripe
from django.conf import settings

from . import contract, hosted, routing
from .state import Fake
from .wire import Answer, Dropped, Json

log = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
#: pauses before each attempt to deliver a webhook, in seconds
ATTEMPTS = (0.0, 0.5, 2.0, 5.0)


def signed(event: Json, secret: str, at: int | None = None) -> tuple[bytes, str]:
    """A webhook's body and its Stripe-Signature header."""
    body = json.dumps(event)
    return body.encode(), stripe.WebhookSignature.generate_signature_header(body, secret, at)


class OnlyForDevelopment(Exception):
    """There is a key of the real Stripe: nothing here may stand in for it."""


class Postman:
    """Delivers events to one address, in order of their making, at least once."""

    def __init__(self, url: str, secret: str) -> None:
        self.url = url
        self.secret = secret
        self.letters: queue.Queue[Json] = queue.Queue()
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            self._deliver(self.letters.get())

    def _deliver(self, event: Json) -> None:
        for pause in ATTEMPTS:
            threading.Event().wait(pause)
            body, signature = signed(event, self.secret)
            headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
            try:
                if httpx.post(self.url, content=body, headers=headers, timeout=10).is_success:
                    return
            except httpx.HTTPError as error:
                log.info("webhook %s: %s", event["id"], error)
        log.warning("webhook %s was not taken by %s", event["id"], self.url)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    fake: Fake

    def _go(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length)
        if self.path == "/_fake/calls":
            told = {"calls": len(self.fake.calls), "complaints": self.fake.complaints}
            self._send(Answer(200, told))
            return
        if self.path.startswith("/_fake/"):
            self._send_bytes(*hosted.visit(self.fake, self.command, self.path, raw))
            return
        try:
            self._send(self.fake.handle(self.command, self.path, self.headers, raw))
        except Dropped:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

    do_GET = do_POST = do_DELETE = _go  # noqa: N815  names that http.server looks for

    def _send(self, answer: Answer) -> None:
        body = json.dumps(answer.body).encode()
        self._send_bytes(answer.status, body, "application/json", {})

    def _send_bytes(self, status: int, body: bytes, kind: str, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def date_time_string(self, timestamp: float | None = None) -> str:
        return super().date_time_string(self.fake.now())

    def log_message(self, format: str, *arguments: object) -> None:
        log.debug(format, *arguments)


class Server(ThreadingHTTPServer):
    request_queue_size = 128  # the default of 5 resets connections when many workers call at once


@contextmanager
def serve(fake: Fake, *, port: int = 0) -> Iterator[str]:
    """Serve the fake on loopback for the duration; yields its address."""
    if settings.STRIPE_API_KEY:  # which production mode cannot do without
        raise OnlyForDevelopment("the fake Stripe does not run where STRIPE_API_KEY is set")
    contract.routes()  # these before there are threads
    routing.load()
    server = Server((LOOPBACK, port), type("Handler", (Handler,), {"fake": fake}))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        fake.address = f"http://{LOOPBACK}:{server.server_address[1]}"
        yield fake.address
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
